"""Order: places hold for all cities at once, and pairs are told without saying who leads."""

from dataclasses import replace

import pandas as pd
import pytest

from tests.unit.report import factory
from urban_safety_monitor.report.order import pair_changes
from urban_safety_monitor.report.scores import city_order
from urban_safety_monitor.report.view import View
from urban_safety_monitor.tables.run import Results


@pytest.fixture
def view(results: Results) -> View:
    changes = [("c0", "c1", 0.02), ("c2", "c0", 0.5), ("c1", "c2", None)]
    table = pd.DataFrame(changes, columns=["area", "other", "share"]).assign(period=factory.PERIOD)
    sets = pd.DataFrame({"area": ["c0", "c1", "c2"], "best": [1.0, 1.0, 2.0], "worst": 3.0})
    sets = sets.assign(component="overall", period=factory.PERIOD, of=3.0)
    return View(replace(results, order_changes=table, rank_sets=sets), factory.catalogue(), "en")


def test_every_pair_is_told_both_ways(view: View) -> None:
    found = pair_changes(view, factory.PERIOD, "xx")
    assert [area for area, _ in found.cities] == ["c1", "c2", "c0"]  # by name
    assert found.shares == (("", "", "2%"), ("", "", "50%"), ("2%", "50%", ""))
    assert found.line == "The order of 1 of 3 pairs changes in more than 5% of all repetitions."


def test_only_the_pairs_of_the_cities_named(view: View) -> None:
    found = pair_changes(view, factory.PERIOD, "xx", ["c0", "c1"])
    assert found.shares == (("", "2%"), ("2%", ""))
    assert pair_changes(view, "2024-Q1", "xx") is None


def test_places_by_sampling_are_those_of_the_rank_sets(view: View) -> None:
    order = city_order(view, "overall", factory.PERIOD, "xx", ["c0", "c2"])
    places = {row.area: (row.rank_lower, row.rank_upper) for row in order.rows}
    assert places == {"c0": (1, 3), "c2": (2, 3)}
    assert order.together
    assert not city_order(view, "violence_crime", factory.PERIOD, "xx").together
