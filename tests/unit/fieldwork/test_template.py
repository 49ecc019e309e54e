"""The empty table: the catalogue's columns, the answers each takes, the city's own districts."""

from datetime import date
from io import BytesIO

import openpyxl
import pandas as pd
import pytest
from openpyxl.workbook import Workbook

from urban_safety_monitor.catalogue import load_catalogue
from urban_safety_monitor.catalogue.codebook import Variable
from urban_safety_monitor.fieldwork.choices import LONGEST_TEXT, LONGEST_TITLE, choice
from urban_safety_monitor.fieldwork.city import City, city_in, relabelled
from urban_safety_monitor.fieldwork.practice import FAULTS, faulty, planted_faults
from urban_safety_monitor.fieldwork.template import (
    DEMONSTRATION,
    ROWS,
    SHEETS,
    Filling,
    questionnaire_workbook,
)
from urban_safety_monitor.tables import Areas, checked

DAY = date(2026, 11, 22)
CITY = City("XX-01", "=Ciudad", {"01": "Centro", "02": "@Norte"}, ("2024",))
CATALOGUE = load_catalogue()


def made(city: City = CITY, filling: Filling | None = None, language: str = "en") -> Workbook:
    content = questionnaire_workbook(CATALOGUE, city, filling or Filling(), DAY, language)
    return openpyxl.load_workbook(BytesIO(content))


def rules(book: Workbook, language: str = "en") -> dict[str, object]:
    """The rule for each column's cells, by the column's name."""
    sheet = book[SHEETS["answers"].in_language(language)]
    names = {cell.column_letter: cell.value for cell in sheet[1]}
    return {
        names[str(rule.sqref).split(":")[0].rstrip("0123456789")]: rule
        for rule in sheet.data_validations.dataValidation
    }


@pytest.fixture(scope="module", params=["en", "es"])
def book(request: pytest.FixtureRequest) -> tuple[str, Workbook]:
    return request.param, made(language=request.param)


def test_there_is_a_column_for_every_variable_in_order_and_no_row(book):
    language, workbook = book
    sheet = workbook[SHEETS["answers"].in_language(language)]
    assert [cell.value for cell in sheet[1]] == list(CATALOGUE.codebook)
    assert sheet.max_row == 1
    assert sheet.freeze_panes == "A2"


def test_every_column_with_codes_offers_exactly_these(book):
    found = rules(book[1], book[0])
    for variable in CATALOGUE.codebook.values():
        if variable.kind == "code" and variable.codes:
            rule = found[variable.name]
            assert rule.type == "list"
            assert rule.formula1.strip('"').split(",") == list(variable.codes)
            assert str(rule.sqref).endswith(str(ROWS + 1))
            shown = [label.in_language(book[0]) for label in variable.codes.values()]
            assert shown[0] in rule.prompt or rule.prompt.endswith("…")


def test_prompts_and_messages_keep_the_spreadsheets_limits(book):
    for name, rule in rules(book[1], book[0]).items():
        assert rule.prompt, name
        assert len(rule.prompt) <= LONGEST_TEXT
        assert len(rule.promptTitle) <= LONGEST_TITLE
        assert len(rule.error or "") <= LONGEST_TEXT
        assert len(rule.formula1 or "") <= LONGEST_TEXT


def test_numbers_stay_within_bounds_or_are_a_code_of_no_answer():
    formula = choice(CATALOGUE.codebook["age"], "T2", "en")["value"]
    assert formula == "=OR(AND(ISNUMBER(T2),T2>=18,T2<=97,T2=INT(T2)),T2=98,T2=99)"
    free = Variable(name="x", kind="text", question="x")
    assert choice(free, "A2", "en")["validate"] == "any"


def test_the_citys_own_codes_are_offered():
    book = made()
    found = rules(book)
    assert found["city_id"].formula1 == '"XX-01"'
    assert found["boundary_version"].formula1 == '"2024"'
    assert found["district_id"].formula1 == "'Districts'!$A$2:$A$3"
    listed = [row[:2] for row in book["Districts"].iter_rows(min_row=2, values_only=True)]
    assert listed == [("01", "Centro"), ("02", "@Norte")]
    assert book["Districts"]["A2"].data_type == book["Districts"]["B3"].data_type == "s"


