"""Step 5: the values an accepted file gives, and how it comes into a run."""

import csv
import json
from io import StringIO

import streamlit as st

from urban_safety_monitor.catalogue import load_recipe
from urban_safety_monitor.report.numbers import period_text
from urban_safety_monitor.report.preview import preview
from urban_safety_monitor.ui.parts import show
from urban_safety_monitor.ui.sources import catalogue, surroundings
from urban_safety_monitor.ui.uploading.attempts import Attempt
from urban_safety_monitor.ui.visit import Visit

MOST_ROUNDS = 6
"""Cities and rounds whose values are shown; a source of many places is for a run."""


def show_values(visit: Visit, attempt: Attempt) -> None:
    """Show the estimates for everybody of each city and round in the file."""
    if attempt.estimates is None:
        show("upload_troubles", visit, troubles=attempt.trouble.splitlines())
        return
    _, extended = load_recipe(attempt.recipe, catalogue())
    found = preview(attempt.estimates, extended, visit.language)
    places = list(dict.fromkeys((row.area, row.period) for row in found.rows))
    show(
        "upload_values",
        visit,
        rounds=[
            (
                f"{_title(attempt, area)}, {period_text(period, visit.language)}",
                found.of(area, period).domains,
            )
            for area, period in places[:MOST_ROUNDS]
        ],
        more=max(0, len(places) - MOST_ROUNDS),
        flags=found.flags,
    )


def _title(attempt: Attempt, area: str) -> str:
    """The city's name as step 1 has it, else as it is known here."""
    return attempt.survey.title if area == attempt.survey.area else surroundings().title(area)


def show_next(visit: Visit, attempt: Attempt) -> None:
    """Show what to write into a run's configuration."""
    show("upload_next", visit, dropped=attempt.dropped, practice=attempt.practice)
    st.code(configuration_lines(attempt), language=None, wrap_lines=True)
    if not attempt.practice:
        st.caption(
            visit.say(
                "A line for the table of surveys; in place of MODE write face_to_face, "
                "telephone or web, and fill what is empty."
            )
        )
        st.code(survey_line(attempt), language=None, wrap_lines=True)


def configuration_lines(attempt: Attempt) -> str:
    """The entry of a run's configuration; JSON's texts and lists are also TOML's."""
    files = json.dumps(list(attempt.files), ensure_ascii=False)
    recipe = json.dumps(attempt.recipe, ensure_ascii=False)
    lines = ["[[microdata]]", f"files = {files}", f"recipe = {recipe}"]
    lines += [f"given.{name} = {json.dumps(text)}" for name, text in attempt.given.items()]
    return "\n".join(lines)


def survey_line(attempt: Attempt) -> str:
    """The header and the row of the table of surveys."""
    survey = attempt.survey
    row = (
        survey.area,
        survey.period,
        "MODE",
        survey.first_day or "",
        survey.last_day or "",
        "" if survey.held is None else survey.held,
        False,
    )
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(
        ("area", "period", "mode", "first_day", "last_day", "interviews", "demonstration")
    )
    writer.writerow(row)
    return text.getvalue().strip()
