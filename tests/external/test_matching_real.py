"""Files nobody here wrote: nothing in them is taken for a question of ours without asking."""

from pathlib import Path

import pytest

from urban_safety_monitor.catalogue import load_catalogue
from urban_safety_monitor.intake.matching import matched
from urban_safety_monitor.intake.read import read_file

PERSONS = "conjunto_de_datos_cs_ensu_01_2015"
FILES = [
    f"ensu_2015/conjunto_de_datos_ensu_01_2015/{PERSONS}/conjunto_de_datos/{PERSONS}.csv",
    "r_survey_api/apistrat.csv",
    "saps_2003_2013/crime-stats.csv",
]


@pytest.mark.parametrize("name", FILES)
def test_no_match_is_sure_in_a_file_of_another_questionnaire(name: str, shared: Path) -> None:
    found = matched(read_file(shared / "realdata" / name), load_catalogue())
    assert [match.column for match in found if match.certainty == "sure"] == []


def test_what_inegi_calls_its_columns_is_suggested(shared: Path) -> None:
    found = matched(read_file(shared / "realdata" / FILES[0]), load_catalogue())
    suggested = {match.column: match.question for match in found if match.question}
    assert suggested["UPM_DIS"] == "psu" and suggested["FACTOR"] == "weight_person"
