"""Step 3: which question each column of a city's file holds; only what is unsure is asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import streamlit as st

from urban_safety_monitor.errors import MonitorError
from urban_safety_monitor.intake.matching import Match, questions
from urban_safety_monitor.intake.problems import column_letter
from urban_safety_monitor.ui import state
from urban_safety_monitor.ui.parts import show
from urban_safety_monitor.ui.sources import catalogue, data_folder, surroundings
from urban_safety_monitor.ui.uploading.attempts import Files, digest, on_disk
from urban_safety_monitor.ui.uploading.codes import ask_codes, plain_label
from urban_safety_monitor.ui.uploading.survey import Survey
from urban_safety_monitor.ui.visit import Visit
from urban_safety_monitor.workflow.matching import (
    GIVEN,
    Chosen,
    SuggestedMatching,
    confirm,
    recipe_for,
    suggested_matching,
    with_codes,
)

LAST, CHANGED, TROUBLE = "upload-matching", "upload-changed", "upload-trouble"
NO_QUESTION = ""
KINDS = ("open", "none", "matched")
"""What a column needs: a look, perhaps a question, nothing."""

LONGEST = 90


@dataclass(frozen=True)
class Matched:
    """The recipe that reads a file, none while somebody has to decide, and the file's columns."""

    recipe: str
    columns: tuple[str, ...] = ()


def match_columns(visit: Visit, files: Files, survey: Survey) -> Matched:
    """Show what each column seems to be, ask about the unsure ones, keep what is confirmed.

    Raises:
        MonitorError: the file cannot be read as a table, or what is kept of the city is damaged.
    """
    found = _suggested(files, survey)
    changed: dict[str, str] = st.session_state.setdefault(CHANGED, {})
    if other := _other_city(found):
        _offer_other_city(visit, survey, other)
        return Matched("")
    settled = found.saved or _is_questionnaire(found)
    waiting = bool(found.to_decide or found.missing or changed or not settled)
    _table(visit, found, changed, opened=waiting)
    if waiting:
        _decide(visit, found, changed)
    if trouble := st.session_state.pop(TROUBLE, ()):
        show("upload_troubles", visit, troubles=trouble)
    _change(visit, found, changed)
    if found.saved and not waiting and (meanings := ask_codes(visit, found)):
        _keep(found, with_codes(found, meanings))
    recipe = "" if waiting else recipe_for(data_folder(), survey.area)
    return Matched(recipe, tuple(match.column for match in found.matches))


def _suggested(files: Files, survey: Survey) -> SuggestedMatching:
    """The suggestions for this file, made once; they hold examples and stay in the session."""
    key = (digest(files), survey.area)
    last = st.session_state.get(LAST)
    if last is None or last[0] != key:
        with on_disk(files) as paths:
            found = suggested_matching(paths[0], catalogue(), data_folder(), survey.area)
        last = st.session_state[LAST] = key, found
        st.session_state.pop(CHANGED, None)
    return last[1]


def _is_questionnaire(found: SuggestedMatching) -> bool:
    """Whether the file is of our questionnaire as it stands, so that nothing is to confirm."""
    accepted = found.accepted()
    named = questions(catalogue())
    held = {named[one.question].canonical for one in accepted}
    own = all(one.column == one.question and not one.codes for one in accepted)
    return own and set(GIVEN) <= held


def _other_city(found: SuggestedMatching) -> str:
    """A city known here that the file names in place of the one in step 1."""
    known = set(surroundings().cities["area"])
    return next((code for m in found.to_decide for code in m.codes if code in known), "")


def _offer_other_city(visit: Visit, survey: Survey, other: str) -> None:
    title = surroundings().title(other)
    said = visit.say(
        "The file speaks of {found}; step 1 says {said}. Correct whichever is wrong.",
        found=title,
        said=survey.title,
    )
    show("upload_troubles", visit, troubles=[said])
    st.button(
        visit.say("The file is of {city}: choose it in step 1", city=plain_label(title)),
        on_click=state.keep,
        args=("for", other),
    )


def _table(
    visit: Visit, found: SuggestedMatching, changed: Mapping[str, str], *, opened: bool
) -> None:
    rows = [
        _row(visit, match, column_letter(place), changed)
        for place, match in enumerate(found.matches)
    ]
    counts = {kind: sum(row["kind"] == kind for row in rows) for kind in ("open", "none")}
    show(
        "upload_columns",
        visit,
        rows=sorted(rows, key=lambda row: KINDS.index(row["kind"])),
        opened=opened,
        saved=found.saved and not changed,
        n_open=counts["open"],
        n_matched=len(rows) - counts["open"] - counts["none"],
        n_none=counts["none"],
        missing=[_question(name, visit.language) for name in _missing(found, changed)],
    )


