import numpy as np
import pytest

from urban_safety_monitor.statistics.draws import (
    binomial_share,
    joint_normal,
    normal,
    poisson_rate,
)

MANY = 40_000


@pytest.fixture
def rng():
    return np.random.default_rng(20260101)


def generators(*seeds):
    return [np.random.default_rng(seed) for seed in seeds]


def test_joint_normal_has_the_mean_and_covariance_asked_for(rng):
    value = np.array([10.0, 50.0])
    covariance = np.array([[4.0, -3.0], [-3.0, 9.0]])
    drawn = joint_normal(value, covariance, MANY, rng)
    np.testing.assert_array_equal(drawn[:, 0], value)
    np.testing.assert_allclose(drawn[:, 1:].mean(axis=1), value, atol=0.06)
    np.testing.assert_allclose(np.cov(drawn[:, 1:]), covariance, atol=0.2)


def test_estimates_that_move_together_are_drawn_together(rng):
    drawn = joint_normal(np.zeros(2), np.ones((2, 2)), 100, rng)
    np.testing.assert_allclose(drawn[0], drawn[1], atol=1e-7)


def test_missing_values_and_missing_variances_stay_missing(rng):
    covariance = np.array([[1.0, 0.0, np.nan], [0.0, 1.0, np.nan], [np.nan, np.nan, np.nan]])
    drawn = joint_normal(np.array([5.0, np.nan, 7.0]), covariance, 10, rng)
    assert not np.isnan(drawn[0]).any()
    assert np.isnan(drawn[1:]).all()


def test_nothing_known_nothing_drawn(rng):
    drawn = joint_normal(np.array([np.nan]), np.array([[np.nan]]), 3, rng)
    assert drawn.shape == (1, 4)
    assert np.isnan(drawn).all()


def test_normal():
    errors = np.array([2.0, 1.0, 0.0])
    drawn = normal(np.array([3.0, np.nan, 8.0]), errors, MANY, generators(1, 2, 3))
    np.testing.assert_array_equal(drawn[:, 0], [3, np.nan, 8])
    assert drawn[0, 1:].mean() == pytest.approx(3, abs=0.04)
    assert drawn[0, 1:].std() == pytest.approx(2, abs=0.03)
    assert np.isnan(drawn[1]).all()
    assert (drawn[2] == 8).all()


def test_poisson_rate():
    factors = np.array([2.0, 0.5, 1.0])
    drawn = poisson_rate(np.array([0.0, 16.0, np.nan]), factors, MANY, generators(1, 2, 3))
    np.testing.assert_array_equal(drawn[:, 0], [0, 8, np.nan])
    assert (drawn[0, 1:] > 0).all()
    assert drawn[0, 1:].mean() == pytest.approx(0.5 * 2, abs=0.03)
    assert drawn[1, 1:].mean() == pytest.approx(16.5 * 0.5, abs=0.05)
    assert np.isnan(drawn[2]).all()


def test_events_among_an_unknown_population_are_no_rate():
    assert np.isnan(poisson_rate(np.array([3.0]), np.array([np.nan]), 5, generators(1))).all()


def test_binomial_share():
    among = np.array([20.0, 40.0])
    drawn = binomial_share(np.array([0.0, 30.0]), among, MANY, generators(1, 2))
    np.testing.assert_array_equal(drawn[:, 0], [0, 0.75])
    assert (drawn[0, 1:] > 0).all()
    assert drawn[1, 1:].mean() == pytest.approx(30.5 / 41, abs=0.003)
    assert ((drawn >= 0) & (drawn <= 1)).all()


@pytest.mark.parametrize(
    ("events", "among"),
    [(np.nan, 5.0), (5.0, np.nan), (0.0, 0.0), (6.0, 5.0)],
    ids=["unknown events", "among unknown", "among none", "more than all"],
)
def test_a_share_that_cannot_be_known_is_missing(events, among):
    drawn = binomial_share(np.array([events]), np.array([among]), 5, generators(1))
    assert np.isnan(drawn).all()


def test_the_same_seed_gives_the_same_draws():
    first, second = (
        joint_normal(np.ones(2), np.eye(2), 50, np.random.default_rng(7)) for _ in range(2)
    )
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("draw", [normal, poisson_rate, binomial_share])
def test_no_draw_depends_on_what_else_is_drawn(draw):
    first, second = np.array([3.0, 8.0]), np.array([5.0, 9.0])
    both = draw(first, second, 20, generators(1, 2))
    np.testing.assert_array_equal(both[[1]], draw(first[1:], second[1:], 20, generators(2)))
