"""All cities by all indicators, and one indicator over all rounds."""

import pytest

from tests.unit.report import factory
from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.errors import DataError
from urban_safety_monitor.report.charts.multiples import PANEL, TALL, panels
from urban_safety_monitor.report.comparison import compare_cities
from urban_safety_monitor.report.history import history
from urban_safety_monitor.report.overview import Cell, Overview, by_attention, overview
from urban_safety_monitor.report.profile import city_profile
from urban_safety_monitor.tables.run import Results


@pytest.mark.parametrize("benchmark", ["country_median", "previous"])
def test_cells_say_what_the_profile_says(
    results: Results, catalogue: Catalogue, benchmark: str
) -> None:
    found = overview(results, catalogue, factory.PERIOD, country="xx", benchmark=benchmark)
    for line in found.lines:
        profile = city_profile(results, catalogue, line.area, factory.PERIOD, benchmark=benchmark)
        rows = {row.indicator: (row.figure, row.verdict) for row in profile.rows}
        cells = {cell.indicator: (cell.figure, cell.verdict) for cell in line.cells}
        assert cells == {name: rows[name] for name in cells}
        assert (line.better, line.worse) == (profile.counts["better"], profile.counts["worse"])


def test_columns_are_the_domains_in_order(results: Results, catalogue: Catalogue) -> None:
    found = overview(results, catalogue, factory.PERIOD, country="xx")
    columns = [name for domain in found.domains for name, _ in domain.indicators]
    for line in found.lines:
        assert [cell.indicator for cell in line.cells] == columns
    assert len(set(domain.domain for domain in found.domains)) == len(found.domains)


def test_only_the_cities_named(results: Results, catalogue: Catalogue) -> None:
    found = overview(results, catalogue, factory.PERIOD, country="xx", areas=["c2", "c0"])
    assert [line.area for line in found.lines] == ["c2", "c0"]  # Bahía Nueva, San Almeda
    with pytest.raises(DataError, match="no results for '1999'"):
        overview(results, catalogue, "1999", country="xx")


def test_history_has_each_round_s_own_figure(results: Results, catalogue: Catalogue) -> None:
    found = history(results, catalogue, "safe_day", country="xx")
    for period, _ in found.periods:
        rows = compare_cities(results, catalogue, "safe_day", period, country="xx").rows
        figures = {row.area: row.figure for row in rows}
        moments = {c.area: m.figure for c in found.courses for m in c.moments if m.period == period}
        assert moments == figures


def test_history_tests_changes_and_joins_nothing_over_a_break(
    results: Results, catalogue: Catalogue
) -> None:
    def last(indicator: str) -> dict[str, bool]:
        courses = history(results, catalogue, indicator, country="xx").courses
        assert not any(course.moments[0].joined for course in courses)
        return {course.area: course.moments[-1].joined for course in courses}

    assert all(last("safe_day").values())
    broken = last("unsafe_city")
    assert not broken.pop("c0") and all(broken.values())
    withheld = last("sexual_violence_prev")
    assert not withheld.pop("c0") and all(withheld.values())
    changes = history(results, catalogue, "safe_day", country="xx").courses[0].moments[-1].change
    assert changes is not None and changes.benchmark == "previous"
    with pytest.raises(DataError, match="not in the catalogue"):
        history(results, catalogue, "nothing", country="xx")


def test_what_needs_attention_comes_first_and_nothing_else_changes(
    results: Results, catalogue: Catalogue
) -> None:
    plain = overview(results, catalogue, factory.PERIOD, country="xx")
    found = by_attention(plain)

    def told(one: Overview) -> dict[tuple[str, str], Cell]:
        names = [name for domain in one.domains for name, _ in domain.indicators]
        for line in one.lines:
            assert [cell.indicator for cell in line.cells] == names
        return {(line.area, cell.indicator): cell for line in one.lines for cell in line.cells}

    assert told(found) == told(plain)
    worse = [line.worse for line in found.lines]
    assert worse == sorted(worse, reverse=True) and worse[0] > worse[-1]
    statuses = {
        (line.area, c.indicator): c.verdict.status for line in found.lines for c in line.cells
    }
    for domain in found.domains:
        counts = [
            sum(statuses[line.area, name] == "worse" for line in found.lines)
            for name, _ in domain.indicators
        ]
        assert counts == sorted(counts, reverse=True)


def test_what_cannot_be_compared_is_said_with_its_reason(
    results: Results, catalogue: Catalogue
) -> None:
    found = overview(results, catalogue, factory.PERIOD, country="xx")
    compared = sum(line.compared for line in found.lines)
    every = sum(len(line.cells) for line in found.lines)
    assert found.comparability.startswith(f"{compared} of {every} values can be compared;")
    assert "San Almeda, 2 indicators: The question" in found.comparability
    rounds = history(results, catalogue, "unsafe_city", country="xx")
    broken = rounds.courses[[c.area for c in rounds.courses].index("c0")].moments[-1].broken
    assert broken and f"San Almeda, 2026 Q1: {broken}" in rounds.comparability
    assert rounds.comparability.startswith("7 of 8 cities can be compared with their own earlier")


def test_panels_of_a_page_stand_each_in_its_own_corner(
    results: Results, catalogue: Catalogue
) -> None:
    found = history(results, catalogue, "unsafe_city", country="xx")
    for panel in panels(found):
        assert all(0 <= p["x"] <= PANEL and 0 <= p["value_at"] <= TALL for p in panel.points)
        broken = panel.course.area == "c0"
        assert (len(panel.lines), len(panel.breaks)) == ((0, 1) if broken else (1, 0))
    assert [panel.course for panel in panels(found)] == list(found.courses)
    assert panels(found, 1) == ()
