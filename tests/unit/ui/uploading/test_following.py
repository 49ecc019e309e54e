"""The lines for a run's configuration: whatever files are called, they can be read."""

import csv
import tomllib
from datetime import date

from urban_safety_monitor.intake import CheckReport
from urban_safety_monitor.ui.uploading.attempts import Attempt
from urban_safety_monitor.ui.uploading.following import configuration_lines, survey_line
from urban_safety_monitor.ui.uploading.survey import Survey
from urban_safety_monitor.workflow.config import Source

NAME = 'encuesta "última" \\ año.csv'


def attempt(**changed: object) -> Attempt:
    survey = Survey("MX-PUE", "Puebla", "2026-Q1", date(2026, 2, 9), date(2026, 3, 20), held=1310)
    given = {
        "key": "k",
        "files": (NAME,),
        "recipe": "data/recipes/MX-PUE/0001.toml",
        "given": {"period": "2026-Q1"},
        "survey": survey,
        "dropped": (),
        "practice": False,
        "report": CheckReport((), (), ()),
        "places": (),
        "estimates": None,
        "trouble": "",
        "progress": None,
    }
    return Attempt(**(given | changed))


def test_the_entry_is_one_of_a_configuration() -> None:
    (entry,) = tomllib.loads(configuration_lines(attempt()))["microdata"]
    source = Source.model_validate(entry)
    assert [str(file) for file in source.files] == [NAME]
    assert source.recipe == "data/recipes/MX-PUE/0001.toml"
    assert source.given == {"period": "2026-Q1"}


def test_the_row_of_surveys_says_what_is_known_and_leaves_the_rest_open() -> None:
    header, row = csv.reader(survey_line(attempt()).splitlines())
    assert dict(zip(header, row, strict=True)) == {
        "area": "MX-PUE",
        "period": "2026-Q1",
        "mode": "MODE",
        "first_day": "2026-02-09",
        "last_day": "2026-03-20",
        "interviews": "1310",
        "demonstration": "False",
    }
    bare = attempt(survey=Survey("MX-PUE", "Puebla", "2026-Q1"))
    assert survey_line(bare).endswith("MX-PUE,2026-Q1,MODE,,,,False")
