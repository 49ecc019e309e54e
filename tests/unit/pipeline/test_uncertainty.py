"""One Monte Carlo over all that is uncertain, on an index small enough to see through."""

import numpy as np
import pandas as pd
import pytest

from tests.factories import catalogue, component, indicator, posts, share
from urban_safety_monitor.pipeline.score import score
from urban_safety_monitor.pipeline.uncertainty import Effort, analyse

SOURCES = ["sampling", "importance", "normalisation", "aggregation", "imputation", "goalposts"]


def declared(**framework):
    parts = ["a", "b", "c"]
    return catalogue(
        *(indicator(n, share("x"), component=f"d_{n}", goalposts=posts(0, 100)) for n in parts),
        components=[
            component("all", "overall"),
            *(component(f"d_{n}", "domain", parent="all") for n in parts),
        ],
        **framework,
    )


CITIES = np.array([[80.0, 60, 40], [63, 60, 60], [30, 50, 60], [20, 20, 30], [20, 90, np.nan]])
EFFORT = Effort(200, 64)


SAME = np.array([[80.0, 60, 40], [60, 60, 60], [30, 50, 60]])


def analysed(values=CITIES, error=3.0, effort=EFFORT, seed=0, differing=None, **framework):
    rng = np.random.default_rng(1)
    noise = rng.normal(0, 1, (*values.shape, 300)) * error
    drawn = np.concatenate([values[:, :, None], values[:, :, None] + noise], axis=2)
    drawn = drawn if error else values[:, :, None]
    areas = [chr(ord("A") + number) for number in range(len(values))]
    units = pd.DataFrame({"area": areas, "period": "2026", "country": "MX", "group": "MX 2026"})
    draws = {name: drawn[:, number] for number, name in enumerate("abc")}
    scored = score(draws, units, declared(**framework), differing)
    return scored, analyse(scored, declared(**framework), seed, effort)


def test_every_source_has_its_span_alone_and_all_have_one_together():
    scored, found = analysed()
    spans = found.spans.set_index(["area", "choice"])
    assert list(found.spans["choice"].unique()) == [*_in_order(found), "everything"]
    assert set(found.spans["choice"]) == {*SOURCES, "everything"}
    point = scored.scores["all"][:, 0]
    for area, own in zip("ABCDE", point, strict=True):
        rows = spans.loc[area]
        assert (rows["lower"] <= own + 1e-9).all()
        assert (rows["upper"] >= own - 1e-9).all()
        width = rows["upper"] - rows["lower"]
        assert width["everything"] >= width.drop("everything").max() - 2
        # Scores of another normalisation are on another scale: they count for ranks alone.
        assert width["normalisation"] == 0
    low, high = np.quantile(scored.scores["all"][0, 1:], [0.025, 0.975])
    sampling = spans.loc[("A", "sampling")]
    assert sampling["lower"] == pytest.approx(low, abs=0.2)
    assert sampling["upper"] == pytest.approx(high, abs=0.2)


def _in_order(found):
    return [name for name in found.spans["choice"].unique() if name != "everything"]


def test_spans_of_a_few_alternatives_are_their_extremes():
    _, found = analysed(error=0)
    row = found.spans.set_index(["area", "choice"]).loc[("A", "aggregation")]
    assert row["upper"] == pytest.approx(60)  # arithmetic
    assert row["lower"] == pytest.approx(3 / (1 / 80 + 1 / 60 + 1 / 40))  # harmonic
    filled = found.spans.set_index(["area", "choice"]).loc[("E", "imputation")]
    imputed = (20 + 90 + np.mean([40, 60, 60, 30])) / 3
    assert (filled["lower"], filled["upper"]) == pytest.approx((imputed, 55))


def test_what_is_certain_is_no_source():
    _, found = analysed(CITIES[:4], error=0, uncertainty={"goalposts_by": 0})
    assert set(found.spans["choice"]) == {
        "importance", "normalisation", "aggregation", "everything",
    }  # fmt: skip
    assert set(found.sensitivity["factor"]) == {"importance", "normalisation", "aggregation"}


