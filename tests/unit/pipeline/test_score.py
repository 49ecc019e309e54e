"""Scores of a small index worked out by hand: coverage, goalposts, intervals, ranks, evidence."""

import numpy as np
import pandas as pd
import pytest

from tests.factories import catalogue, component, indicator, posts, share
from urban_safety_monitor.pipeline.score import interval_of_draws, score, score_table

DOMAINS = ["d1", "d2", "d3", "d4", "d5", "d6"]
SHARE = share("answer")


def scored(name, where, **given):
    return indicator(name, SHARE, component=where, goalposts=posts(0, 100), **given)


def units(*areas, period="2026"):
    frame = pd.DataFrame({"area": list(areas), "period": period})
    return frame.assign(country="MX", group="MX " + frame["period"])


def table(draws, declared, areas=("A",), of=None):
    draws = {name: np.asarray(values, dtype=float) for name, values in draws.items()}
    draws = {name: v[:, None] if v.ndim == 1 else v for name, v in draws.items()}
    found = score(draws, units(*areas) if of is None else of, declared)
    return score_table(found, declared).set_index(["component", "area"])


SIX = catalogue(
    *(scored(f"i{number}", name) for number, name in enumerate(DOMAINS)),
    components=[
        component("all", "overall", coverage_at_least=0.83),
        *(component(name, "domain", parent="all", coverage_at_least=0.6) for name in DOMAINS),
    ],
)

NAN = np.nan


def test_the_whole_is_the_mean_of_its_domains():
    rows = table({f"i{n}": [10.0 * n] for n in range(6)}, SIX)
    assert rows.loc[("all", "A"), "score"] == pytest.approx(25)
    assert rows.loc[("all", "A"), ["coverage", "missing", "level"]].tolist() == [1, "", "overall"]
    assert rows.loc[("d3", "A"), "score"] == pytest.approx(20)


def test_the_whole_needs_five_of_six_domains():
    draws = {f"i{n}": [10.0 * n, 10.0 * n] for n in range(6)}
    draws["i0"] = [NAN, NAN]
    draws["i1"] = [10.0, NAN]
    rows = table(draws, SIX, ("A", "B"))
    assert rows.loc[("all", "A"), "score"] == pytest.approx(30)
    assert rows.loc[("all", "A"), "missing"] == "i0"
    assert np.isnan(rows.loc[("all", "B"), "score"])
    assert rows.loc[("all", "B"), "missing"] == "i0 i1"
    assert rows.loc[("all", "B"), "coverage"] == pytest.approx(4 / 6)
    assert rows.loc[("all", "B"), ["lower", "upper", "rank"]].isna().all()


def test_a_source_that_nobody_has_counts_as_missing():
    rows = table({f"i{n}": [50.0] for n in range(4)}, SIX)
    assert rows.loc[("all", "A"), "coverage"] == pytest.approx(4 / 6)
    assert np.isnan(rows.loc[("all", "A"), "score"])
    assert rows.loc[("i5", "A"), "missing"] == "i5"


@pytest.mark.parametrize(("there", "expected"), [(2, NAN), (3, 50.0), (5, 50.0)])
def test_a_domain_needs_three_fifths_of_its_core_importance(there, expected):
    declared = catalogue(
        *(scored(f"c{n}", "d1") for n in range(5)),
        *(scored(f"e{n}", "d1", status="extended") for n in range(5)),
        components=[component("d1", "domain", coverage_at_least=0.6)],
    )
    draws = {f"c{n}": [50.0 if n < there else NAN] for n in range(5)}
    draws |= {f"e{n}": [50.0] for n in range(5)}  # extended ones do not make up for core ones
    row = table(draws, declared).loc[("d1", "A")]
    assert row["coverage"] == pytest.approx(there / 5)
    np.testing.assert_allclose(row["score"], expected)
    assert row["missing"].split() == [f"c{n}" for n in range(there, 5)]


def test_coverage_counts_through_subdomains_by_their_importance():
    declared = catalogue(
        scored("a", "s1"),
        scored("b", "s1"),
        scored("c", "s2"),
        components=[
            component("d", "domain", coverage_at_least=0.6),
            component("s1", "subdomain", parent="d", importance=3),
            component("s2", "subdomain", parent="d", importance=1),
        ],
    )
    rows = table({"a": [40.0, NAN], "b": [NAN, NAN], "c": [80.0, 80.0]}, declared, ("A", "B"))
    assert rows.loc[("d", "A"), "coverage"] == pytest.approx((3 * 0.5 + 1) / 4)
    assert rows.loc[("d", "A"), "score"] == pytest.approx((3 * 40 + 80) / 4)
    assert rows.loc[("d", "B"), "coverage"] == pytest.approx(1 / 4)
    assert np.isnan(rows.loc[("d", "B"), "score"])


