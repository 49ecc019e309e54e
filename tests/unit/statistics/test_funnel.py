import numpy as np

from urban_safety_monitor.statistics.funnel import count_limits, mean_limits, share_limits


def arrays(*values):
    return tuple(np.array([float(value)]) for value in values)


def test_limits_of_shares_take_the_benchmarks_error():
    found = share_limits(*arrays(0.2, 100, 0))
    np.testing.assert_allclose([found.lower[0], found.upper[0]], [0.1216014, 0.2783986], atol=1e-7)
    wider = share_limits(*arrays(0.2, 100, 0.0009))
    np.testing.assert_allclose(wider.upper, 0.2 + 1.959964 * 0.05, atol=1e-6)


def test_no_limit_lies_below_0_or_above_100_percent():
    low, high = share_limits(*arrays(0.05, 10, 0)), share_limits(*arrays(0.95, 10, 0))
    assert low.lower[0] == 0
    assert high.upper[0] == 1


def test_limits_of_means_follow_their_degrees_of_freedom():
    benchmark, variance = np.full(2, 10.0), np.full(2, 4.0)
    found = mean_limits(benchmark, variance, np.array([4.0, np.nan]))
    np.testing.assert_allclose(found.upper, [10 + 2 * 2.776445, 10 + 2 * 1.959964], rtol=1e-6)
    np.testing.assert_allclose(found.lower, 20 - found.upper)


def test_limits_of_counts_are_whole_and_exact():
    # With 1 expected, 4 or more have probability 0.019 and 3 or more 0.080; none has 0.37.
    # With 4 expected, none has probability 0.018 and one or none 0.092.
    found = count_limits(np.array([1.0, 4.0]))
    np.testing.assert_array_equal(found.lower, [0, 1])
    np.testing.assert_array_equal(found.upper, [3, 8])
