"""Upload: five steps from a survey's file to its values, every problem said at once."""

from datetime import UTC, date, datetime

import streamlit as st

from urban_safety_monitor.errors import DataError
from urban_safety_monitor.ui import state
from urban_safety_monitor.ui.parts import show
from urban_safety_monitor.ui.uploading.attempts import (
    Attempt,
    HandedIn,
    attempt_at,
    attempt_kept,
    left_out,
)
from urban_safety_monitor.ui.uploading.columns import Matched, match_columns
from urban_safety_monitor.ui.uploading.files import Chosen, choose_files, found_in_words
from urban_safety_monitor.ui.uploading.following import show_next, show_values
from urban_safety_monitor.ui.uploading.survey import Survey, choose_survey
from urban_safety_monitor.ui.uploading.verdict import show_verdict
from urban_safety_monitor.ui.visit import Visit
from urban_safety_monitor.workflow.matching import QUESTIONNAIRE


def render(visit: Visit) -> None:
    """Show the five steps, as far as there is something to do in each."""
    today = datetime.now(UTC).date()
    show("upload_head", visit)
    _step(visit, 1)
    survey = choose_survey(visit, today)
    _step(visit, 2)
    chosen = choose_files(visit, survey, today)
    found = st.container()
    _step(visit, 3)
    matched = _matched(visit, chosen, survey)
    attempt = _attempt(visit, chosen, survey, matched)
    with found:
        _found(visit, attempt)
    _results(visit, attempt, chosen, today)


def _step(visit: Visit, number: int, waiting: str = "") -> None:
    titles = {
        1: visit.say("City and survey"),
        2: visit.say("File"),
        3: visit.say("Match columns"),
        4: visit.say("Check"),
        5: visit.say("Preview and what comes next"),
    }
    show("upload_step", visit, number=number, title=titles[number], waiting=waiting)


def _matched(visit: Visit, chosen: Chosen, survey: Survey) -> Matched:
    """The recipe to read the files with; none as long as something is to be done before."""
    if not chosen.files:
        show("upload_waiting", visit, text=visit.say("Nothing to match before there is a file."))
        return Matched("")
    if not (survey.area or chosen.practice):
        show("upload_waiting", visit, text=visit.say("Name the city in step 1 first."))
        return Matched("")
    if chosen.practice or chosen.recipe != QUESTIONNAIRE:
        said = visit.say("Nothing to match: the columns of this kind of file are known.")
        show("upload_waiting", visit, text=said)
        return Matched(chosen.recipe)
    try:
        with st.spinner(visit.say("Reading the columns…")):
            return match_columns(visit, chosen.files, survey)
    except DataError:
        show("upload_waiting", visit, text=visit.say("The columns cannot be read; see step 4."))
        return Matched(chosen.recipe)


def _attempt(visit: Visit, chosen: Chosen, survey: Survey, matched: Matched) -> Attempt | None:
    """The check of what is there, else the one seen last, which its address brings back."""
    if not chosen.files:
        return _seen_last()
    if not matched.recipe:
        return None
    dropped = left_out(chosen.files, matched.columns)
    given = HandedIn(chosen.files, matched.recipe, survey, dropped, chosen.practice)
    place = st.empty()
    with place.status(visit.say("Reading the file and checking every answer…")) as status:
        attempt = attempt_at(given, lambda step: status.update(label=step.in_words(visit.language)))
    place.empty()
    state.keep("check", attempt.key)
    return attempt


def _seen_last() -> Attempt | None:
    """The attempt in the address, or of this session, which goes back into the address."""
    attempt = attempt_kept(state.latest("check"))
    if attempt is not None:
        state.keep("check", attempt.key)
    return attempt


def _found(visit: Visit, attempt: Attempt | None) -> None:
    if attempt is not None:
        facts = [found_in_words(fact, visit) for fact in attempt.report.facts]
        show("upload_found", visit, facts=facts)


def _results(visit: Visit, attempt: Attempt | None, chosen: Chosen, today: date) -> None:
    if attempt is None:
        _step(visit, 4, visit.say("Comes after the steps before."))
        _step(visit, 5, visit.say("Comes when nothing has to be fixed any more."))
        return
    _step(visit, 4)
    show_verdict(visit, attempt, chosen.files, today)
    if not attempt.report.accepted:
        _step(visit, 5, visit.say("Comes when nothing has to be fixed any more."))
        return
    _step(visit, 5)
    show_values(visit, attempt)
    show_next(visit, attempt)