def test_the_framework_says_what_could_be_otherwise():
    doubts = {"aggregation": ["median"], "normalisation": ["rank"], "goalposts_by": 0}
    _, found = analysed(error=0, uncertainty=doubts)
    row = found.spans.set_index(["area", "choice"]).loc[("C", "aggregation")]
    assert row["upper"] == pytest.approx(50)  # the median
    assert row["lower"] == pytest.approx(140 / 3)  # its own is always among them


def test_order_changes_are_of_every_pair_the_higher_first():
    scored, found = analysed()
    pairs = found.order_changes
    point = dict(zip("ABCDE", scored.scores["all"][:, 0], strict=True))
    assert len(pairs) == 10
    assert all(point[row.area] >= point[row.other] for row in pairs.itertuples())
    share_of = pairs.set_index(["area", "other"])["share"]
    assert share_of["A", "D"] < 0.02 < share_of["B", "E"] < 0.5
    tied = analysed(SAME)[1].order_changes.set_index(["area", "other"])["share"]
    assert np.isnan(tied["A", "B"])  # both 60: no order to change


def test_what_moves_ranks_is_found_out():
    _, found = analysed(CITIES[:4], error=0, uncertainty={"goalposts_by": 0})
    first = found.sensitivity.set_index("factor")["first"]
    assert first["importance"] == first.max()
    assert (found.sensitivity["first"] <= found.sensitivity["total_upper"] + 0.1).all()


def test_leaving_one_component_out():
    _, found = analysed(error=0)
    rows = found.left_out.set_index("component")
    assert set(rows.index) == {"a", "b", "c", "d_a", "d_b", "d_c"}
    # Without d_a: A 50, B 60, C 55, D 25, E 90 instead of 60, 61, 46.7, 23.3, 55.
    assert rows.loc["d_a", "mean_shift"] == pytest.approx((2 + 1 + 1 + 0 + 2) / 5)
    assert rows.loc["d_a", "largest_shift"] == 2
    # The only indicator of its domain: both mean the same.
    assert rows.loc["a", "mean_shift"] == rows.loc["d_a", "mean_shift"]
    assert rows.loc[["a", "d_a"], "level"].tolist() == ["indicator", "domain"]


def test_who_is_not_comparable_is_in_no_order():
    differing = {name: np.array([True] + [False] * 4) for name in "abc"}
    _, found = analysed(differing=differing)
    assert "A" not in {*found.order_changes["area"], *found.order_changes["other"]}
    ranks = found.spans.set_index("area")[["rank_lower", "rank_upper"]]
    assert ranks.loc["A"].isna().all(axis=None)
    assert ranks["rank_upper"].max() == 4
    assert found.spans.set_index("area").loc["A", "lower"].notna().all()


def test_the_same_seed_gives_the_same_tables():
    first, again, other = (analysed(seed=seed)[1] for seed in (1, 1, 2))
    for one, same in zip(first, again, strict=True):
        pd.testing.assert_frame_equal(one, same)
    assert not first.spans.equals(other.spans)


def test_one_city_has_spans_and_nothing_to_be_ordered_among():
    _, found = analysed(CITIES[:1])
    assert "normalisation" not in set(found.spans["choice"])
    assert found.spans[["rank_lower", "rank_upper"]].isna().all(axis=None)
    assert found.spans["lower"].notna().all()
    assert found.sensitivity.empty and found.left_out.empty and found.order_changes.empty


def test_without_a_whole_there_is_nothing_to_analyse():
    one = catalogue(
        indicator("a", share("x"), component="d", goalposts=posts(0, 100)),
        components=[component("d", "domain")],
    )
    units = pd.DataFrame({"area": ["A", "B"], "period": "2026", "group": "MX 2026"})
    found = analyse(score({"a": np.array([[1.0], [2.0]])}, units, one), one, 0, EFFORT)
    assert all(table.empty for table in found)


def test_points_are_a_power_of_2_within_their_share():
    assert Effort.of(1000, 8) == Effort(1000, 64)
    assert Effort.of(1000, 2) == Effort(1000, 256)
    assert Effort.of(5, 8) == Effort(5, 1)
