"""Step 2: the file, and everything to begin with where there is none yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import streamlit as st

from urban_safety_monitor.catalogue.load import shipped
from urban_safety_monitor.intake.report import fact_in_words
from urban_safety_monitor.ui import state
from urban_safety_monitor.ui.controls import select
from urban_safety_monitor.ui.parts import show
from urban_safety_monitor.ui.sources import catalogue, surroundings
from urban_safety_monitor.ui.uploading.attempts import Files
from urban_safety_monitor.ui.uploading.survey import Survey
from urban_safety_monitor.ui.visit import Visit
from urban_safety_monitor.workflow.matching import QUESTIONNAIRE
from urban_safety_monitor.workflow.templates import Kind, template, template_name

TYPES = ["csv", "tsv", "txt", "xlsx", "sav", "dta"]
PRACTICE = ("example_ten_faults.xlsx", "example_ten_faults.csv", "example_clean.csv")
PRACTICE_SURVEY = {"for": "ZA-D10", "round": "2026-Q1"}
"""The city and round the practice files are made for."""

CHOSEN_PRACTICE = "upload-practice"


@dataclass(frozen=True)
class Chosen:
    """Files chosen, none yet being an empty mapping, and what kind of source they are said to be.

    `recipe` is that of the kind; a city's own matching comes later.
    """

    files: Files
    recipe: str
    practice: bool = False


def choose_files(visit: Visit, survey: Survey, today: date) -> Chosen:
    """Take files, or a practice file, or give templates to fill."""
    recipe = _choose_kind(visit)
    show("upload_file", visit)
    several = len(catalogue().recipes[recipe].files) > 1
    given = st.file_uploader(
        visit.say("Your file"),
        type=TYPES,
        accept_multiple_files=several,
        key=f"upload-{recipe}",
        on_change=begin_anew,
    )
    uploaded = given if isinstance(given, list) else [given] if given else []
    files = {file.name: file.getvalue() for file in uploaded}
    shown = st.session_state.get(CHOSEN_PRACTICE, "")
    with st.expander(visit.say("No file yet? Templates and practice files")):
        _templates(visit, survey, today)
        _practice(visit)
    if shown and not files:
        return Chosen({shown: practice_files()[shown]}, QUESTIONNAIRE, practice=True)
    return Chosen(files, recipe)


def begin_anew() -> None:
    """Forget what belongs to the file before; columns left out of it stay out of the next."""
    st.session_state.pop(CHOSEN_PRACTICE, None)
    state.forget("check")


def practice_files() -> dict[str, bytes]:
    """Files to try the check with, by name."""
    folder = shipped("sample_data") / "practice"
    return {name: (folder / name).read_bytes() for name in PRACTICE}


def found_in_words(fact: Mapping[str, Any], visit: Visit) -> str:
    """What was read of one file, how it is written, and what was mended on the way."""
    delimiters = {
        ",": visit.say("comma"),
        ";": visit.say("semicolon"),
        "\t": visit.say("tab"),
        "|": visit.say("vertical bar"),
    }
    sign = fact["delimiter"]
    parts = [fact_in_words(dict(fact), visit.language)]
    if fact["sheet"]:
        parts.append(visit.say("Sheet: “{sheet}”.", sheet=fact["sheet"]))
    if fact["encoding"]:
        parts.append(visit.say("Encoding: {encoding}.", encoding=fact["encoding"].upper()))
    if sign:
        parts.append(
            visit.say("Columns are separated by: {sign}.", sign=delimiters.get(sign, sign))
        )
    parts.append(visit.say("The first answers are in row {row}.", row=fact["first_data_row"]))
    return " ".join(parts)


def _choose_kind(visit: Visit) -> str:
    titles = {
        name: recipe.title.in_language(visit.language)
        for name, recipe in catalogue().recipes.items()
    }
    chosen, _ = state.chosen("recipe", titles, QUESTIONNAIRE)
    select(visit.say("What the file holds"), "recipe", titles)
    return chosen


def _templates(visit: Visit, survey: Survey, today: date) -> None:
    if not survey.area:
        st.caption(visit.say("Name the city in step 1 to get its template."))
        return
    labels: dict[Kind, str] = {
        "template": visit.say("Empty template for this city (XLSX)"),
        "example": visit.say("Example file for this city (XLSX)"),
    }
    with st.container(key="templates", horizontal=True):
        for kind, label in labels.items():
            made = partial(template, kind, survey.city(), today, catalogue(), visit.language)
            name = template_name(survey.city(), kind, visit.language)
            st.download_button(label, made, name, key=f"get-{kind}", on_click="ignore")


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
                on_click=choose_practice,
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


def choose_practice(name: str) -> None:
    """Check a practice file, for the city and round it is made for; for `on_click`."""
    begin_anew()
    st.session_state[CHOSEN_PRACTICE] = name
    if PRACTICE_SURVEY["for"] in set(surroundings().cities["area"]):
        for choice, value in PRACTICE_SURVEY.items():
            state.keep(choice, value)
