"""The span of an overall score under other reasonable choices."""

import numpy as np
import pandas as pd
import pytest

from tests.factories import catalogue, component, indicator, posts, share
from urban_safety_monitor.pipeline.robustness import robustness
from urban_safety_monitor.pipeline.score import score

NAMES = ["d1", "d2", "d3"]


def declared(importance=(1, 1, 1), **overall):
    return catalogue(
        *(
            indicator(f"i_{name}", share("x"), component=name, goalposts=posts(0, 100))
            for name in NAMES
        ),
        components=[
            component("all", "overall", **overall),
            *(
                component(name, "domain", parent="all", importance=weight)
                for name, weight in zip(NAMES, importance, strict=True)
            ),
        ],
    )


def spans(rows, seed=0, **given):
    """Spans by area and choice; each row is an area's scores of the three domains."""
    columns = np.array(rows, dtype=float).T
    areas = [chr(ord("A") + number) for number in range(len(rows))]
    units = pd.DataFrame({"area": areas, "period": "2026", "group": "MX 2026"})
    draws = {f"i_{name}": column[:, None] for name, column in zip(NAMES, columns, strict=True)}
    scored = score(draws, units, declared(**given))
    table = robustness(scored, declared(**given), seed)
    return scored.scores["all"][:, 0], table.set_index(["area", "choice"])


def test_each_choice_has_its_span():
    point, table = spans([(20, 50, 80)])
    assert point[0] == pytest.approx(50)
    row = table.loc[("A", "dirichlet_weights")]
    # One domain has at most 1 - 2 x 0.05 of the weight.
    assert 20 * 0.9 + 50 * 0.05 + 80 * 0.05 <= row["lower"] < 50 < row["upper"]
    assert row["upper"] <= 20 * 0.05 + 50 * 0.05 + 80 * 0.9
    geometric = table.loc[("A", "geometric")]
    assert geometric["lower"] == geometric["upper"] == pytest.approx((20 * 50 * 80) ** (1 / 3))
    assert table.loc[("A", "without:d1"), "lower"] == pytest.approx(65)
    assert table.loc[("A", "without:d3"), "upper"] == pytest.approx(35)


def test_all_choices_together_hold_every_single_one():
    _, table = spans([(20, 50, 80), (90, 10, 60)])
    whole = table.xs("all", level="choice")
    assert (whole["lower"] == table.groupby("area")["lower"].min()).all()
    assert (whole["upper"] == table.groupby("area")["upper"].max()).all()


def test_leaving_a_domain_out_keeps_the_importance_of_the_others():
    _, table = spans([(20, 50, 80)], importance=(2, 1, 1))
    assert table.loc[("A", "without:d3"), "lower"] == pytest.approx((2 * 20 + 50) / 3)


def test_a_domain_without_a_score_is_left_out_of_every_choice():
    point, table = spans([(20, np.nan, 80)])
    assert point[0] == pytest.approx(50)
    row = table.loc[("A", "dirichlet_weights")]
    assert row["lower"] < 50 < row["upper"]
    assert table.loc[("A", "geometric"), "lower"] == pytest.approx(40)


def test_an_area_that_is_not_scored_has_no_span_and_no_rank():
    _, table = spans([(20, 50, 80), (20, np.nan, np.nan)], coverage_at_least=0.6)
    assert table.loc["B"].drop(columns="period").isna().all(axis=None)
    assert table.loc["A", ["rank_lower", "rank_upper"]].isna().all(axis=None)
    assert table.loc["A", "lower"].notna().all()


def test_ranks_under_other_choices():
    _, table = spans([(90, 50, 10), (10, 50, 80), (0, 0, 0)])
    whole = table.xs("all", level="choice")
    assert whole[["rank_lower", "rank_upper"]].values.tolist() == [[1, 2], [1, 2], [3, 3]]


def test_the_same_seed_gives_the_same_weights():
    first, again, other = (spans([(20, 50, 80)], seed=seed)[1] for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(first, again)
    assert not first.equals(other)


def test_one_domain_leaves_no_choice():
    one = catalogue(
        indicator("a", share("x"), component="d1", goalposts=posts(0, 100)),
        components=[component("all", "overall"), component("d1", "domain", parent="all")],
    )
    units = pd.DataFrame({"area": ["A"], "period": "2026", "group": "MX 2026"})
    assert robustness(score({"a": np.array([[50.0]])}, units, one), one, 0).empty
