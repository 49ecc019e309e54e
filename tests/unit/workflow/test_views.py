"""Cities found by code or name, and the period that is shown where none is asked for."""

import pytest

from urban_safety_monitor.errors import DataError, StoreError
from urban_safety_monitor.workflow.views import (
    common_period,
    comparisons_of,
    find_city,
    last_period,
    latest_results,
    profile_of,
)


@pytest.mark.parametrize(
    ("given", "area"),
    [
        ("MX-GDL", "MX-GDL"),
        ("mx-gdl", "MX-GDL"),
        ("Guadalajara", "MX-GDL"),
        ("León", "MX-LEO"),
        ("leon", "MX-LEO"),
        (" LEÓN ", "MX-LEO"),
        ("Durban", "ZA-ETH"),
        ("durban (ethekwini)", "ZA-ETH"),
    ],
)
def test_a_city_is_found(results, given, area):
    assert find_city(results, given) == area


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        ("Guadalahara", "did you mean MX-GDL?"),
        ("MX-", "did you mean MX-"),
        ("", "there are MX-GDL, MX-LEO, ZA-ETH, ZA-NEW"),
        ("Timbuktu", "there are MX-GDL, MX-LEO, ZA-ETH, ZA-NEW"),
        ("ZA", "there are MX-GDL"),
    ],
)
def test_a_city_that_is_not_there_is_answered_with_what_is(results, given, hint):
    with pytest.raises(DataError) as raised:
        find_city(results, given)
    (problem,) = raised.value.problems
    assert problem.startswith(f"city {given!r}: ") and hint in problem


def test_the_last_period_is_the_last_survey_or_else_the_last_figure(results):
    assert last_period(results, "MX-GDL") == "2026-Q1"
    assert last_period(results, "ZA-ETH") == "2023"
    with pytest.raises(DataError, match="'ZA-NEW': no results for any period"):
        last_period(results, "ZA-NEW")


def test_the_common_period_is_the_last_that_all_cities_have(results):
    assert common_period(results, ["MX-GDL"], None) == "2026-Q1"
    assert common_period(results, ["MX-GDL", "MX-LEO"], None) == "2024-Q1"
    assert common_period(results, ["MX-GDL", "MX-LEO"], "2024-Q1") == "2024-Q1"
    with pytest.raises(DataError, match="no period with results of all of them"):
        common_period(results, ["MX-GDL", "ZA-ETH"], None)


def test_every_city_without_the_period_asked_for_is_named(results):
    with pytest.raises(DataError) as raised:
        common_period(results, ["MX-GDL", "MX-LEO", "ZA-NEW"], "2026-Q1")
    assert raised.value.problems == [
        "city 'MX-LEO': no results for '2026-Q1'; there are 2024-Q1",
        "city 'ZA-NEW': no results for '2026-Q1'; there are none",
    ]


def test_a_benchmark_that_is_not_known_is_refused(results):
    with pytest.raises(DataError, match="known are country_median, peers, previous"):
        profile_of(results, "MX-GDL", None, "best", "en")


def test_cities_of_two_countries_are_not_compared(results):
    with pytest.raises(DataError, match="cities of MX and ZA: only cities of one country"):
        comparisons_of(results, ["MX-GDL", "ZA-ETH"], ["safe_night"], None, "en")


def test_an_empty_data_folder_has_no_results(tmp_path):
    with pytest.raises(StoreError, match="no results yet"):
        latest_results(tmp_path)