def test_extended_indicators_count_half():
    declared = catalogue(
        scored("core", "d"),
        scored("extended", "d", status="extended"),
        components=[component("d", "domain")],
    )
    rows = table({"core": [90.0], "extended": [30.0]}, declared)
    assert rows.loc[("d", "A"), "score"] == pytest.approx((90 + 0.5 * 30) / 1.5)


def test_full_marks_everywhere_are_full_marks_in_all():
    declared = catalogue(
        *(scored(f"c{n}", "d") for n in range(5)),
        *(scored(f"e{n}", "d", status="extended") for n in range(5)),
        components=[component("d", "domain")],
    )
    rows = table({name: [100.0, 0.0] for name in declared.indicators}, declared, ("A", "B"))
    assert rows.loc["d", "score"].tolist() == [100, 0]


def test_context_is_never_scored():
    context = indicator("context", SHARE, component="d", status="context")
    declared = catalogue(scored("core", "d"), context, components=[component("d", "domain")])
    rows = table({"core": [90.0], "context": [1.0]}, declared)
    assert "context" not in rows.index.get_level_values("component")
    assert rows.loc[("d", "A"), ["score", "coverage"]].tolist() == [90, 1]


def test_a_geometric_component_is_no_better_than_its_weakest_part_allows():
    declared = catalogue(
        scored("a", "d"),
        scored("b", "d"),
        components=[component("d", "domain", aggregation="geometric")],
    )
    rows = table({"a": [20.0, 0.0], "b": [80.0, 100.0]}, declared, ("A", "B"))
    np.testing.assert_allclose(rows.loc["d", "score"], [40, 0])


def test_evidence_of_each_kind_is_shown_apart():
    declared = catalogue(
        scored("told", "d"),
        scored("felt", "d", evidence="subjective_survey"),
        scored("felt_too", "d", evidence="subjective_survey", status="extended"),
        scored("recorded", "d", evidence="administrative"),
        components=[component("d", "domain")],
    )
    draws = {"told": [80.0], "felt": [20.0], "felt_too": [50.0], "recorded": [NAN]}
    rows = table(draws, declared)
    assert rows.loc[("evidence:objective_survey", "A"), "score"] == 80
    assert rows.loc[("evidence:subjective_survey", "A"), "score"] == pytest.approx(30)
    administrative = rows.loc[("evidence:administrative", "A")]
    assert np.isnan(administrative["score"])
    assert administrative[["level", "coverage", "missing"]].tolist() == ["evidence", 0, "recorded"]


OBSERVED = catalogue(
    indicator("low", SHARE, component="d", goalposts=posts("max", "min")),
    components=[component("d", "domain")],
)


def test_observed_goalposts_are_those_of_the_areas_compared():
    rows = table({"low": [10.0, 30.0, 20.0]}, OBSERVED, ("A", "B", "C"))
    assert rows.loc["low", "score"].tolist() == [100, 0, 50]


def test_observed_goalposts_are_taken_by_country_and_period():
    of = pd.concat([units("A", "B"), units("A", "B", period="2028")], ignore_index=True)
    draws = {"low": np.array([[10.0], [30.0], [100.0], [300.0]])}
    found = score_table(score(draws, of, OBSERVED), OBSERVED)
    assert found.loc[found["component"] == "low", "score"].tolist() == [100, 0, 100, 0]


@pytest.mark.parametrize("values", [[5.0], [5.0, 5.0], [NAN, NAN], [NAN, 5.0]])
def test_values_that_are_all_the_same_have_no_observed_goalposts(values):
    rows = table({"low": values}, OBSERVED, ("A", "B")[: len(values)])
    assert rows.loc["low", "score"].isna().all()
    assert (rows.loc["low", "missing"] == "low").all()


def test_an_interval_is_the_middle_95_percent_and_holds_its_point():
    draws = np.arange(101.0)[None, :]
    lower, upper = interval_of_draws(np.hstack([[[50.0]], draws]))
    assert (lower[0], upper[0]) == pytest.approx((2.5, 97.5), abs=0.1)
    lower, upper = interval_of_draws(np.hstack([[[-7.0]], draws]))
    assert lower[0] == -7


def test_ranks_are_intervals_within_a_country_and_period():
    declared = catalogue(scored("a", "d"), components=[component("d", "domain")])
    draws = {"a": np.array([[80, 80, 80, 40], [60, 60, 60, 60], [20, 20, 20, 20]])}
    rows = table(draws, declared, ("A", "B", "C")).loc["a"]
    assert rows["rank"].tolist() == [1, 2, 3]
    assert rows["rank_lower"].tolist() == [1, 1, 3]
    assert rows["rank_upper"].tolist() == [2, 2, 3]


def test_an_area_alone_has_no_rank():
    declared = catalogue(scored("a", "d"), components=[component("d", "domain")])
    rows = table({"a": [80.0, NAN]}, declared, ("A", "B"))
    assert rows[["rank", "rank_lower", "rank_upper"]].isna().all(axis=None)
