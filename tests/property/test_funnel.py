"""Limits of a funnel and status never contradict each other: 100,000 random cases of each kind."""

import numpy as np
import pandas as pd
import pytest

from tests.factories import catalogue, indicator, posts, share
from urban_safety_monitor.pipeline.compare import status_of
from urban_safety_monitor.statistics.comparison import poisson_test, score_test, student_test
from urban_safety_monitor.statistics.funnel import count_limits, mean_limits, share_limits
from urban_safety_monitor.statistics.intervals import normal_quantile

CASES = 100_000
LEVELS = pytest.mark.parametrize("level", [0.9, 0.95, 0.998])
CATALOGUE = catalogue(
    indicator("up", share("x"), goalposts=posts(0, 100)),
    indicator("down", share("x"), goalposts=posts(100, 0)),
    indicator("context", share("x"), status="context"),
)


def assert_agree(z, value, limits, level):
    """The test rejects, and the status says so, exactly outside the limits and on that side."""
    above, below = value > limits.upper, value < limits.lower
    np.testing.assert_array_equal(z > normal_quantile(level), above)
    np.testing.assert_array_equal(z < -normal_quantile(level), below)
    named = pd.Series(np.resize(["up", "down", "context"], len(z)))
    status = status_of(pd.Series(z), named, CATALOGUE, level)
    words = {("up", True): "better", ("up", False): "worse", ("down", True): "worse"}
    words |= {("down", False): "better", ("context", True): "higher", ("context", False): "lower"}
    expected = [
        words[name, bool(high)] if high or low else "similar"
        for name, high, low in zip(named, above, below, strict=True)
    ]
    assert status.tolist() == expected
    assert set(expected) == {"similar", "better", "worse", "higher", "lower"}


def some_shares(rng):
    """Small ones as often as others, and some of exactly 0 and 1."""
    drawn = np.where(rng.random(CASES) < 0.5, rng.uniform(0, 0.05, CASES), rng.random(CASES))
    return np.where(rng.random(CASES) < 0.02, rng.integers(0, 2, CASES), drawn)


@LEVELS
def test_shares(level):
    rng = np.random.default_rng(1)
    n = np.exp(rng.uniform(np.log(2), np.log(20_000), CASES))
    value = some_shares(rng)
    benchmark = np.clip(value + rng.normal(0, 2, CASES) * np.sqrt(0.25 / n), 0.0005, 0.9995)
    variance = np.where(rng.random(CASES) < 0.5, 0.0, rng.uniform(0, 0.001, CASES))
    test = score_test(value, n, benchmark, variance)
    assert_agree(test.z, value, share_limits(benchmark, n, variance, level), level)


@LEVELS
def test_means(level):
    rng = np.random.default_rng(2)
    error, benchmark = rng.uniform(0.01, 10, CASES), rng.normal(0, 100, CASES)
    value = benchmark + rng.standard_t(3, CASES) * error
    df = rng.choice([1.0, 2.0, 7.0, 60.0, 1e4, np.inf, np.nan], CASES)
    test = student_test(value - benchmark, error**2, df)
    assert_agree(test.z, value, mean_limits(benchmark, error**2, df, level), level)


@LEVELS
def test_counts(level):
    rng = np.random.default_rng(3)
    expected = np.exp(rng.uniform(np.log(0.01), np.log(1e5), CASES))
    events = rng.poisson(expected * rng.choice([0.5, 0.9, 1.0, 1.1, 2.0], CASES)).astype(float)
    limits = count_limits(expected, level)
    assert_agree(poisson_test(events, expected).z, events, limits, level)
    assert (limits.lower == np.round(limits.lower)).all()
    for limit, beyond in ((limits.lower, -1.0), (limits.upper, 1.0)):
        accepted = poisson_test(limit, expected).z
        rejected = poisson_test(np.maximum(limit + beyond, 0), expected).z
        assert (np.abs(accepted) <= normal_quantile(level)).all()
        assert ((np.abs(rejected) > normal_quantile(level)) | (limit + beyond < 0)).all()
