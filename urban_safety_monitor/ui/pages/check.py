"""Check a file: every problem at once, in words, with the repair; nothing is kept."""

from functools import partial

import streamlit as st

from urban_safety_monitor.intake.messages import LEVELS, phrase
from urban_safety_monitor.intake.report import CheckReport, fact_in_words, record
from urban_safety_monitor.intake.wording import where
from urban_safety_monitor.ui import state
from urban_safety_monitor.ui.checking import practice_files, report_on
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
    files = _uploaded(visit)
    shown = st.session_state.get(SHOWN, "")
    with st.expander(visit.say("No file at hand? Practise"), expanded=not (files or shown)):
        _practice(visit)
    if shown and not files:
        files, recipe = {shown: practice_files()[shown]}, PRACTICE_RECIPE
    if files:
        with st.spinner(visit.say("Reading and checking…")):
            report = report_on(files, recipe)
        _report(visit, report)


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


def _report(visit: Visit, report: CheckReport) -> None:
    language = visit.language
    show(
        "check_report",
        visit,
        accepted=report.accepted,
        passed=len(report.passed),
        facts=[fact_in_words(fact, language) for fact in report.facts],
        levels=[(level, _problems(report, level, language)) for level in LEVELS],
        phrase=partial(phrase, language=language),
    )
    with st.container(key="tools", horizontal=True):
        for label, content, suffix in (
            (visit.say("Report as text"), report.text(language), "txt"),
            (
                visit.say("Report as a table (CSV)"),
                report.table(language).to_csv(index=False),
                "csv",
            ),
            (visit.say("Report for programs (JSON)"), report.as_json(language), "json"),
        ):
            name = f"check-report.{suffix}"
            st.download_button(label, content, name, key=f"report-{suffix}", on_click="ignore")


def _problems(report: CheckReport, level: str, language: str) -> list[dict]:
    return [
        record(problem, language) | {"where": where(problem, language)}
        for problem in report.of_level(level)
    ]
