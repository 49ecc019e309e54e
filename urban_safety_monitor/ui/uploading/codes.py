"""Step 3, after the columns: what codes of the file mean that are none of the questionnaire's.

What is said of a code is kept in the city's recipe, so that the next upload does not ask. A code
nobody decided on is no hindrance here: the check names it.
"""

import re
from collections.abc import Mapping

import streamlit as st

from urban_safety_monitor.catalogue.recipe import LEFT_OUT
from urban_safety_monitor.intake.matching import Match, questions
from urban_safety_monitor.intake.problems import column_letter
from urban_safety_monitor.ui.parts import show
from urban_safety_monitor.ui.sources import catalogue
from urban_safety_monitor.ui.visit import Visit
from urban_safety_monitor.workflow.matching import Meanings, SuggestedMatching

UNDECIDED = None


def ask_codes(visit: Visit, found: SuggestedMatching) -> Meanings:
    """Ask what each unknown code of a matched column means; empty as long as nothing is sent."""
    asked = [match for match in found.matches if match.question and match.unknown]
    if not asked:
        return {}
    letters = {match.column: column_letter(at) for at, match in enumerate(found.matches)}
    show("upload_codes", visit)
    with st.form("codes"):
        chosen = {
            match.column: {
                code: _ask(visit, match, code, letters[match.column]) for code in match.unknown
            }
            for match in asked
        }
        sent = st.form_submit_button(visit.say("Keep what these codes mean"), type="primary")
    return _decided(chosen) if sent else {}


def _decided(chosen: Mapping[str, Mapping[str, str | None]]) -> Meanings:
    """What was decided, without columns in which nothing was."""
    decided = {
        column: {code: ours for code, ours in codes.items() if ours is not UNDECIDED}
        for column, codes in chosen.items()
    }
    return {column: codes for column, codes in decided.items() if codes}


def _ask(visit: Visit, match: Match, code: str, letter: str) -> str | None:
    labels = questions(catalogue())[match.question].codes
    options = [UNDECIDED, *labels, LEFT_OUT]
    words: dict[str | None, str] = {
        UNDECIDED: visit.say("Not decided: the check names these rows"),
        LEFT_OUT: visit.say("Leave out: counts as no answer"),
        **{ours: f"{ours}: {text.in_language(visit.language)}" for ours, text in labels.items()},
    }
    return st.selectbox(
        visit.say(
            "Column {letter}, {name}: what does {code} mean? ({rows})",
            letter=letter,
            name=plain_label(match.column),
            code=plain_label(code),
            rows=visit.count("{n} row", "{n} rows", match.unknown[code]),
        ),
        options,
        index=options.index(match.guessed.get(code)),
        format_func=lambda ours: words[ours],
        key=f"code-{match.column}-{code}",
    )


def plain_label(text: str) -> str:
    """A text for a widget's label, which is Markdown: without the signs that mean something."""
    return re.sub(r"[^\w\s.,/+-]|_", " ", text).strip()
