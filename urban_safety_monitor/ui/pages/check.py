"""Check a file: every problem at once, in words, with the repair; nothing is kept."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import streamlit as st

from urban_safety_monitor.intake.messages import LEVELS, phrase
from urban_safety_monitor.intake.report import CheckReport, fact_in_words, record
from urban_safety_monitor.intake.wording import where
from urban_safety_monitor.report.check_report import check_report_pdf
from urban_safety_monitor.ui import state
from urban_safety_monitor.ui.checking import Attempt, attempt_at, marked_copy, practice_files
from urban_safety_monitor.ui.controls import select
from urban_safety_monitor.ui.parts import show
from urban_safety_monitor.ui.sources import catalogue
from urban_safety_monitor.ui.visit import Visit

TYPES = ["csv", "xlsx", "sav", "dta"]
SHOWN = "check-practice"
PRACTICE_RECIPE = "usm-questionnaire"


def render(visit: Visit) -> None:
    """Take files, or a practice file, and show what is wrong with them."""
    show("check_head", visit)
    recipe = _recipe(visit)
    uploaded = files = _uploaded(visit)
    shown = st.session_state.get(SHOWN, "")
    with st.expander(visit.say("No file at hand? Practise"), expanded=not (files or shown)):
        _practice(visit)
    if shown and not files:
        files, recipe = {shown: practice_files()[shown]}, PRACTICE_RECIPE
    if files:
        with st.spinner(visit.say("Reading and checking…")):
            attempt = attempt_at(files, recipe, practice=not uploaded)
        _verdict(visit, attempt)
        _copies(visit, files, attempt)
        _report(visit, attempt.report)


def _recipe(visit: Visit) -> str:
    titles = {
        name: recipe.title.in_language(visit.language)
        for name, recipe in catalogue().recipes.items()
    }
    chosen, _ = state.chosen("recipe", titles, PRACTICE_RECIPE)
    select(visit.say("What the file holds"), "recipe", titles)
    return chosen


def _uploaded(visit: Visit) -> dict[str, bytes]:
    show("check_upload", visit)
    given = st.file_uploader(
        visit.say("Your file"),
        type=TYPES,
        accept_multiple_files=True,
        key="upload",
        on_change=_forget_practice,
    )
    return {file.name: file.getvalue() for file in given or []}


def _practice(visit: Visit) -> None:
    st.caption(
        visit.say("A small made-up survey of an invented city, with and without planted faults.")
    )
    titles = {
        "example_ten_faults.xlsx": visit.say("Ten faults, XLSX"),
        "example_ten_faults.csv": visit.say("Ten faults, CSV"),
        "example_clean.csv": visit.say("No fault, CSV"),
    }
    for name, content in practice_files().items():
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                visit.say("Check: {title}", title=titles[name]),
                key=f"try-{name}",
                on_click=_choose_practice,
                args=(name,),
                width=230,
            )
            st.download_button(
                visit.say("Download: {title}", title=titles[name]),
                content,
                name,
                key=f"get-{name}",
                on_click="ignore",
                type="tertiary",
            )


def _choose_practice(name: str) -> None:
    st.session_state[SHOWN] = name


def _forget_practice() -> None:
    st.session_state.pop(SHOWN, None)


def _verdict(visit: Visit, attempt: Attempt) -> None:
    report = attempt.report
    show(
        "check_verdict",
        visit,
        accepted=report.accepted,
        numbers={level: len(report.of_level(level)) for level in LEVELS},
        passed=len(report.passed),
        progress=attempt.progress(visit.language),
        phrase=partial(phrase, language=visit.language),
    )


def _copies(visit: Visit, files: dict[str, bytes], attempt: Attempt) -> None:
    """The user's own file with marks, and the report to print; made when they are asked for."""
    language, report = visit.language, attempt.report
    today = datetime.now(UTC).date()
    progress = attempt.progress(language)
    with st.container(key="tools", horizontal=True):
        if report.facts and report.problems:
            copy = partial(marked_copy, files, report, today, language)
            _offer(visit.say("My file with marks (XLSX)"), copy, "marked-copy.xlsx")
        printed = partial(check_report_pdf, report, today, language, progress=progress)
        _offer(visit.say("Report to print (PDF)"), printed, "check-report.pdf")


def _report(visit: Visit, report: CheckReport) -> None:
    language = visit.language
    show(
        "check_report",
        visit,
        facts=[fact_in_words(fact, language) for fact in report.facts],
        levels=[(level, _problems(report, level, language)) for level in LEVELS],
        phrase=partial(phrase, language=language),
    )
    table = report.table(language).to_csv(index=False)
    with st.container(key="more-tools", horizontal=True):
        _offer(visit.say("Report as text"), report.text(language), "check-report.txt")
        _offer(visit.say("Report as a table (CSV)"), table, "check-report.csv")
        _offer(
            visit.say("Report for programs (JSON)"), report.as_json(language), "check-report.json"
        )


def _offer(label: str, content: str | Callable[[], bytes], name: str) -> None:
    key = f"report-{name.rsplit('.', 1)[1]}"
    st.download_button(label, content, name, key=key, on_click="ignore")


def _problems(report: CheckReport, level: str, language: str) -> list[dict]:
    return [
        record(problem, language) | {"where": where(problem, language)}
        for problem in report.of_level(level)
    ]
