from dataclasses import replace

import numpy as np

from urban_safety_monitor.statistics.index import Index
from urban_safety_monitor.statistics.sensitivity import mean_rank_shift, sensitivity
from urban_safety_monitor.statistics.uncertainty import evaluate

INDEX = Index(
    values=np.array([[50.0]]),
    goalposts=np.array([[0.0], [100.0]]),
    importance=np.ones(2),
    parent=np.array([1, -1]),
)
STEPS = np.linspace(0, 1, 256)[:, None, None]
SHIFTED = {"values": 40 + 20 * STEPS, "goalposts": INDEX.goalposts + 10 * STEPS}


def scores(drawn):
    return drawn


def test_indices_of_a_sum_are_the_shares_of_its_variance():
    """Spans of 20 and 10: variances of 4 to 1; no interaction, so both orders agree."""
    found = sensitivity(INDEX, SHIFTED, scores, np.random.default_rng(1))
    np.testing.assert_allclose(found.first.value, [[0.8, 0.2]], atol=0.01)
    np.testing.assert_allclose(found.total.value, [[0.8, 0.2]], atol=0.01)
    for part in found:
        assert (part.lower <= part.value).all()
        assert (part.value <= part.upper).all()
        assert (part.upper - part.lower < 0.2).all()


def test_two_factors_that_only_matter_together():
    """Either shift alone changes the score as often up as down; total order shows the rest."""
    values = np.array([[[40.0]], [[60.0]]])
    flipped = [INDEX.goalposts, INDEX.goalposts[::-1]]
    factors = {"values": values, "goalposts": flipped}
    found = sensitivity(INDEX, factors, scores, np.random.default_rng(1), resamples=50)
    np.testing.assert_allclose(found.first.value, [[0, 0]], atol=0.02)
    np.testing.assert_allclose(found.total.value, [[1, 1]], atol=0.02)


def test_nothing_explains_a_result_that_does_not_vary():
    factors = {"values": np.full((4, 1, 1), 50.0), "aggregation": ["arithmetic", "median"]}
    found = sensitivity(
        INDEX, factors, scores, np.random.default_rng(1), replications=16, resamples=10
    )
    for part in found:
        np.testing.assert_array_equal(np.stack(part), np.zeros((3, 1, 2)))


def test_the_same_generator_gives_the_same_intervals():
    found = [
        sensitivity(INDEX, SHIFTED, scores, np.random.default_rng(seed), replications=32)
        for seed in (1, 1, 2)
    ]
    np.testing.assert_array_equal(np.stack(found[0]), np.stack(found[1]))
    assert not np.array_equal(np.stack(found[0]), np.stack(found[2]))


def test_several_results_have_indices_each():
    index = replace(INDEX, values=np.array([[50.0], [30.0]]))
    found = sensitivity(
        index,
        {
            "values": index.values + np.array([[10.0], [1.0]]) * (STEPS - 0.5),
            "goalposts": index.goalposts + 0 * STEPS,
        },
        scores,
        np.random.default_rng(1),
        replications=64,
        resamples=20,
    )
    np.testing.assert_allclose(found.first.value, [[1, 0], [1, 0]], atol=0.05)


def test_mean_rank_shift_by_hand():
    index = replace(INDEX, values=np.array([[50.0], [30.0], [10.0]]))
    changed = {"values": np.stack([index.values, index.values[::-1]])}
    drawn = evaluate(index, changed, {"values": np.array([0, 1])})
    np.testing.assert_allclose(mean_rank_shift(index.overall())(drawn), [[0, 4 / 3]])
