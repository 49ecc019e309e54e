"""Recorded figures: rates, shares of events, and figures of their holders."""

import numpy as np
import pandas as pd
import pytest

from tests.factories import administrative, indicator
from urban_safety_monitor.pipeline.drawing import record_draws
from urban_safety_monitor.pipeline.recorded import estimate_recorded
from urban_safety_monitor.statistics.intervals import poisson, wilson

RATE = indicator(
    "homicide_rate",
    {"kind": "rate", "events": "homicides", "residents": "population"},
    disaggregations=["sex"],
)
SHARE = indicator("solved", {"kind": "recorded_share", "events": "charged", "among": "homicides"})
FIGURE = indicator("minutes", {"kind": "recorded_value", "series": "minutes", "times": 60})
BLANK = ["value", "standard_error", "lower", "upper", "n"]


def row(series, value, **given):
    return {"series": series, "value": value, **given}


def estimated(*rows, of=RATE):
    return estimate_recorded(administrative(rows), [of])


def only(table):
    assert len(table) == 1
    return table.iloc[0]


def drawn(*rows, of, areas=("A",), draws=500):
    units = pd.DataFrame({"area": areas, "period": "2026"})
    return record_draws(administrative(rows), [of], units, draws, seed=1)[of.id]


def test_a_rate_and_its_interval_are_those_of_a_poisson_count():
    found = only(estimated(row("homicides", 16.0), row("population", 200_000.0)))
    ends = poisson(np.array([16.0]))
    assert found["value"] == pytest.approx(8)
    assert found["standard_error"] == pytest.approx(4 / 2)
    assert found["lower"] == pytest.approx(ends.lower[0] / 2)
    assert found["upper"] == pytest.approx(ends.upper[0] / 2)
    assert (found["n"], found["obs_status"], found["conf_status"]) == (16, "A", "")


def test_no_event_is_a_rate_of_zero_that_could_be_more():
    found = only(estimated(row("homicides", 0.0), row("population", 100_000.0)))
    assert (found["value"], found["lower"]) == (0, 0)
    assert found["upper"] == pytest.approx(3.689, abs=5e-4)
    assert found["standard_error"] == pytest.approx(1)


@pytest.mark.parametrize(
    "rows",
    [
        [row("homicides", np.nan), row("population", 100_000.0)],
        [row("homicides", 5.0), row("population", np.nan)],
        [row("homicides", 5.0), row("population", 0.0)],
        [row("homicides", 5.0)],
        [row("population", 100_000.0)],
        [row("other", 3.0)],
    ],
    ids=["events blank", "residents blank", "nobody", "no residents", "no events", "neither"],
)
def test_a_blank_is_missing_and_never_zero(rows):
    found = only(estimated(*rows))
    assert found["obs_status"] == "x"
    assert found[BLANK].isna().all()
    assert np.isnan(drawn(*rows, of=RATE)).all()


def test_each_group_has_its_own_rate_and_others_no_row():
    groups = {"disaggregation": "sex"}
    table = estimated(
        row("homicides", 10.0),
        row("population", 100_000.0),
        row("homicides", 9.0, category="man", **groups),
        row("population", 50_000.0, category="man", **groups),
        row("homicides", 1.0, category="woman", **groups),
        row("homicides", 4.0, category="north", disaggregation="district"),
    )
    found = table.set_index("category")["value"]
    assert found.to_dict() == {"total": pytest.approx(10), "man": pytest.approx(18)}


def test_periods_and_areas_are_kept_apart():
    table = estimated(
        row("homicides", 10.0),
        row("population", 100_000.0),
        row("homicides", 20.0, area="B"),
        row("population", 100_000.0, area="B"),
        row("homicides", 30.0, period="2027"),
    ).set_index(["area", "period"])
    assert table["value"].dropna().to_dict() == {
        ("A", "2026"): pytest.approx(10),
        ("B", "2026"): pytest.approx(20),
    }
    assert table.loc[("A", "2027"), "obs_status"] == "x"