def test_a_city_without_districts_has_no_list_of_them():
    found = rules(made(City("XX-01", "X", {})))
    assert found["district_id"].type is None
    assert found["district_id"].prompt


def test_the_codebook_speaks_both_languages_and_says_who_is_asked(book):
    language, workbook = book
    rows = workbook[SHEETS["codebook"].in_language(language)].iter_rows(min_row=2, values_only=True)
    by_name = {row[0]: row for row in rows}
    assert list(by_name) == list(CATALOGUE.codebook)
    night = by_name["safe_night"]
    assert night[1] == "AC"
    assert "once it is dark" in night[4] and "oscureció" in night[5]
    assert night[6].splitlines()[0] == "1 Very safe" and "Muy segura" in night[7]
    assert by_name["harass_sx_3y"][8] == "private_sensitive = 1"
    assert by_name["harass_sx_3y"][9] == {"en": "Yes", "es": "Sí"}[language]
    assert by_name["age"][6].splitlines()[0] == "18 … 97"


def test_the_example_is_marked_and_nothing_is_a_formula():
    rows = pd.DataFrame({"city_id": ["=1+1"], "age": [30], "psu": [None]})
    book = made(filling=Filling(answers=rows, example=rows))
    example = book["Example"]
    assert example["A1"].value == DEMONSTRATION.en
    assert [cell.value for cell in example[3]] == ["city_id", "age", "psu"]
    assert [cell.value for cell in example[4]][:2] == ["=1+1", 30]
    assert DEMONSTRATION.en in [cell.value for cell in book["About"]["A"]]
    kinds = {c.data_type for sheet in book for row in sheet.iter_rows() for c in row}
    assert kinds <= {"s", "n"}


def test_only_made_answers_are_called_demonstration():
    assert DEMONSTRATION.en not in [cell.value for cell in made()["About"]["A"]]


def areas(**changes: object) -> pd.DataFrame:
    given = {
        "area": ["XX", "XX-1", "07", "08", "09"],
        "title": ["X", "City", "North", "South", "Elsewhere"],
        "country": "XX",
        "level": ["country", "city", "district", "district", "district"],
        "parent": [None, "XX", "XX-1", "XX-1", "XX-2"],
        "boundary_version": [None, "2020", "2024", "2024", "2024"],
    }
    return checked(Areas, pd.DataFrame(given | changes))


def test_a_citys_districts_come_from_the_table_of_areas():
    assert city_in(areas(), "XX-1") == City(
        "XX-1", "City", {"07": "North", "08": "South"}, ("2024",)
    )


@pytest.mark.parametrize(("districts", "expected"), [({"a": "A", "b": "B"}, "abab"), ({}, "XXXX")])
def test_made_interviews_take_the_citys_codes(districts, expected):
    interviews = pd.DataFrame({"city_id": "Z", "district_id": ["1", "2", "3", "4"]})
    city = City("X", "X", districts)
    assert "".join(relabelled(interviews, city)["district_id"]) == expected
    assert set(relabelled(interviews, city)["city_id"]) == {"X"}


def test_ten_faults_are_planted_and_listed_in_both_languages():
    assert [fault.number for fault in FAULTS] == list(range(1, 11))
    rows = pd.DataFrame({fault.column: ["0"] * 210 for fault in FAULTS if fault.number != 9})
    rows["person_id"] = [f"p{n}" for n in range(210)]
    rows["private_sensitive"] = 2
    planted = faulty(rows)
    changed = (planted.drop(columns="remarks").fillna("") != rows.astype(object)).sum().sum()
    listed = planted_faults(rows, "es")
    assert changed + planted["remarks"].notna().sum() == sum(len(r.split()) for r in listed["rows"])
    assert listed["title"].iat[5] == "Coma decimal"
    assert planted_faults(rows)["title"].iat[5] == "Decimal comma"
