"""Tests, ranks and trends of kept results, for one city or several."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from urban_safety_monitor.errors import DataError
from urban_safety_monitor.statistics.comparison import equivalence_p_values
from urban_safety_monitor.tables import Comparisons, checked
from urban_safety_monitor.tables.comparing import RankSets
from urban_safety_monitor.workflow.tested import differences_of, ranks_of, trends_of


@pytest.fixture
def tested(results):
    """Two values against their medians: one a little off, one far."""
    frame = pd.DataFrame(
        {
            "component": "safe_night",
            "area": ["MX-GDL", "MX-LEO"],
            "period": "2024-Q1",
            "benchmark": "country_median",
            "benchmark_value": 39.0,
            "difference": [1.0, 9.0],
            "z": [0.5, 4.5],
            "p_value": [0.6, 1e-5],
            "p_adjusted": [0.6, 2e-5],
            "status": ["similar", "better"],
            "reason": ["difference_not_clear", "difference_clear"],
            "standard_error": 2.0,
            "smallest_detectable": 5.6,
            "margin": np.nan,
            "p_equivalence": np.nan,
        }
    )
    ranks = pd.DataFrame(
        [("safety", "MX-GDL", "2024-Q1", 1, 2, 2)], columns=list(RankSets.to_schema().columns)
    )
    return replace(
        results, comparisons=checked(Comparisons, frame), rank_sets=checked(RankSets, ranks)
    )


def test_a_margin_given_says_what_is_the_same(tested):
    plain = differences_of(tested, ["Guadalajara"])
    assert plain["equivalence"].tolist() == [""]
    found = differences_of(tested, ["Guadalajara", "MX-LEO"], ["safe_night"], "2024-Q1", margin=6.0)
    expected = equivalence_p_values(
        np.array([1.0, 9.0]), np.array([4.0, 4.0]), np.array([6.0, 6.0]), np.full(2, np.nan)
    )
    np.testing.assert_allclose(found["p_equivalence"], expected)
    assert found["equivalence"].tolist() == ["same", "not shown"]
    assert differences_of(tested, ["MX-LEO"], period="1999").empty


def test_ranks_and_trends_are_of_the_cities_asked_for(tested):
    assert ranks_of(tested, ["MX-GDL"])["worst"].tolist() == [2]
    assert ranks_of(tested, ["MX-LEO"]).empty
    assert trends_of(tested, ["MX-GDL"]).empty
    with pytest.raises(DataError, match="'colour': not in these results"):
        differences_of(tested, ["MX-GDL"], ["colour"])


def test_cities_are_ranked_by_an_indicators_values_where_they_are_comparable(results):
    """Three of four cities of one round: one clearly ahead, two that may be either; one differs."""
    values = {
        "MX-GDL": (60.0, "A"),
        "MX-LEO": (41.0, "A"),
        "MX-C": (40.0, "A"),
        "MX-D": (90.0, "d"),
    }
    one = results.estimates.iloc[:1]
    rows = [
        one.assign(area=area, value=value, obs_status=status)
        for area, (value, status) in values.items()
    ]
    added = [("MX-C", "C"), ("MX-D", "D")]
    cities = pd.concat(
        [results.areas, *(results.areas.iloc[2:3].assign(area=a, title=t) for a, t in added)]
    )
    found = replace(results, estimates=pd.concat(rows, ignore_index=True), areas=cities)
    shown = ranks_of(found, list(values), ["safe_night"]).set_index("area")
    assert set(shown.index) == {"MX-GDL", "MX-LEO", "MX-C"}
    assert shown.loc["MX-GDL", ["best", "worst"]].tolist() == [1, 1]
    assert shown.loc[["MX-LEO", "MX-C"], ["best", "worst"]].values.tolist() == [[2, 3]] * 2
    assert (shown["of"] == 3).all()
    burgled = replace(found, estimates=found.estimates.assign(indicator="burglary_prev"))
    lowest = ranks_of(burgled, list(values), ["burglary_prev"]).set_index("area")
    assert lowest.loc["MX-GDL", ["best", "worst"]].tolist() == [3, 3]  # fewer burglaries are better
