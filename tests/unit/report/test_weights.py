"""A reader's own weights: what the stored scores say under them, and how many pairs change."""

from dataclasses import replace

import numpy as np
import pytest

from tests.unit.report import factory
from urban_safety_monitor.report.view import View
from urban_safety_monitor.report.weights import OwnWeights, own_weights
from urban_safety_monitor.tables.run import Results

DOMAINS = [c.id for c in factory.catalogue().framework.components if c.level == "domain"]
FIRST, *OTHERS = DOMAINS
ONLY_FIRST = dict.fromkeys(OTHERS, 0.0)

SCORES = {"c1": (80.0, 40.0), "c2": (60.0, 60.0), "c3": (20.0, 72.0)}
"""Of each city, the score of the first domain and of all the others."""


@pytest.fixture
def three(results: Results) -> Results:
    """Three cities: domains independent of each other, so that the whole is known to 4 / root 6."""
    scores = results.scores[results.scores["area"].isin(SCORES)].copy()
    for area, (first, other) in SCORES.items():
        whole = (first + 5 * other) / 6
        of_city = scores["area"] == area
        for component, score in {FIRST: first, **dict.fromkeys(OTHERS, other)}.items():
            here = of_city & (scores["component"] == component)
            scores.loc[here, ["score", "lower", "upper"]] = [score, score - 4, score + 4]
        half = 4 / np.sqrt(6)
        here = of_city & (scores["component"] == "overall")
        scores.loc[here, ["score", "lower", "upper"]] = [whole, whole - half, whole + half]
    return replace(results, scores=scores)


def found(results: Results, factors: dict[str, float], **options: object) -> OwnWeights:
    view = View(results, factory.catalogue(), "en")
    own = own_weights(view, factory.PERIOD, "xx", factors, **options)
    assert own is not None
    return own


@pytest.mark.parametrize("factors", [{}, dict.fromkeys(DOMAINS, 2.0), dict.fromkeys(DOMAINS, 0.0)])
def test_declared_weights_give_the_published_scores(
    three: Results, factors: dict[str, float]
) -> None:
    own = found(three, factors)
    assert own.line == ""
    for row in own.rows:
        assert row.own.text == row.declared.text
        assert row.own.score == pytest.approx(row.declared.score)
        assert (row.own.lower, row.own.upper) == pytest.approx(
            (row.declared.lower, row.declared.upper)
        )


def test_a_single_domain_gives_its_own_score_and_interval(three: Results) -> None:
    own = found(three, ONLY_FIRST)
    spans = {row.area: (row.own.score, row.own.lower, row.own.upper) for row in own.rows}
    for area, (first, _) in SCORES.items():
        assert spans[area] == pytest.approx((first, first - 4, first + 4))
    assert [share[3] for share in own.shares] == ["100%"] + ["0%"] * 5


def test_pairs_that_change_places_are_counted(three: Results) -> None:
    # declared: c1 46.7, c2 60, c3 63.3; by the first domain alone c1 80, c2 60, c3 20
    assert found(three, ONLY_FIRST).line == (
        "3 of 3 pairs of cities change places against the declared weights."
    )
    # twice the first domain: c1 51.4, c2 60, c3 57.4
    assert found(three, {FIRST: 2.0}).line.startswith("1 of 3 pairs")
    assert found(three, {FIRST: 2.0}, areas=["c1", "c2"]).line.startswith("0 of 1 pair ")


def test_a_missing_domain_leaves_its_weight_to_the_others(results: Results) -> None:
    own = found(results, {"justice_police": 3.0}, areas=["c0", "c1"])
    scores = {row.area: row.own.score for row in own.rows}
    assert scores == pytest.approx({"c0": 50.0, "c1": 51.0})


def test_a_city_without_an_overall_score_has_none_under_other_weights(results: Results) -> None:
    scores = results.scores.copy()
    whole = (scores["component"] == "overall") & (scores["area"] == "c0")
    scores.loc[whole, ["score", "lower", "upper", "rank"]] = np.nan
    without = replace(results, scores=scores)
    assert "c0" not in {row.area for row in found(without, {FIRST: 2.0}).rows}
    view = View(without, factory.catalogue(), "en")
    assert own_weights(view, factory.PERIOD, "xx", {}, ["c0"]) is None
