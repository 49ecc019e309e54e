"""One indicator over cities: by name, comparable or not with the reason, ranks as intervals."""

import pytest

from tests.unit.report import factory
from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.errors import DataError
from urban_safety_monitor.report.comparison import compare_cities
from urban_safety_monitor.report.indicators import indicator_list, indicator_page
from urban_safety_monitor.report.records import CityComparison
from urban_safety_monitor.report.scores import city_order
from urban_safety_monitor.report.view import View
from urban_safety_monitor.tables.run import Results


def compared(results: Results, indicator: str, **options: object) -> CityComparison:
    options = {"country": "xx"} | options
    return compare_cities(results, factory.catalogue(), indicator, factory.PERIOD, **options)


def test_cities_are_in_alphabetical_order_whatever_their_accents(results: Results) -> None:
    titles = [row.title for row in compared(results, "safe_day").rows]
    assert titles[:3] == ["Ágave", "Bahía Nueva", "City 3"]
    assert titles[-1] == "San Almeda"


def test_names_in_other_scripts_come_last(results: Results) -> None:
    arabic = factory.with_title(results, "ميناء")
    assert compared(arabic, "safe_day").rows[-1].title == "ميناء"


def test_comparability_names_who_cannot_and_why(results: Results) -> None:
    comparison = compared(results, "safe_night")
    assert comparison.comparability == (
        "7 of 8 cities can be compared on this indicator. "
        "San Almeda cannot: The question was about the city centre."
    )
    by_area = {row.area: row for row in comparison.rows}
    assert not by_area["c0"].comparable
    assert by_area["c0"].rank_lower is None


def test_headline_counts_only_cities_compared(results: Results) -> None:
    assert compared(results, "safe_night").headline.startswith("5 of 7 cities differ")


def test_withheld_city_is_there_without_numbers(results: Results) -> None:
    row = next(r for r in compared(results, "sexual_violence_prev").rows if r.area == "c0")
    assert row.figure.value is None
    assert row.verdict.word == "Withheld"


def test_the_benchmark_has_a_number_only_where_all_share_it(results: Results) -> None:
    assert compared(results, "safe_day").benchmark_value == pytest.approx(41.0, abs=1)
    assert compared(results, "safe_day", benchmark="previous").benchmark_value is None


def test_ranks_are_intervals_and_undecided_pairs_are_counted(results: Results) -> None:
    comparison = compared(results, "safe_day")
    assert all(row.rank_lower <= row.rank_upper for row in comparison.rows)
    assert comparison.order_line == "13 of 28 pairs of cities cannot be told apart."


def test_some_cities_only(results: Results) -> None:
    assert {row.area for row in compared(results, "safe_day", areas=["c1", "c3"]).rows} == {
        "c1",
        "c3",
    }


def test_one_city_is_no_comparison(results: Results) -> None:
    comparison = compared(results, "safe_day", areas=["c1"])
    assert comparison.comparability == (
        "Only Ágave can be compared. A comparison needs two cities."
    )


@pytest.mark.parametrize(
    ("indicator", "options", "message"),
    [
        ("nothing", {}, "indicator 'nothing'"),
        ("safe_day", {"country": "yy"}, "country 'yy': not in this run; there are xx"),
        ("safe_day", {"areas": ["c1", "zz"]}, "city 'zz': not in xx"),
    ],
)
def test_unknown_things_are_named(
    results: Results, indicator: str, options: dict, message: str
) -> None:
    with pytest.raises(DataError, match=message):
        compared(results, indicator, **options)


def test_order_has_both_kinds_of_uncertainty_only_for_the_whole(
    results: Results, catalogue: Catalogue
) -> None:
    view = View(results, catalogue, "en")
    whole = city_order(view, "overall", factory.PERIOD, "xx")
    part = city_order(view, "violence_crime", factory.PERIOD, "xx")
    assert all(row.weights_lower == 1 for row in whole.rows)
    assert all(row.weights_lower is None for row in part.rows)
    assert whole.rows[0].title == "Ágave"


def test_indicator_list_has_all_of_the_catalogue(results: Results, catalogue: Catalogue) -> None:
    lines = indicator_list(results, catalogue, language="es")
    assert len(lines) == len(catalogue.indicators)
    line = next(line for line in lines if line.indicator == "robbery_prev")
    assert line.direction == "menos es mejor"
    assert line.cities == 8


def test_indicator_page_shows_question_goalposts_and_values(
    results: Results, catalogue: Catalogue
) -> None:
    page = indicator_page(results, catalogue, "safe_night", language="en")
    assert [question.variable for question in page.questions] == ["safe_night"]
    assert page.goalposts == "0 scores 0, 100 scores 100"
    assert page.references
    assert [comparison.country for comparison in page.comparisons] == ["xx"]


def test_every_indicator_has_a_page(catalogue: Catalogue) -> None:
    few = factory.make_results(number=2)
    pages = [indicator_page(few, catalogue, name, language="es") for name in catalogue.indicators]
    assert all(page.measured for page in pages)
    assert all(page.line.title == page.comparisons[0].title for page in pages)
