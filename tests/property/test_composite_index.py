"""Laws of treatment, aggregation, frameworks and their uncertainty over random values."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from urban_safety_monitor.statistics.aggregation import aggregate, outranking
from urban_safety_monitor.statistics.benefit_of_the_doubt import benefit_of_the_doubt
from urban_safety_monitor.statistics.coherence import (
    correlations,
    cronbach_alpha,
    principal_components,
)
from urban_safety_monitor.statistics.importance import effective_importance, pca_importance
from urban_safety_monitor.statistics.imputation import impute_group_mean
from urban_safety_monitor.statistics.index import Index
from urban_safety_monitor.statistics.normalisation import normalised
from urban_safety_monitor.statistics.ranking import mean_ranks, ranks
from urban_safety_monitor.statistics.sensitivity import sensitivity
from urban_safety_monitor.statistics.treatment import (
    Treatment,
    has_outliers,
    kurtosis,
    skewness,
    treat,
)
from urban_safety_monitor.statistics.uncertainty import (
    NormalDraws,
    balanced_choices,
    dirichlet_importance,
    evaluate,
    order_changes,
    spread,
)

SEEDS = st.integers(0, 2**32 - 1)
MEANS = st.sampled_from(["arithmetic", "geometric", "harmonic", "median", "mazziotta_pareto"])
METHODS = ["goalposts", "min_max", "z_score", "rank", "percentile", "target", "best"]
few = settings(max_examples=25)


def some_scores(rng, units=9, indicators=5, missing=0.2):
    scores = rng.uniform(1, 100, (units, indicators))
    scores[rng.random(scores.shape) < missing] = np.nan
    return scores


def some_index(rng):
    return Index(
        values=rng.uniform(5, 95, (7, 6)),
        goalposts=np.where(rng.random(6) < 0.5, [[0.0], [100.0]], [[100.0], [0.0]]),
        importance=rng.uniform(0.5, 2, 12),
        parent=np.array([6, 6, 7, 7, 7, 8, 9, 9, 10, 11, 11, -1]),
        aggregation=(*["arithmetic"] * 3, "geometric", "geometric", "arithmetic"),
    )


@few
@given(seed=SEEDS)
def test_treatment_keeps_order_and_mends_what_has_outliers(seed):
    rng = np.random.default_rng(seed)
    values = rng.standard_t(rng.uniform(1, 4, 6), (40, 6)) * rng.uniform(0.1, 1e3, 6)
    values[rng.random(values.shape) < 0.1] = np.nan
    found = treat(values)
    np.testing.assert_array_equal(np.isnan(found.values), np.isnan(values))
    assert not has_outliers(found.values)[~found.logarithmic].any()
    untouched = (found.winsorised == 0) & ~found.logarithmic
    np.testing.assert_array_equal(found.values[:, untouched], values[:, untouched])
    order = np.argsort(values, axis=0)
    sorted_by_values = np.take_along_axis(found.values, order, axis=0)
    steps = np.diff(sorted_by_values, axis=0)
    assert (steps[~np.isnan(steps)] >= 0).all()


@few
@given(seed=SEEDS, scale=st.floats(0.01, 1e4), shift=st.floats(-1e3, 1e3))
def test_skewness_and_kurtosis_do_not_depend_on_the_unit(seed, scale, shift):
    values = np.random.default_rng(seed).lognormal(size=(30, 3))
    for moment in (skewness, kurtosis):
        np.testing.assert_allclose(moment(values * scale + shift), moment(values), rtol=1e-5)
    np.testing.assert_allclose(skewness(-values), -skewness(values), rtol=1e-9)


@few
@given(seed=SEEDS, how=st.sampled_from(METHODS))
def test_a_better_value_never_scores_less(seed, how):
    rng = np.random.default_rng(seed)
    values = np.round(rng.uniform(1, 20, (12, 4)))
    values[rng.random(values.shape) < 0.1] = np.nan
    goalposts = np.array([[0.0, 25, 0, 25], [25, 0, 25, 0]])
    found = normalised(values, goalposts, how)
    upwards = np.where(goalposts[1] > goalposts[0], values, -values)
    known = ~np.isnan(found).any(axis=1)
    for a, b in np.argwhere(np.ones((12, 12), dtype=bool)):
        if known[a] and known[b]:
            worse = upwards[a] <= upwards[b]
            assert (found[a][worse] <= found[b][worse] + 1e-9).all()


@few
@given(seed=SEEDS, how=MEANS)
def test_means_do_not_depend_on_order_or_the_scale_of_importance(seed, how):
    rng = np.random.default_rng(seed)
    scores, importance = some_scores(rng), rng.uniform(0, 3, 5)
    found = aggregate(scores, importance, how)
    mixed = rng.permutation(5)
    np.testing.assert_allclose(aggregate(scores[:, mixed], importance[mixed], how), found)
    np.testing.assert_allclose(aggregate(scores, 7 * importance, how), found)
    counted = np.where(importance > 0, scores, np.nan)
    there = ~np.isnan(found)
    assert (found[there] >= np.nanmin(counted[there], axis=1)).all()
    assert (found[there] <= np.nanmax(counted[there], axis=1)).all()
    if how == "mazziotta_pareto":
        assert (found[there] <= aggregate(scores, importance)[there] + 1e-9).all()


@few
@given(seed=SEEDS)
def test_what_one_outranks_the_other_does_not(seed):
    rng = np.random.default_rng(seed)
    scores = np.round(some_scores(rng) / 20)
    found = outranking(scores, rng.uniform(0.1, 3, 5))
    both = found + found.T
    np.testing.assert_allclose(both[~np.isnan(both)], 1)
    assert ((found >= 0) | np.isnan(found)).all()


@few
@given(seed=SEEDS)
def test_no_importance_suits_a_unit_better_than_the_benefit_of_the_doubt(seed):
    rng = np.random.default_rng(seed)
    scores = some_scores(rng, missing=0)
    found = benefit_of_the_doubt(scores)
    assert np.nanmax(found.score) <= 100 + 1e-6
    for importance in rng.dirichlet(np.ones(5), 20):
        common = scores @ importance
        assert (found.score >= 100 * common / common.max() - 1e-6).all()
    limited = benefit_of_the_doubt(scores, 0.1, 0.4)
    assert (limited.score <= found.score + 1e-6).all()
    assert ((limited.share > 0.1 - 1e-6) & (limited.share < 0.4 + 1e-6)).all()


@few
@given(seed=SEEDS)
def test_correlations_and_components_add_up(seed):
    rng = np.random.default_rng(seed)
    scores = some_scores(rng, 30, 5, 0)
    found = principal_components(scores)
    np.testing.assert_allclose(correlations(scores), np.corrcoef(scores.T), atol=1e-12)
    np.testing.assert_allclose(found.variance.sum(), 5)
    np.testing.assert_allclose(found.loadings @ found.loadings.T, np.corrcoef(scores.T), atol=1e-9)
    assert cronbach_alpha(scores) <= 1
    np.testing.assert_allclose(pca_importance(scores).sum(), 1)
    with_gaps = correlations(some_scores(rng, 30))
    pairs = with_gaps[~np.isnan(with_gaps)]
    assert (np.abs(pairs) <= 1).all()


@few
@given(seed=SEEDS)
def test_ranks_of_both_directions_mirror_each_other(seed):
    scores = np.round(some_scores(np.random.default_rng(seed)) / 20)
    known = (~np.isnan(scores)).sum(axis=0)
    np.testing.assert_array_equal(mean_ranks(scores) + mean_ranks(-scores), known + 1 + 0 * scores)
    assert ((ranks(scores) <= mean_ranks(scores)) | np.isnan(scores)).all()


@few
@given(seed=SEEDS)
def test_effective_importance_gives_the_overall_score_of_an_arithmetic_index(seed):
    index = replace(some_index(np.random.default_rng(seed)), aggregation="arithmetic")
    effective = effective_importance(index.importance, index.parent)
    np.testing.assert_allclose(index.indicators() @ effective[:6], index.overall())
    levels = effective[:6], effective[6:9], effective[9:11]
    np.testing.assert_allclose([level.sum() for level in levels], 1)


@few
@given(seed=SEEDS, cells=st.integers(1, 5000))
def test_batches_and_the_order_of_replications_change_nothing(seed, cells):
    rng = np.random.default_rng(seed)
    index = some_index(rng)
    factors = {
        "values": NormalDraws(index.values, np.full(index.values.shape, 3.0), 15, seed),
        "importance": dirichlet_importance(index.importance, index.parent, 30, 15, rng),
        "normalisation": ["goalposts", "min_max", "rank"],
    }
    chosen = balanced_choices(factors, 45, rng)
    whole = evaluate(index, factors, chosen)
    mixed = rng.permutation(45)
    other = {name: numbers[mixed] for name, numbers in chosen.items()}
    parts = evaluate(index, factors, other, cells_at_once=cells)
    np.testing.assert_allclose(parts, whole[:, mixed])


@few
@given(seed=SEEDS)
def test_spans_and_changes_of_order_are_those_of_the_replications(seed):
    rng = np.random.default_rng(seed)
    scores = np.round(rng.uniform(0, 100, (6, 1)) + rng.normal(0, 10, (6, 200)))
    found = spread(scores, level=1.0)
    np.testing.assert_array_equal(found.lower, scores.min(axis=1))
    np.testing.assert_array_equal(found.best_rank, ranks(scores).min(axis=1))
    np.testing.assert_array_equal(found.worst_rank, ranks(scores).max(axis=1))
    inner = spread(scores, level=0.5)
    assert (inner.lower >= found.lower).all()
    assert (inner.worst_rank <= found.worst_rank).all()
    changes = order_changes(scores, scores[:, 0])
    np.testing.assert_array_equal(changes, changes.T)
    own = np.argsort(-scores[:, 0])
    always = np.diff(scores[own], axis=0).max(axis=1) < 0
    np.testing.assert_array_equal(changes[own[:-1], own[1:]][always], 0)


@few
@given(seed=SEEDS, how=st.sampled_from(METHODS))
def test_every_way_to_normalise_scores_from_0_to_100(seed, how):
    rng = np.random.default_rng(seed)
    values = rng.standard_t(1.5, (40, 3)) * 10 + 20
    values[rng.random(values.shape) < 0.1] = np.nan
    found = normalised(values, np.array([[0.0, 40, 5], [40, 0, 30]]), how)
    known = found[~np.isnan(found)]
    assert ((known >= 0) & (known <= 100)).all()


@few
@given(seed=SEEDS, how=st.sampled_from(METHODS))
def test_the_order_of_units_changes_no_score(seed, how):
    rng = np.random.default_rng(seed)
    index = replace(some_index(rng), normalisation=how)
    index.values[rng.random(index.values.shape) < 0.1] = np.nan
    index = replace(
        index,
        imputed_within=rng.integers(0, 2, 7),
        treatment=Treatment("winsorise_or_log"),
        aggregation=tuple(rng.choice(["arithmetic", "median", "copeland"], 6)),
    )
    mixed = rng.permutation(7)
    other = replace(index, values=index.values[mixed], imputed_within=index.imputed_within[mixed])
    np.testing.assert_allclose(other.nodes(), index.nodes()[mixed])


@few
@given(seed=SEEDS, scale=st.floats(0.01, 1e4), shift=st.floats(-1e3, 1e3))
def test_scores_of_units_told_apart_do_not_depend_on_the_unit_of_measure(seed, scale, shift):
    values = some_scores(np.random.default_rng(seed), 12)
    goalposts = np.array([[0.0] * 5, [100.0] * 5])
    for how in ("z_score", "min_max", "rank", "percentile"):
        found = normalised(scale * values + shift, scale * goalposts + shift, how)
        np.testing.assert_allclose(found, normalised(values, goalposts, how), atol=1e-6)


@few
@given(seed=SEEDS)
def test_imputation_never_changes_what_is_measured(seed):
    rng = np.random.default_rng(seed)
    values = some_scores(rng, 12, 4, 0.4)
    found = impute_group_mean(values, rng.integers(0, 3, 12))
    known = ~np.isnan(values)
    np.testing.assert_array_equal(found.values[known], values[known])
    np.testing.assert_array_equal(found.filled, ~known & ~np.isnan(found.values))
    lowest, highest = np.nanmin(values, axis=0), np.nanmax(values, axis=0)
    inside = (found.values >= lowest - 1e-9) & (found.values <= highest + 1e-9)
    assert (inside | np.isnan(found.values)).all()


@settings(max_examples=5)
@given(seed=SEEDS, spans=st.lists(st.floats(1, 10), min_size=2, max_size=2))
def test_sobol_indices_of_a_sum_add_up_and_total_is_no_less_than_first(seed, spans):
    """Goalposts and values that shift the score of one indicator: a sum of the two."""
    steps = np.linspace(-0.5, 0.5, 128)[:, None, None]
    index = Index(np.array([[50.0]]), np.array([[0.0], [100.0]]), np.ones(2), np.array([1, -1]))
    factors = {
        "values": index.values + spans[0] * steps,
        "goalposts": index.goalposts + spans[1] * steps,
        "aggregation": ["arithmetic", "geometric"],
    }
    rng = np.random.default_rng(seed)
    found = sensitivity(index, factors, lambda scores: scores, rng, replications=512)
    assert (found.first.value <= found.total.value + 0.05).all()
    np.testing.assert_allclose(found.first.value.sum(), 1, atol=0.05)
    np.testing.assert_allclose(found.first.value[0, 2], 0, atol=1e-9)
    for part in found:
        assert (part.lower <= part.upper).all()
