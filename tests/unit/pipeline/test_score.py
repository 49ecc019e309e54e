"""Scores of a small index worked out by hand: coverage, goalposts, intervals, ranks, evidence."""

import numpy as np
import pandas as pd
import pytest

from tests.factories import catalogue, component, indicator, posts, share
from urban_safety_monitor.errors import CatalogueError, DataError
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
        components=[component("d", "domain", aggregation="geometric", reason="For a test.")],
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


TWO = {"components": [component("d", "domain")]}
WHY = {"reason": "For a test."}


def points(draws, declared, areas=("A", "B", "C", "D"), **units_given):
    """Rows of a single period's scores by component and area."""
    of = units(*areas).assign(**units_given)
    return table(draws, declared, areas, of)


def two(**framework):
    return catalogue(scored("a", "d"), scored("b", "d"), **TWO | framework)


def test_what_is_imputed_is_scored_and_flagged_but_covers_nothing():
    declared = catalogue(
        scored("a", "d"),
        scored("b", "d"),
        scored("c", "e"),
        imputation={"method": "mean", **WHY},
        components=[
            component("d", "domain", parent="all", coverage_at_least=0.5),
            component("e", "domain", parent="all", coverage_at_least=0.5),
            component("all", "overall"),
        ],
    )
    draws = {"a": [10.0, NAN, 30], "b": [40.0, 60, NAN], "c": [NAN, 20, 40]}
    rows = points(draws, declared, ("A", "B", "C"))
    assert rows.loc["a", "score"].tolist() == [10, 20, 30]
    assert rows.loc["a", "obs_status"].tolist() == ["A", "E", "A"]
    assert rows.loc["a", "coverage"].tolist() == [1, 0, 1]
    assert rows.loc["a", "missing"].tolist() == ["", "a", ""]
    assert rows.loc["a", "rank"].fillna(0).tolist() == [2, 0, 1]  # only what is measured
    assert rows.loc["d", "score"].tolist() == [25, 40, 40]
    assert rows.loc["d", "coverage"].tolist() == [1, 0.5, 0.5]
    assert rows.loc["d", ["obs_status", "imputed"]].values.tolist() == [
        ["A", ""],
        ["E", "a"],
        ["E", "b"],
    ]
    # Nothing of it measured: filling in does not make a domain scored.
    assert np.isnan(rows.loc[("e", "A"), "score"])
    assert rows.loc[("e", "A"), ["obs_status", "imputed"]].tolist() == ["", ""]
    assert rows.loc[("all", "A"), ["obs_status", "coverage"]].tolist() == ["A", 0.5]
    assert rows.loc[("all", "B"), ["obs_status", "imputed"]].tolist() == ["E", "a"]
    assert rows.loc["evidence:objective_survey", "obs_status"].tolist() == ["E", "E", "E"]


def test_imputation_is_within_a_group_and_never_across_periods():
    declared = two(imputation={"method": "mean", "within": "region", **WHY})
    draws = {"a": [10.0, NAN, 90, NAN], "b": [1.0, 1, 1, 1]}
    rows = points(draws, declared, region=["north", "north", "south", "west"])
    np.testing.assert_allclose(rows.loc["a", "score"], [10, 10, 90, NAN])
    of = pd.concat([units("A", "B"), units("A", "B", period="2028")], ignore_index=True)
    draws = {"a": np.array([[10.0], [NAN], [90], [NAN]])}
    found = score(draws, of, two(imputation={"method": "mean", **WHY}))
    np.testing.assert_allclose(found.scores["a"][:, 0], [10, 10, 90, 90])


def test_a_group_to_impute_within_must_be_there():
    declared = two(imputation={"method": "mean", "within": "region", **WHY})
    with pytest.raises(DataError, match="imputation within 'region': there is no such column"):
        points({"a": [1.0] * 4}, declared)


def test_an_indicator_may_be_kept_from_imputation():
    declared = two(
        imputation={"method": "mean", **WHY},
        indicators=[{"id": "b", "imputed": False, **WHY}],
    )
    rows = points({"a": [10.0, NAN, 30, 20], "b": [10.0, NAN, 30, 20]}, declared)
    assert rows.loc[("a", "B"), "score"] == 20
    assert np.isnan(rows.loc[("b", "B"), "score"])


def test_each_way_to_normalise_is_reached_from_the_framework():
    draws = {"a": [10.0, 20, 40, 50], "b": [10.0, 20, 40, 50]}
    expected = {
        "goalposts": [10, 20, 40, 50],
        "min_max": [0, 25, 75, 100],
        "z_score": 50 + 10 * (np.array([10, 20, 40, 50]) - 30) / np.std([10, 20, 40, 50], ddof=1),
        "rank": [0, 100 / 3, 200 / 3, 100],
        "percentile": [12.5, 37.5, 62.5, 87.5],
        "target": np.array([0, 10, 30, 40]) / 0.9,
        "best": [20, 40, 80, 100],
    }
    for method, scores in expected.items():
        rule = {"method": method, **WHY}
        rows = points(draws, two(normalisation=rule))
        np.testing.assert_allclose(rows.loc["a", "score"], scores, err_msg=method)
        own = points(draws, two(indicators=[{"id": "b", "normalisation": method, **WHY}]))
        np.testing.assert_allclose(own.loc["b", "score"], scores, err_msg=method)
        np.testing.assert_allclose(own.loc["a", "score"], [10, 20, 40, 50])