def _row(visit: Visit, match: Match, letter: str, changed: Mapping[str, str]) -> dict[str, Any]:
    question = changed.get(match.column, match.question)
    words = {
        "saved": visit.say("as last time"),
        "sure": visit.say("sure"),
        "suggested": visit.say("suggested"),
        "none": visit.say("none"),
    }
    kind = "open" if match.to_decide else "matched" if question else "none"
    return {
        "letter": letter,
        "column": match.column,
        "label": match.label,
        "examples": match.examples,
        "question": _question(question, visit.language) if question else "",
        "codes": [] if match.column in changed else list(match.codes.items()),
        "unknown": "" if match.column in changed else match.unknown_in_words(),
        "kind": kind,
        "match": visit.say("your choice") if match.column in changed else words[match.certainty],
        "why": "" if match.column in changed else match.why(visit.language),
    }


def _decide(visit: Visit, found: SuggestedMatching, changed: Mapping[str, str]) -> None:
    """A choice for each unsure column and each question that is missing, then one button."""
    free = [match.column for match in found.matches if not match.question]
    with st.form("matching"):
        answers = {
            match.column: _ask(visit, found, match)
            for match in found.to_decide
            if match.column not in changed
        }
        sources = {
            name: st.selectbox(
                visit.say("Which column holds: {question}", question=_asked(visit, name)),
                free,
                index=None,
                key=f"missing-{name}",
                placeholder=visit.say("Choose a column"),
            )
            for name in _missing(found, changed)
        }
        sent = st.form_submit_button(visit.say("Confirm the matching"), type="primary")
    if sent:
        picked = {column: name for name, column in sources.items() if column}
        _keep(found, chosen_of(found, {**answers, **changed, **picked}))


def _missing(found: SuggestedMatching, changed: Mapping[str, str]) -> list[str]:
    """Questions every survey needs for which there is no column yet."""
    return [name for name in found.missing if name not in changed.values()]


def _ask(visit: Visit, found: SuggestedMatching, match: Match) -> str:
    likely = [name for name in (match.question, *match.others) if name]
    rest = [name for name in _questions(visit.language) if name not in likely]
    letter = column_letter([one.column for one in found.matches].index(match.column))
    return st.selectbox(
        visit.say("Column {letter}: {name}", letter=letter, name=plain_label(match.column)),
        [*likely, NO_QUESTION, *rest],
        format_func=lambda name: _option(visit, name),
        key=f"match-{match.column}",
    )


def _change(visit: Visit, found: SuggestedMatching, changed: dict[str, str]) -> None:
    label = visit.say("Change the matching") if found.saved else visit.say("Change another column")
    # In a form, as the page is not drawn anew while somebody is still choosing.
    with st.expander(label), st.form("change", border=False):
        column = st.selectbox(
            visit.say("Your column"), [match.column for match in found.matches], key="change-column"
        )
        question = st.selectbox(
            visit.say("Our question"),
            [NO_QUESTION, *_questions(visit.language)],
            format_func=lambda name: _option(visit, name),
            key="change-question",
        )
        sent = st.form_submit_button(visit.say("Change"))
    if sent and column:
        changed[column] = question or NO_QUESTION
        st.rerun()


def _keep(found: SuggestedMatching, chosen: Sequence[Chosen]) -> None:
    """Keep the matching for the city; what does not hold is said at the next run of the page."""
    try:
        confirm(found, chosen, catalogue(), data_folder())
    except MonitorError as error:
        st.session_state[TROUBLE] = error.problems
    else:
        for name in (LAST, CHANGED):
            st.session_state.pop(name, None)
    st.rerun()


def chosen_of(found: SuggestedMatching, decided: Mapping[str, str]) -> Sequence[Chosen]:
    """What is sure, with what somebody decided in its place; no question leaves a column out."""
    codes = {(match.column, match.question): match.codes for match in found.matches}
    sure = [one for one in found.accepted() if one.column not in decided]
    taken = {question for question in decided.values() if question}
    return [
        *(one for one in sure if one.question not in taken),
        *(
            Chosen(column, question, codes.get((column, question), {}))
            for column, question in decided.items()
            if question
        ),
    ]


def _option(visit: Visit, name: str) -> str:
    return _question(name, visit.language) if name else visit.say("Leave this column out")


def _question(name: str, language: str) -> str:
    """A question by its name and words."""
    return _questions(language).get(name, name)


@cache
def _questions(language: str) -> dict[str, str]:
    """Every question by its name and words, cut where they are long."""
    return {
        name: f"{name}: {_cut(variable.question.in_language(language))}"
        for name, variable in questions(catalogue()).items()
    }


def _cut(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1].rstrip()}…"


def _asked(visit: Visit, name: str) -> str:
    return plain_label(_question(name, visit.language))
