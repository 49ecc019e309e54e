"""Rates over estimated populations, standardised rates and ratios of two, from figures."""

import numpy as np
import pandas as pd
import pytest

from tests.factories import indicator
from urban_safety_monitor.pipeline.drawing import record_draws
from urban_safety_monitor.pipeline.recorded import estimate_recorded
from urban_safety_monitor.statistics.rate_intervals import fay_feuer, rate_ratio
from urban_safety_monitor.tables import Administrative, checked

STANDARD = {"disaggregation": "age", "population": {"young": 3, "old": 1}}
CRUDE = indicator("crude", {"kind": "rate", "events": "killed"}, evidence="administrative")
ADJUSTED = indicator("adjusted", {"kind": "rate", "events": "killed", "standard": STANDARD})
TWICE = {"disaggregation": "age", "category": "young", "over": "old"}
RATIO = indicator("ratio", {"kind": "rate_ratio", "events": "killed"} | TWICE)


def figures(young=(8.0, 40_000.0), old=(1.0, 20_000.0), error=0.0, both=True):
    """Killed and residents of two ages, and of everybody."""
    groups = {("age", "young"): young, ("age", "old"): old}
    if both:
        groups["total", "total"] = (young[0] + old[0], young[1] + old[1])
    rows = [
        ("A", "2026", series, *group, values[place], error * place * values[place], "s", "A")
        for group, values in groups.items()
        for place, series in enumerate(["killed", "population"])
    ]
    return checked(
        Administrative, pd.DataFrame(rows, columns=list(Administrative.to_schema().columns))
    )


def one(asked, **given):
    rows = estimate_recorded(figures(**given), [asked])
    return rows.set_index(["disaggregation", "category"]).loc[("total", "total")]


@pytest.mark.parametrize("both", [True, False])
def test_a_standardised_rate_by_hand(both):
    # 3/4 x 8/40,000 + 1/4 x 1/20,000 = 16.25 in 100,000
    found = one(ADJUSTED, both=both)
    weight = np.array([0.75 / 0.4, 0.25 / 0.2])
    assert found["value"] == pytest.approx(0.75 * 20 + 0.25 * 5)
    assert found["standard_error"] == pytest.approx(np.sqrt((weight**2 * [8, 1]).sum()))
    expected = fay_feuer(np.array([8.0, 1.0]), weight)
    assert (found["lower"], found["upper"]) == pytest.approx([float(end) for end in expected])
    assert found["n"] == 9


def test_a_group_without_figures_leaves_the_standardised_rate_missing():
    found = one(ADJUSTED, old=(np.nan, 20_000.0))
    assert found["obs_status"] == "x"
    assert np.isnan(found["value"])


def test_the_ratio_of_two_rates_by_hand():
    found = one(RATIO)
    assert found["value"] == pytest.approx((8 / 40_000) / (1 / 20_000))
    expected = rate_ratio(*(np.array([part]) for part in (8.0, 40_000.0, 1.0, 20_000.0)))
    assert found["lower"] == pytest.approx(expected.lower[0])
    assert found["upper"] == pytest.approx(expected.upper[0])
    assert one(RATIO, old=(0.0, 20_000.0))["obs_status"] == "x"


@pytest.mark.parametrize("asked", [CRUDE, ADJUSTED])
def test_an_estimated_population_adds_its_error(asked):
    known, estimated = one(asked), one(asked, error=0.1)
    assert estimated["value"] == known["value"]
    assert estimated["standard_error"] > known["standard_error"]
    assert estimated["lower"] < known["lower"] < known["upper"] < estimated["upper"]
    if asked is CRUDE:
        rate, error = known["value"], known["standard_error"]
        assert estimated["standard_error"] == pytest.approx(np.hypot(error, 0.1 * rate))


def test_a_smaller_level_gives_narrower_intervals():
    for asked in (CRUDE, ADJUSTED, RATIO):
        narrow = estimate_recorded(figures(), [asked], 0.8).iloc[0]
        wide = one(asked)
        assert wide["lower"] < narrow["lower"] < narrow["upper"] < wide["upper"]


def test_draws_of_rates_made_of_groups_lie_around_their_estimates():
    units = pd.DataFrame({"area": ["A"], "period": ["2026"]})
    for asked in (ADJUSTED, RATIO):
        drawn = record_draws(figures(), [asked], units, 4000, 1)[asked.id][0]
        assert drawn[0] == one(asked)["value"]
        assert drawn[1:].std() == pytest.approx(one(asked)["standard_error"], rel=0.05)
