"""Peers: cities of one country alike in their context."""

import numpy as np
import pandas as pd
import pytest

from tests.factories import areas, catalogue
from urban_safety_monitor.pipeline.peers import nearest_peers

BY = ["population", "density"]


def framework(peers=5):
    return catalogue(peers_by=BY, peers=peers).framework


def units_of(table, period="2026"):
    cities = table[table["level"] == "city"]
    return cities[["area", "country"]].assign(period=period)


def peers_of(table, area, **given):
    found = nearest_peers(table, units_of(table), framework(**given))
    return found[found["area"] == area]


LINE = areas("ABCDE", population=[1e3, 1e4, 1e5, 1e6, 1e7], density=100.0)


def test_the_nearest_come_first_and_nobody_is_its_own_peer():
    found = peers_of(LINE, "A")
    assert found["peer"].tolist() == ["B", "C", "D", "E"]
    assert (found["distance"].diff().dropna() > 0).all()


def test_so_many_peers_and_no_more():
    assert peers_of(LINE, "C", peers=2)["peer"].tolist() == ["B", "D"]


def test_reasons_are_the_peers_own_figures():
    assert peers_of(LINE, "A")["population"].tolist() == [1e4, 1e5, 1e6, 1e7]


def test_distance_is_in_standard_deviations_of_logs():
    table = areas("ABC", population=[np.e - 1, np.e**2 - 1, np.e**3 - 1], density=[0.0, 0.0, 0.0])
    assert peers_of(table, "A")["distance"].tolist() == pytest.approx([1, 2])


def test_every_variable_counts():
    table = areas("ABC", population=[1e5, 1e5, 2e5], density=[10.0, 1e4, 10.0])
    assert peers_of(table, "A")["peer"].tolist() == ["C", "B"]


def test_peers_come_from_the_same_country():
    there = areas(["Z", "Y"], "ZA", population=[1e3, 2e3], density=100.0)
    both = pd.concat([LINE, there], ignore_index=True)
    assert set(peers_of(both, "A")["peer"]) == set("BCDE")
    assert peers_of(both, "Z")["peer"].tolist() == ["Y"]
    pd.testing.assert_frame_equal(
        peers_of(both, "A").reset_index(drop=True), peers_of(LINE, "A").reset_index(drop=True)
    )


def test_a_city_without_its_context_has_no_peers_and_is_none():
    table = areas("ABC", population=[1e5, np.nan, 2e5], density=100.0)
    assert peers_of(table, "A")["peer"].tolist() == ["C"]
    assert peers_of(table, "B").empty


def test_only_cities_with_results_in_the_period_are_peers():
    units = units_of(LINE)
    later = units[units["area"].isin(["A", "E"])].assign(period="2028")
    found = nearest_peers(LINE, pd.concat([units, later], ignore_index=True), framework())
    assert found[found["period"] == "2028"][["area", "peer"]].values.tolist() == [
        ["A", "E"],
        ["E", "A"],
    ]


@pytest.mark.parametrize("table", [areas("AB"), areas("A", population=[1.0], density=[1.0])])
def test_without_context_or_company_there_are_no_peers(table):
    found = nearest_peers(table, units_of(table), framework())
    assert found.empty
    assert {"area", "period", "peer", "distance"} <= set(found)
