"""Chart, table, sentence, PDF, XLSX, CSV, JSON and release say the same of every city and value.

Over all cities, rounds and indicators of the demonstration, against the run's own tables.
"""

import csv
import json
import re
from collections.abc import Iterator
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import openpyxl
import pypdf
import pytest

from urban_safety_monitor.catalogue import load_catalogue
from urban_safety_monitor.report.charts.dots import dot_marks
from urban_safety_monitor.report.charts.rug import rug_marks
from urban_safety_monitor.report.charts.spine import spine_marks
from urban_safety_monitor.report.comparison import compare_cities
from urban_safety_monitor.report.coverage import coverage
from urban_safety_monitor.report.export import scorecard_bytes
from urban_safety_monitor.report.history import history
from urban_safety_monitor.report.overview import overview
from urban_safety_monitor.report.profile import city_profile
from urban_safety_monitor.report.records import CityProfile, Figure, Row
from urban_safety_monitor.report.release import files_on_demand, part_of
from urban_safety_monitor.report.workbook import HEADER_ROW
from urban_safety_monitor.tables.run import Results
from urban_safety_monitor.workflow.views import latest_results

pytestmark = pytest.mark.e2e

CATALOGUE = load_catalogue()
NUMBERS = ("value", "lower", "upper", "standard_error", "n", "n_effective")
ROUNDS = [("MX", "2024-Q1"), ("MX", "2026-Q1"), ("ZA", "2024-Q1"), ("ZA", "2026-Q1")]
LANGUAGES = {"MX": "es", "ZA": "en"}

Values = tuple[float | None, ...]


@pytest.fixture(scope="module")
def results(demonstration_data: Path) -> Results:
    return latest_results(demonstration_data)


@pytest.fixture(scope="module")
def told(results: Results) -> dict[tuple[str, str], list[CityProfile]]:
    """The profile of every city by country and round, each country in a language."""
    places = coverage(results, "en")
    return {
        (country, period): [
            city_profile(results, CATALOGUE, place.area, period, language=LANGUAGES[country])
            for place in places.of_country(country)
            if period in place.periods
        ]
        for country, period in ROUNDS
    }


@pytest.fixture(params=ROUNDS, ids="-".join)
def shown(
    request: pytest.FixtureRequest, told: dict[tuple[str, str], list[CityProfile]]
) -> list[CityProfile]:
    """Every city of a country's round."""
    return told[request.param]


def rows(shown: list[CityProfile]) -> Iterator[tuple[CityProfile, Row]]:
    for profile in shown:
        for row in profile.rows:
            yield profile, row


def numbers(figure: Figure) -> Values:
    return tuple(getattr(figure, name) for name in NUMBERS)


def test_the_table_shows_the_run_s_own_numbers(shown: list[CityProfile], results: Results) -> None:
    totals = results.estimates[results.estimates["disaggregation"] == "total"]
    own = totals.set_index(["area", "period", "indicator"])[[*NUMBERS, "conf_status"]]
    for profile, row in rows(shown):
        estimate = own.loc[(profile.area, profile.period, row.indicator)]
        known = [None if number != number else float(number) for number in estimate[list(NUMBERS)]]
        assert list(numbers(row.figure)) == known, (profile.area, row.indicator)
        if estimate["conf_status"] == "C":
            assert row.figure.flags == ("c",) and not any(numbers(row.figure))


def test_no_estimate_is_without_its_interval(shown: list[CityProfile]) -> None:
    """Only a figure that is complete, and so has no error at all, stands alone."""
    for profile, row in rows(shown):
        figure = row.figure
        alone = figure.value is not None and figure.interval_text == ""
        assert not alone or figure.standard_error == 0, (profile.area, row.indicator)
        assert not alone or row.evidence == "administrative", (profile.area, row.indicator)


def test_sentences_name_the_value_the_interval_and_the_benchmark(shown: list[CityProfile]) -> None:
    for profile, row in rows(shown):
        figure, said = row.figure, numbers_in(row.sentence)
        if figure.value is None:
            assert figure.value_text == ""
            assert row.verdict.status in ("no_status", "not_comparable")
            continue
        told = [figure.value, figure.lower, figure.upper]
        if row.verdict.status in ("better", "worse", "similar"):
            told.append(row.verdict.benchmark_value)
        for number in told:
            assert any(stands_for(text, number) for text in said), (profile.area, row.sentence)


def numbers_in(sentence: str) -> list[str]:
    return [text.replace(",", "") for text in re.findall(r"\d[\d,]*(?:\.\d+)?", sentence)]


def stands_for(text: str, number: float) -> bool:
    """Whether a text is the number, rounded to the decimals the text has."""
    decimals = len(text.partition(".")[2])
    return abs(float(text) - abs(number)) <= 0.5 * 10**-decimals + 1e-9


