from dataclasses import replace

import numpy as np
import pytest

from urban_safety_monitor.statistics.index import Index
from urban_safety_monitor.statistics.uncertainty import (
    NormalDraws,
    balanced_choices,
    dirichlet_importance,
    evaluate,
    order_changes,
    spread,
    without_each,
)

PARENT = np.array([3, 3, 4, 5, 5, -1])
INDEX = Index(
    values=np.array([[10.0, 30, 50], [20, 60, 90], [40, 50, 10]]),
    goalposts=np.array([[0.0, 0, 0], [100, 100, 100]]),
    importance=np.ones(6),
    parent=PARENT,
)
FACTORS = {
    "values": NormalDraws(INDEX.values, np.full((3, 3), 2.0), 7, seed=1),
    "importance": dirichlet_importance(INDEX.importance, PARENT, 20, 5, np.random.default_rng(2)),
    "aggregation": ["arithmetic", ("geometric", "geometric", "median")],
    "normalisation": ["goalposts", "min_max"],
    "imputed_within": [None, np.zeros(3, dtype=int)],
    "goalposts": [INDEX.goalposts, INDEX.goalposts * 2],
}


def test_a_replication_is_the_index_with_the_alternatives_it_takes():
    chosen = balanced_choices(FACTORS, 40, np.random.default_rng(3))
    found = evaluate(INDEX, FACTORS, chosen, cells_at_once=27)  # three replications
    for number in range(40):
        taken = {name: FACTORS[name][int(chosen[name][number])] for name in FACTORS}
        np.testing.assert_allclose(found[:, number], replace(INDEX, **taken).overall())


def test_every_alternative_is_taken_equally_often():
    chosen = balanced_choices(FACTORS, 70, np.random.default_rng(3))
    np.testing.assert_array_equal(np.bincount(chosen["values"]), np.full(7, 10))
    np.testing.assert_array_equal(np.bincount(chosen["aggregation"]), [35, 35])


def test_methods_alone_may_be_uncertain():
    factors = {"aggregation": FACTORS["aggregation"]}
    found = evaluate(INDEX, factors, {"aggregation": np.array([0, 1, 0])})
    np.testing.assert_array_equal(found[:, 0], INDEX.overall())
    np.testing.assert_array_equal(found[:, 2], found[:, 0])
    assert (found[:, 1] != found[:, 0]).all()


def test_a_draw_is_the_same_whichever_others_are_made():
    draws = NormalDraws(INDEX.values, np.full((3, 3), 2.0), 100, seed=1)
    np.testing.assert_array_equal(draws[6], FACTORS["values"][6])
    assert not np.array_equal(draws[6], draws[7])
    assert len(draws) == 100
    with pytest.raises(IndexError):
        draws[100]


def test_draws_have_the_errors_they_are_given():
    error = np.array([[1.0, 5.0]])
    draws = NormalDraws(np.array([[10.0, 20.0]]), error, 4000, seed=1)
    drawn = np.stack([draws[number][0] for number in range(4000)])
    np.testing.assert_allclose(drawn.mean(axis=0), [10, 20], atol=0.3)
    np.testing.assert_allclose(drawn.std(axis=0), error[0], rtol=0.05)


def test_draws_may_have_a_covariance():
    covariance = np.array([[4.0, 3], [3, 9]])
    root = np.linalg.cholesky(covariance)[None]
    draws = NormalDraws(np.array([[10.0, np.nan]]), root, 4000, seed=1)
    drawn = np.stack([draws[number][0] for number in range(4000)])
    assert np.isnan(drawn[:, 1]).all()
    draws = replace(draws, value=np.array([[10.0, 20]]))
    drawn = np.stack([draws[number][0] for number in range(4000)])
    np.testing.assert_allclose(np.cov(drawn.T), covariance, atol=0.4)


def test_drawn_importance_varies_around_the_one_given_among_siblings():
    importance = np.array([1.0, 3, 5, 1, 1, 1])
    sets = dirichlet_importance(importance, PARENT, 24, 5000, np.random.default_rng(1))
    np.testing.assert_allclose(sets.mean(axis=0), [0.25, 0.75, 1, 0.5, 0.5, 1], atol=0.01)
    np.testing.assert_allclose(sets[:, 0] + sets[:, 1], 1)
    # s (1 - s) / (1 + concentration)
    assert sets[:, 0].var() == pytest.approx(0.25 * 0.75 / 25, rel=0.1)


def test_leaving_out_one_node_at_a_time():
    sets = without_each(INDEX.importance, np.array([0, 2, 3]))
    found = evaluate(INDEX, {"importance": sets}, {"importance": np.arange(3)})
    first = [(30 + 50) / 2, (60 + 90) / 2, (50 + 10) / 2]
    third = [20, 40, 45]  # the only one of its parent: the parent goes too
    np.testing.assert_allclose(found, np.column_stack([first, third, INDEX.values[:, 2]]))


def test_intervals_of_scores_and_of_ranks():
    scores = np.vstack([np.linspace(0, 100, 101), np.full(101, 2.0), np.full(101, np.nan)])
    found = spread(scores, level=0.9)
    np.testing.assert_allclose(found.lower, [5, 2, np.nan])
    np.testing.assert_allclose(found.upper, [95, 2, np.nan])
    # the first is above 2 in 98 of 101 replications, and once as high
    np.testing.assert_array_equal(found.best_rank, [1, 2, np.nan])
    np.testing.assert_array_equal(found.worst_rank, [1, 2, np.nan])
    assert spread(scores, level=0.99).worst_rank[0] == 2


def test_how_often_two_change_their_order():
    scores = np.array([[3.0, 3, 1, 2], [2, 2, 2, 2], [1, 1, 1, 1]])
    nan = np.nan
    found = order_changes(scores, np.array([3.0, 2, 1]))
    np.testing.assert_allclose(found, [[nan, 0.375, 0.125], [0.375, nan, 0], [0.125, 0, nan]])
    assert np.isnan(order_changes(scores, np.array([2.0, 2, 1]))[0, 1])