@pytest.mark.parametrize(
    ("events", "residents", "expected"),
    [("A", "A", "A"), ("p", "A", "p"), ("A", "r", "r"), ("d", "p", "d")],
)
def test_a_rate_is_marked_as_the_figures_it_is_made_of(events, residents, expected):
    found = only(
        estimated(
            row("homicides", 5.0, obs_status=events),
            row("population", 1000.0, obs_status=residents),
        )
    )
    assert found["obs_status"] == expected


def test_a_share_of_events():
    found = only(estimated(row("charged", 30.0), row("homicides", 40.0), of=SHARE))
    ends = wilson(np.array([0.75]), np.array([40.0]))
    assert found["value"] == pytest.approx(75)
    assert found["lower"] == pytest.approx(100 * ends.lower[0])
    assert found["upper"] == pytest.approx(100 * ends.upper[0])
    assert found["n"] == 40


@pytest.mark.parametrize("charged", [0.0, 4.0])
def test_a_share_of_none_or_all_is_not_certain(charged):
    found = only(estimated(row("charged", charged), row("homicides", 4.0), of=SHARE))
    assert found["value"] == 25 * charged
    assert found["standard_error"] > 0
    assert found["upper"] - found["lower"] > 25


@pytest.mark.parametrize(
    ("charged", "homicides"), [(0.0, 0.0), (np.nan, 5.0), (5.0, np.nan), (6.0, 5.0)]
)
def test_a_share_that_cannot_be_is_missing(charged, homicides):
    rows = [row("charged", charged), row("homicides", homicides)]
    found = only(estimated(*rows, of=SHARE))
    assert found["obs_status"] == "x"
    assert found[BLANK].isna().all()
    assert np.isnan(drawn(*rows, of=SHARE)).all()


def test_a_holders_figure_has_the_error_its_holder_publishes():
    found = only(estimated(row("minutes", 0.25, standard_error=0.05), of=FIGURE))
    assert found["value"] == 15
    assert found["standard_error"] == pytest.approx(3)
    assert found["lower"] == pytest.approx(15 - 1.959964 * 3)
    assert found["upper"] == pytest.approx(15 + 1.959964 * 3)


def test_a_complete_count_has_no_error():
    found = only(estimated(row("minutes", 0.25), of=FIGURE))
    assert found[["value", "standard_error", "lower", "upper"]].tolist() == [15, 0, 15, 15]


def test_a_figures_interval_does_not_fall_below_zero():
    found = only(estimated(row("minutes", 0.1, standard_error=0.1), of=FIGURE))
    assert found["lower"] == 0


def test_a_blank_figure_has_no_error_either():
    found = only(estimated(row("minutes", np.nan, standard_error=0.1), of=FIGURE))
    assert found["obs_status"] == "x"
    assert found[BLANK].isna().all()


def test_without_any_record_there_is_no_estimate():
    assert estimated().empty
    assert estimated(of=FIGURE).empty


@pytest.mark.parametrize(
    ("of", "rows", "value"),
    [
        (RATE, [row("homicides", 16.0), row("population", 200_000.0)], 8),
        (SHARE, [row("charged", 30.0), row("homicides", 40.0)], 75),
        (FIGURE, [row("minutes", 0.25, standard_error=0.05)], 15),
    ],
    ids=["rate", "share", "value"],
)
def test_draws_spread_around_the_estimate_as_its_error_says(of, rows, value):
    found = drawn(*rows, of=of, areas=("A", "B"))
    assert found[0, 0] == pytest.approx(value)
    error = only(estimated(*rows, of=of))["standard_error"]
    assert found[0, 1:].std() == pytest.approx(error, rel=0.15)
    assert found[0, 1:].mean() == pytest.approx(value, abs=error / 3)
    assert np.isnan(found[1]).all()


def test_draws_are_of_the_total_only():
    groups = {"disaggregation": "sex", "category": "man"}
    rows = [
        row("homicides", 10.0),
        row("population", 100_000.0),
        row("homicides", 9.0, **groups),
        row("population", 1000.0, **groups),
    ]
    assert drawn(*rows, of=RATE).shape == (1, 501)
    assert drawn(*rows, of=RATE)[0, 0] == pytest.approx(10)