def test_pictures_draw_the_status_of_the_table(shown: list[CityProfile]) -> None:
    for profile in shown:
        drawn = spine_marks(profile, profile.rows)
        marks = {mark["indicator"]: mark for mark in drawn if "indicator" in mark}
        for row in profile.rows:
            mark = marks[row.indicator]
            assert mark["status"] == row.verdict.status, (profile.area, row.indicator)
            if mark["drawn"]:
                assert row.figure.value is not None and "d" not in row.figure.flags


def test_files_hold_what_the_page_shows(shown: list[CityProfile]) -> None:
    for profile in shown:
        text = scorecard_bytes(profile, "csv").decode("utf-8-sig")
        tree = json.loads(scorecard_bytes(profile, "json"))
        book = openpyxl.load_workbook(BytesIO(scorecard_bytes(profile, "xlsx")), read_only=True)
        sheet = book.worksheets[1].iter_rows(min_row=HEADER_ROW + 2, values_only=True)
        lines = csv.DictReader(StringIO(text))
        for row, line, branch, cells in zip(profile.rows, lines, tree["rows"], sheet, strict=True):
            same = (profile.area, row.indicator)
            assert tuple(float(line[k]) if line[k] else None for k in NUMBERS) == numbers(
                row.figure
            ), same
            assert tuple(branch["figure"][k] for k in NUMBERS) == numbers(row.figure), same
            assert line["status"] == branch["verdict"]["status"] == row.verdict.status, same
            assert line["flags"] == " ".join(branch["figure"]["flags"]), same
            assert line["flags"] == " ".join(row.figure.flags), same
            figure = row.figure
            assert cells[3:7] == pytest.approx(
                (figure.value, figure.lower, figure.upper, figure.n)
            ), same
            assert row.verdict.word in cells, same


def test_the_printed_page_holds_every_value_and_interval(shown: list[CityProfile]) -> None:
    """Of the city with the most kinds of marks, where most could go wrong."""
    profile = max(shown, key=lambda one: len(one.flags_used))
    pages = pypdf.PdfReader(BytesIO(scorecard_bytes(profile, "pdf"))).pages
    printed = plain(" ".join(page.extract_text() for page in pages))
    for row in profile.rows:
        assert plain(row.figure.value_text) in printed, (profile.area, row.indicator)
        assert plain(row.figure.interval_text) in printed, (profile.area, row.indicator)


def plain(text: str) -> str:
    return "".join(text.replace("ﬁ", "fi").split())


def test_comparing_pages_say_what_the_profiles_say(
    shown: list[CityProfile], results: Results
) -> None:
    first = shown[0]
    asked: dict[str, Any] = {"country": first.country, "language": first.language}
    said = {(p.area, row.indicator): (row.figure, row.verdict) for p, row in rows(shown)}
    grid = overview(results, CATALOGUE, first.period, **asked)
    cells = {(a.area, c.indicator): (c.figure, c.verdict) for a in grid.lines for c in a.cells}
    assert cells == {key: said[key] for key in cells}
    drawn = {(m["area"], m["indicator"]): m["status"] for m in rug_marks(grid)}
    assert drawn == {key: verdict.status for key, (_, verdict) in cells.items()}
    for indicator in CATALOGUE.indicators:
        compared = compare_cities(results, CATALOGUE, indicator, first.period, **asked)
        for row in compared.rows:
            assert (row.figure, row.verdict) == said[row.area, indicator]
        for mark in dot_marks(compared):
            assert mark["status"] == said[mark["area"], indicator][1].status


@pytest.mark.parametrize("country", LANGUAGES)
def test_rounds_side_by_side_say_what_the_profiles_say(
    country: str, told: dict[tuple[str, str], list[CityProfile]], results: Results
) -> None:
    figures = {
        (profile.area, profile.period, row.indicator): row.figure
        for (its, _), shown in told.items()
        if its == country
        for profile, row in rows(shown)
    }
    for indicator in CATALOGUE.indicators:
        asked: dict[str, Any] = {"country": country, "language": LANGUAGES[country]}
        for course in history(results, CATALOGUE, indicator, **asked).courses:
            for moment in course.moments:
                figure = figures.get((course.area, moment.period, indicator))
                assert moment.figure == figure or moment.figure.value is figure is None


def test_a_release_holds_the_same_numbers_and_flags(
    shown: list[CityProfile], results: Results
) -> None:
    first = shown[0]
    part = part_of(results, first.country, first.period)
    files = files_on_demand(part, CATALOGUE, language=first.language)
    lines = csv.DictReader(StringIO(files["data/figures.csv"]().decode("utf-8-sig")))
    released = {
        (line["area"], line["indicator"]): line
        for line in lines
        if line["disaggregation"] == "total"
    }
    for profile, row in rows(shown):
        line = released[profile.area, row.indicator]
        values = tuple(float(line[name]) if line[name] else None for name in NUMBERS)
        assert values == numbers(row.figure), (profile.area, row.indicator)
        assert line["flags"] == " ".join(row.figure.flags), (profile.area, row.indicator)
