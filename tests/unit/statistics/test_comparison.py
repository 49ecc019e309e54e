import numpy as np
import pytest

from urban_safety_monitor.statistics.comparison import (
    benjamini_hochberg,
    equivalence_p_values,
    holm,
    normal_test,
    pairwise_test,
    poisson_test,
    score_test,
    smallest_detectable,
    student_test,
)


def arrays(*values):
    return tuple(np.array([float(value)]) for value in values)


def test_score_test_uses_the_benchmarks_own_error():
    found = score_test(*arrays(0.3, 100, 0.2, 0))
    assert found.difference[0] == pytest.approx(0.1)
    assert found.z[0] == pytest.approx(0.1 / 0.04)
    assert found.p_value[0] == pytest.approx(0.012419, abs=1e-6)


def test_an_uncertain_benchmark_widens_the_test():
    assert score_test(*arrays(0.3, 100, 0.2, 0.0009)).z[0] == pytest.approx(0.1 / 0.05)


def test_normal_test():
    found = normal_test(*arrays(-3, 4))
    assert found.z[0] == -1.5
    assert found.p_value[0] == pytest.approx(0.133614, abs=1e-6)


def test_two_complete_counts_are_equal_or_they_differ():
    found = normal_test(np.array([0.0, 2.0]), np.zeros(2))
    np.testing.assert_array_equal(found.z, [0.0, np.inf])
    np.testing.assert_array_equal(found.p_value, [1.0, 0.0])


def test_what_is_missing_is_not_tested():
    found = normal_test(np.array([np.nan, 1.0]), np.array([1.0, np.nan]))
    assert np.isnan(found.z).all()
    assert np.isnan(found.p_value).all()


def test_benjamini_hochberg_by_hand():
    # Six p-values of the example in Benjamini and Hochberg (1995): 6p/rank, then the smallest
    # from there on.
    p = np.array([0.0459, 0.0001, 0.0278, 0.0004, 0.0095, 0.0019])
    found = benjamini_hochberg(p)
    np.testing.assert_allclose(found, [0.0459, 0.0006, 0.03336, 0.0012, 0.01425, 0.0038])


def test_benjamini_hochberg_leaves_a_smaller_value_from_further_on():
    np.testing.assert_allclose(
        benjamini_hochberg(np.array([0.02, 0.021, 0.9])), [0.0315, 0.0315, 0.9]
    )


def test_benjamini_hochberg_does_not_count_what_is_missing():
    found = benjamini_hochberg(np.array([np.nan, 0.01, np.nan, 0.04]))
    np.testing.assert_allclose(found, [np.nan, 0.02, np.nan, 0.04])
    assert np.isnan(benjamini_hochberg(np.array([np.nan, np.nan]))).all()


def test_ties_get_one_adjusted_value():
    found = benjamini_hochberg(np.array([0.03, 0.03, 0.03]))
    np.testing.assert_allclose(found, 0.03)


def test_student_test_gives_the_normal_deviate_of_students_probability():
    found = student_test(np.array([-2.776445, 2.776445]), np.ones(2), np.array([4.0, 4.0]))
    np.testing.assert_allclose(found.p_value, 0.05, rtol=1e-6)
    np.testing.assert_allclose(found.z, [-1.959964, 1.959964], rtol=1e-6)


@pytest.mark.parametrize("df", [np.nan, np.inf, 1e9])
def test_with_a_known_variance_students_test_is_the_normal_one(df):
    found = student_test(*arrays(3, 4, df))
    assert found.z[0] == pytest.approx(1.5, rel=1e-6)


def test_students_test_of_no_error_and_of_no_difference():
    found = student_test(np.array([0.0, 2.0, 0.0]), np.array([0.0, 0.0, 1.0]), np.array([9.0] * 3))
    np.testing.assert_array_equal(found.z, [0, np.inf, 0])


def test_poisson_test_by_hand():
    # no event where 3 are expected: the tail is exp(-3); 3 where 1 is: 1 - exp(-1)(1 + 1 + 1/2)
    found = poisson_test(np.array([0.0, 3.0]), np.array([3.0, 1.0]))
    np.testing.assert_allclose(found.p_value, [2 * np.exp(-3), 2 * (1 - 2.5 * np.exp(-1))])
    np.testing.assert_allclose(found.difference, [-3, 2])
    assert found.z[0] < 0 < found.z[1]


def test_poisson_test_at_what_is_expected_finds_nothing():
    found = poisson_test(np.array([7.0, 0.0, np.nan]), np.array([7.0, 0.0, 1.0]))
    np.testing.assert_array_equal(found.z, [0, 0, np.nan])


def test_holm_by_hand():
    # 4 x 0.005; 3 x 0.01; 2 x 0.03; 0.04 may not fall below the one before
    found = holm(np.array([0.01, 0.04, np.nan, 0.03, 0.005]))
    np.testing.assert_allclose(found, [0.03, 0.06, np.nan, 0.06, 0.02])
    assert np.isnan(holm(np.array([np.nan]))).all()
    np.testing.assert_array_equal(holm(np.array([0.6, 0.7])), [1, 1])


def test_estimates_of_one_design_are_compared_with_their_covariance():
    covariance = np.array([[4.0, 3.5, 0], [3.5, 4, 0], [0, 0, np.nan]])
    found = pairwise_test(np.array([12.0, 10, 5]), covariance)
    assert found.z[0, 1] == -found.z[1, 0] == pytest.approx(2)  # 2 / sqrt(4 + 4 - 7)
    assert found.difference[1, 2] == 5
    assert np.isnan(found.z[:, 2]).all()
    assert np.isnan(np.diag(found.z)).all()
    few = pairwise_test(np.array([12.0, 10, 5]), covariance, 4)
    assert few.p_value[0, 1] == pytest.approx(0.116117, abs=1e-6)  # Student's t, 4 df


def test_estimates_of_the_same_records_do_not_differ_by_rounding():
    found = pairwise_test(np.array([0.3, 0.3]), np.full((2, 2), 0.1))
    assert found.z[0, 1] == 0


def test_no_clear_difference_is_not_the_same_as_none():
    difference, margin = np.zeros(2), np.full(2, 3.0)
    known = np.full(2, np.nan)
    found = equivalence_p_values(difference, np.array([1.0, 9.0]), margin, known)
    np.testing.assert_allclose(found, [0.0013499, 0.1586553], atol=1e-7)  # beyond 3 and 1 errors


def test_a_difference_as_large_as_the_margin_is_not_within_it():
    found = equivalence_p_values(*arrays(-3, 1, 3, 10))
    assert found[0] == pytest.approx(0.5)
    assert equivalence_p_values(*arrays(4, 1, 3, 10))[0] > 0.5


def test_a_few_degrees_of_freedom_make_equivalence_harder():
    one_sided = 0.05
    room = 2.131847  # Student's 95 % quantile with 4 degrees of freedom
    assert equivalence_p_values(*arrays(0, 1, room, 4))[0] == pytest.approx(one_sided, rel=1e-6)


def test_the_smallest_detectable_difference_of_two_shares():
    # two samples of 400 at 50 %: 2.801585 sqrt(2 x 0.25 / 400)
    found = smallest_detectable(np.array([2 * 0.25 / 400, np.nan]))
    np.testing.assert_allclose(found, [0.0990510, np.nan], rtol=1e-6)
    assert smallest_detectable(np.array([1.0]), 0.9, 0.5)[0] == pytest.approx(1.644854)