def test_scores_may_begin_above_0():
    rule = {"method": "min_max", "lowest": 1, **WHY}
    rows = points({"a": [10.0, 20, 40, 50]}, two(normalisation=rule))
    np.testing.assert_allclose(rows.loc["a", "score"], [1, 25.75, 75.25, 100])


def test_extreme_values_are_treated_where_the_framework_says_so():
    areas = [f"A{number:02}" for number in range(12)]
    draws = {"a": [*range(1, 12), 99.0], "b": [*range(1, 12), 99.0]}
    rule = {"method": "winsorise", **WHY}
    declared = two(
        normalisation={"method": "min_max", **WHY},
        indicators=[{"id": "a", "treatment": rule}],
    )
    rows = points(draws, declared, areas)
    assert rows.loc[("a", "A10"), "score"] == 100  # 99 counts as 11
    assert rows.loc[("b", "A10"), "score"] == pytest.approx(1000 / 98)


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("harmonic", [32, 50]),
        ("median", [50, 50]),
        ("mazziotta_pareto", [50 - 0.6 * 900 / 100, 50]),
        ("copeland", [50, 50]),
        ("benefit_of_the_doubt", [100, 100]),
    ],
)
def test_each_way_to_aggregate_is_reached_from_the_framework(how, expected):
    declared = two(components=[component("d", "domain", aggregation=how, **WHY)])
    rows = points({"a": [20.0, 50], "b": [80.0, 50]}, declared, ("A", "B"))
    np.testing.assert_allclose(rows.loc["d", "score"], expected)


def test_who_lacks_a_part_has_no_doubt_to_benefit_from():
    parts = component("d", "domain", aggregation="benefit_of_the_doubt", parent="all", **WHY)
    declared = catalogue(
        scored("a", "d"),
        scored("b", "d"),
        scored("c", "e"),
        components=[parts, component("e", "domain", parent="all"), component("all", "overall")],
    )
    rows = points({"a": [20.0, 50], "b": [80.0, NAN], "c": [10.0, 10]}, declared, ("A", "B"))
    assert np.isnan(rows.loc[("d", "B"), "score"])
    assert rows.loc["all", "coverage"].tolist() == [1, 0.5]  # the whole counts scored domains


def test_parts_may_count_alike_or_as_principal_components_suggest():
    rng = np.random.default_rng(1)
    common, alone = rng.uniform(0, 100, 40), rng.uniform(0, 100, 40)
    draws = {"a": common, "b": common, "c": alone}
    areas = [f"A{number:02}" for number in range(40)]

    def whole(how):
        declared = catalogue(
            scored("a", "d"),
            scored("b", "d"),
            scored("c", "d", status="extended"),
            components=[component("d", "domain", importance_of_parts=how, reason="For a test.")],
        )
        return table(draws, declared, areas).loc["d", "score"].to_numpy()

    np.testing.assert_allclose(whole("given"), (2 * common + 0.5 * alone) / 2.5)
    np.testing.assert_allclose(whole("equal"), (2 * common + alone) / 3)
    suggested = np.linalg.lstsq(np.stack([common, alone], axis=1), whole("pca"))[0]
    assert suggested.sum() == pytest.approx(1)
    assert suggested[0] > 0.6


def test_principal_components_need_values_that_differ():
    declared = two(components=[component("d", "domain", importance_of_parts="pca", **WHY)])
    with pytest.raises(DataError, match="component d: importance by principal components needs"):
        points({"a": [1.0, 2, 3, 4], "b": [5.0] * 4}, declared)


def test_a_city_whose_definition_differs_is_scored_but_not_counted_among_the_ranked():
    declared = catalogue(
        scored("a", "d"),
        scored("b", "d"),
        scored("c", "d"),
        components=[component("d", "domain", coverage_at_least=0.6)],
    )
    draws = {name: np.array([[90.0], [60], [30]]) for name in "abc"}
    of = units("A", "B", "C")

    def rows(*names):
        differing = {name: np.array([True, False, False]) for name in names}
        found = score_table(score(draws, of, declared, differing), declared)
        return found.set_index(["component", "area"])

    one = rows("a")
    assert one.loc["a", "score"].tolist() == [90, 60, 30]
    np.testing.assert_array_equal(one.loc["a", "rank"], [NAN, 1, 2])
    assert one.loc["a", "obs_status"].tolist() == ["d", "A", "A"]
    assert one.loc["b", "rank"].tolist() == [1, 2, 3]
    assert one.loc["d", "rank"].tolist() == [1, 2, 3]  # the comparable two thirds suffice
    two_differ = rows("a", "b")
    np.testing.assert_array_equal(two_differ.loc["d", "rank"], [NAN, 1, 2])
    assert two_differ.loc["d", "obs_status"].tolist() == ["d", "A", "A"]
    assert two_differ.loc["d", "coverage"].tolist() == [1, 1, 1]


def test_a_framework_that_scores_nothing_is_refused():
    with pytest.raises(CatalogueError, match="no indicator is scored"):
        score({}, units("A"), catalogue(indicator("safe", SHARE)))
