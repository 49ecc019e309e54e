"""Step 4: what is wrong with a file, where, and how to repair it."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import streamlit as st

from urban_safety_monitor.intake.messages import LEVELS, phrase
from urban_safety_monitor.intake.report import CheckReport, record
from urban_safety_monitor.intake.wording import where
from urban_safety_monitor.report.check_report import check_report_pdf
from urban_safety_monitor.report.marked_copy import why_no_copy
from urban_safety_monitor.report.numbers import listed, number_text, period_text
from urban_safety_monitor.tables.csv_text import csv_text
from urban_safety_monitor.ui import state
from urban_safety_monitor.ui.parts import show
from urban_safety_monitor.ui.sources import surroundings
from urban_safety_monitor.ui.uploading.attempts import Attempt, Files, leave_out, marked_copy
from urban_safety_monitor.ui.uploading.codes import plain_label
from urban_safety_monitor.ui.uploading.survey import can_be_chosen
from urban_safety_monitor.ui.visit import Visit

OTHER_SURVEY = {"USM-G09", "USM-D07"}
"""The file is of another city or round than step 1 says."""


def show_verdict(visit: Visit, attempt: Attempt, files: Files, today: date) -> None:
    """Show the verdict, what can be done about it, and every problem.

    Without files (after another page, or from a kept address) there is no copy to mark.
    """
    report, language = attempt.report, visit.language
    since = attempt.progress
    progress = since.sentences(language) if since and (since.before or since.new) else ""
    show(
        "upload_verdict",
        visit,
        accepted=report.accepted,
        numbers={level: len(report.of_level(level)) for level in LEVELS},
        passed=len(report.passed),
        progress=progress,
        remarks=remarks(visit, attempt),
        personal=attempt.personal,
        kept=not files,
        phrase=partial(phrase, language=language),
    )
    uncopied = why_no_copy(report, language)
    if files and uncopied:
        st.caption(uncopied)
    with st.container(key="tools", horizontal=True):
        if files and report.facts and report.problems and not uncopied:
            copy = partial(marked_copy, files, report, today, language)
            _offer(visit.say("Download my file with marks (XLSX)"), copy, "marked-copy.xlsx")
        printed = partial(check_report_pdf, report, today, language, progress=progress)
        _offer(visit.say("Report to print or share (PDF)"), printed, "check-report.pdf")
    _choose_as_in_file(visit, attempt, today)
    if files:
        _leave_out(visit, attempt, files)
    _problems(visit, report)


def remarks(visit: Visit, attempt: Attempt) -> list[str]:
    """Where the file and what step 1 says do not go together, and how many planned answered."""
    if attempt.practice:
        return []
    survey, language = attempt.survey, visit.language
    found = []
    told = {problem.code for problem in attempt.report.problems} & OTHER_SURVEY
    if attempt.places and not told and (survey.area, survey.period) not in attempt.places:
        around = surroundings()
        spoken = [f"{around.title(a)}, {period_text(p, language)}" for a, p in attempt.places[:3]]
        said = visit.say(
            "The file speaks of {found}; step 1 says {said}. Correct whichever is wrong.",
            found=listed(spoken, language),
            said=survey.in_words(language),
        )
        found.append(said)
    if survey.planned and survey.held is not None:
        said = visit.say(
            "{held} of {planned} planned interviews were done ({share}%).",
            held=number_text(survey.held, 0, language),
            planned=number_text(survey.planned, 0, language),
            share=number_text(100 * survey.held / survey.planned, 0, language),
        )
        found.append(said)
    return found


def _choose_as_in_file(visit: Visit, attempt: Attempt, today: date) -> None:
    """Where the file is of one other city or round, let the official choose that in step 1."""
    if not {problem.code for problem in attempt.report.problems} & OTHER_SURVEY:
        return
    if len(attempt.places) != 1:
        return
    ((area, period),) = attempt.places
    if can_be_chosen(visit, area, period, today):
        st.button(
            visit.say(
                "The file is right: choose {city}, {round} in step 1",
                city=plain_label(surroundings().title(area)),
                round=period_text(period, visit.language),
            ),
            on_click=_choose,
            args=(area, period),
        )


def _choose(area: str, period: str) -> None:
    state.keep("for", area)
    state.keep("round", period)


def _leave_out(visit: Visit, attempt: Attempt, files: Files) -> None:
    """Let the official leave out columns that seem to hold personal details or free text."""
    names = [*attempt.dropped, *(n for n in attempt.suspected if n not in attempt.dropped)]
    if not names:
        return
    with st.form("leave-out"):
        show("upload_leave_out", visit, dropped=attempt.dropped, personal=attempt.personal)
        chosen = st.multiselect(
            visit.say("Leave out columns"),
            names,
            default=names if attempt.personal else list(attempt.dropped),
            key=f"leave-out-{attempt.key}",
            placeholder=visit.say("Choose columns"),
        )
        if st.form_submit_button(visit.say("Check again without these columns"), type="primary"):
            leave_out(files, chosen)
            st.rerun()


def _problems(visit: Visit, report: CheckReport) -> None:
    language = visit.language
    show(
        "upload_problems",
        visit,
        levels=[(level, _of_level(report, level, language)) for level in LEVELS],
        passed=report.passed,
        phrase=partial(phrase, language=language),
    )
    table = csv_text(report.table(language))
    with st.container(key="more-tools", horizontal=True):
        _offer(visit.say("Report as text"), report.text(language), "check-report.txt")
        _offer(visit.say("Report as a table (CSV)"), table, "check-report.csv")
        _offer(
            visit.say("Report for programs (JSON)"), report.as_json(language), "check-report.json"
        )


def _of_level(report: CheckReport, level: str, language: str) -> list[dict[str, Any]]:
    return [
        record(problem, language) | {"where": where(problem, language)}
        for problem in report.of_level(level)
    ]


def _offer(label: str, content: str | Callable[[], bytes], name: str) -> None:
    key = f"report-{name.rsplit('.', 1)[1]}"
    st.download_button(label, content, name, key=key, on_click="ignore")
