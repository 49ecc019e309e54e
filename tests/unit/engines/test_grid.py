"""Sums on the grid: the same bits in every order, and next to nothing lost."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories import catalogue, indicator, share, survey
from urban_safety_monitor.engines import grid, psu_totals

ROBBED = indicator("robbed", share("robbery"))
MINUTES = indicator("minutes", {"kind": "mean", "of": {"value_of": "minutes"}})
CROSSED = indicator(
    "gap",
    {
        "kind": "gap",
        "of": {"column": "robbery", "is_in": [1]},
        "disaggregation": "sex",
        "category": "woman",
        "minus": "man",
    },
    disaggregations=["district"],
)


def people(rng, scale=1.0, n=80):
    columns = {
        "robbery": rng.integers(1, 3, n),
        "minutes": rng.uniform(-60, 60, n),
        "sex": rng.integers(1, 4, n),
        "district": rng.choice(["n", "s"], n),
    }
    weights = rng.lognormal(0, 3, n) * scale
    return survey(columns, psu=rng.choice(list("abc"), n), weight_person=weights)


def totals(frame, *indicators, groups=()):
    return psu_totals(frame, catalogue(*indicators), indicators, groups)


@settings(max_examples=20)
@given(seed=st.integers(0, 10**6), scale=st.sampled_from([1e-12, 1.0, 1e9]))
def test_no_order_changes_a_bit(seed, scale):
    rng = np.random.default_rng(seed)
    frame = people(rng, scale)
    found = totals(frame, ROBBED, MINUTES)
    other = totals(frame.iloc[rng.permutation(len(frame))], ROBBED, MINUTES)
    np.testing.assert_array_equal(found.numerator, other.numerator)
    np.testing.assert_array_equal(found.denominator, other.denominator)
    np.testing.assert_array_equal(found.squares[1], other.squares[1])


@settings(max_examples=20)
@given(seed=st.integers(0, 10**6), scale=st.sampled_from([1e-12, 1.0, 1e9]))
def test_totals_are_within_a_trillionth_of_the_largest_possible(seed, scale):
    frame = people(np.random.default_rng(seed), scale)
    found = totals(frame, ROBBED)
    bound = frame["weight_person"].max() * frame.groupby("psu").size().max()
    exact = {psu: math.fsum(rows["weight_person"]) for psu, rows in frame.groupby("psu")}
    sums = dict(zip(found.keys["psu"], found.denominator[:, 0], strict=True))
    assert sums == pytest.approx(exact, rel=0, abs=1e-12 * bound)


def test_groups_inside_others_are_added_up_from_these():
    frame = people(np.random.default_rng(1))
    apart = totals(frame, ROBBED, groups=("district",))
    crossed = totals(frame, ROBBED, CROSSED, groups=("district",))
    kinds = crossed.keys["disaggregation"].isin(["total", "district"]).to_numpy()
    assert "sex*district" in set(crossed.keys["disaggregation"])
    pd.testing.assert_frame_equal(crossed.keys[kinds].reset_index(drop=True), apart.keys)
    np.testing.assert_array_equal(crossed.numerator[kinds, 0], apart.numerator[:, 0])


def test_rows_come_out_in_order():
    frame = people(np.random.default_rng(2))
    both = pd.concat([frame.assign(area="B"), frame.assign(area="A")], ignore_index=True)
    keys = totals(both, ROBBED, groups=("sex", "district")).keys
    kinds = keys["disaggregation"].map({"total": 0, "sex": 1, "district": 2})
    order = keys.assign(kind=kinds).sort_values(
        ["area", "period", "kind", "category", "stratum", "psu"], kind="stable"
    )
    assert order.index.tolist() == list(range(len(keys)))


@pytest.mark.parametrize("scales", [(1.0, 1.5), (1.0, 1e6)], ids=["one step", "own steps"])
@pytest.mark.parametrize("psus_at_once", [1, 40_000])
def test_surveys_summed_together_are_summed_as_each_alone(monkeypatch, scales, psus_at_once):
    monkeypatch.setattr(grid, "PSUS_AT_ONCE", psus_at_once)
    rng = np.random.default_rng(3)
    areas = dict(zip(("Äx'", "b"), scales, strict=True))
    both = [people(rng, scale).assign(area=area) for area, scale in areas.items()]
    found = totals(pd.concat(both, ignore_index=True), ROBBED, MINUTES, groups=("sex",))
    for frame in both:
        alone = totals(frame, ROBBED, MINUTES, groups=("sex",))
        own = (found.keys["area"] == frame["area"].iloc[0]).to_numpy()
        pd.testing.assert_frame_equal(found.keys[own].reset_index(drop=True), alone.keys)
        np.testing.assert_array_equal(found.numerator[own], alone.numerator)
        np.testing.assert_array_equal(found.squares[1][own], alone.squares[1])


def test_who_stands_for_nobody_is_not_counted():
    frame = survey({"robbery": [1, 2, 1]}, psu=["a"] * 3, weight_person=[0.0, 2.0, None])
    found = totals(frame, ROBBED)
    assert (found.n.item(), found.denominator.item()) == (1, 2)
