"""Lines of cities: all that is drawn lies on the scale, and nothing to draw needs none."""

from dataclasses import replace

import pytest

from tests.unit.report import factory
from urban_safety_monitor.report.comparison import compare_cities
from urban_safety_monitor.report.records import CityComparison
from urban_safety_monitor.ui.lines import city_lines


@pytest.fixture(scope="module")
def comparison() -> CityComparison:
    return compare_cities(
        factory.make_results(), factory.catalogue(), "safe_night", factory.PERIOD, country="xx"
    )


def test_every_interval_and_the_benchmark_lie_on_the_scale(comparison: CityComparison) -> None:
    found = city_lines(comparison)
    assert [row for row, _ in found.lines] == list(comparison.rows)
    drawn = [mark for _, mark in found.lines if mark["drawn"]]
    ends = [mark[end] for mark in drawn for end in ("from", "x", "to")]
    assert drawn and found.axis is not None
    assert 0 <= found.axis.low <= min(ends) <= max(ends) <= found.axis.high
    assert found.axis.low <= comparison.benchmark_value <= found.axis.high
    assert found.axis.low_text.endswith("%")


def test_without_a_comparable_value_there_is_no_scale(comparison: CityComparison) -> None:
    rows = tuple(replace(row, comparable=False) for row in comparison.rows)
    assert city_lines(replace(comparison, rows=rows)).axis is None


def test_a_second_page_holds_the_cities_after_the_thirtieth(comparison: CityComparison) -> None:
    rows = tuple(replace(comparison.rows[0], area=f"XX-{number:02}") for number in range(31))
    (line,) = city_lines(replace(comparison, rows=rows), page=1).lines
    assert line[0].area == line[1]["area"] == "XX-30"
