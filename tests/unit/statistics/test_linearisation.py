"""Estimates and variances against the textbook's formulas, written out plainly."""

import numpy as np
import pytest

from urban_safety_monitor.statistics.linearisation import (
    Design,
    covariance_matrix,
    covariances,
    degrees_of_freedom,
    ratios,
    sums_by,
    totals,
)

RULES = ["fail", "certainty", "adjust", "average"]


def design(stratum, psus, fraction=None, rule="adjust"):
    psus = np.asarray(psus, dtype=np.int64)
    fractions = np.zeros(len(psus)) if fraction is None else np.asarray(fraction, dtype=float)
    return Design(np.asarray(stratum, dtype=np.intp), psus, fractions, rule)


def column(*values):
    return np.array(values, dtype=float)[:, None]


def one_cell(rows):
    return np.zeros(rows, dtype=np.intp)


def by_hand(influence, stratum, psus, fraction=None):
    """Sum over strata of (1 - f) m/(m-1) times the squared deviations, zeros included."""
    variance = 0.0
    for h, sampled in enumerate(psus):
        present = influence[np.asarray(stratum) == h]
        if len(present) == 0:
            continue
        e = np.concatenate([present, np.zeros(sampled - len(present))])
        f = 0.0 if fraction is None else fraction[h]
        variance += (1 - f) * sampled / (sampled - 1) * ((e - e.mean()) ** 2).sum()
    return variance


def test_sums_by_adds_rows_of_a_group_and_leaves_empty_groups_at_zero():
    sums = sums_by(np.array([2, 0, 2]), 4, np.array([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]]))
    np.testing.assert_array_equal(sums, [[2, 20], [0, 0], [4, 40], [0, 0]])


def test_sums_by_of_nothing_is_zero():
    np.testing.assert_array_equal(sums_by(one_cell(0), 2, np.zeros((0, 3))), np.zeros((2, 3)))


def test_ratio_and_its_influences():
    found = ratios(column(1, 3, 2), column(4, 4, 8), one_cell(3), 1)
    assert found.value[0, 0] == 6 / 16
    np.testing.assert_allclose(found.influence, column(-0.5, 1.5, -1.0) / 16)


def test_influences_of_a_ratio_sum_to_zero_in_each_cell():
    rng = np.random.default_rng(1)
    cell = np.array([0, 1, 0, 1, 1, 0])
    found = ratios(rng.random((6, 3)), rng.random((6, 3)), cell, 2)
    np.testing.assert_allclose(sums_by(cell, 2, found.influence), 0, atol=1e-15)


def test_ratio_of_an_empty_denominator_is_missing():
    found = ratios(column(1, 0), column(2, 0), np.array([0, 1]), 2)
    np.testing.assert_array_equal(found.value, column(0.5, np.nan))


def test_total_is_the_sum_and_its_influences_are_the_psus_own():
    found = totals(column(5, 7), one_cell(2), 1)
    assert found.value[0, 0] == 12
    np.testing.assert_array_equal(found.influence, column(5, 7))


def test_variance_of_a_stratified_cluster_sample():
    influence, stratum, psus = np.array([0.5, -0.1, 0.2, -0.4, -0.2]), [0, 0, 0, 1, 1], [3, 2]
    found = covariances(
        influence[:, None], influence[:, None], one_cell(5), 1, design(stratum, psus)
    )
    # 3/2 of the squares around 0.2 in the first stratum, 2/1 around -0.3 in the second
    assert found[0, 0] == pytest.approx(1.5 * (0.09 + 0.09 + 0.0) + 2 * (0.01 + 0.01))
    assert found[0, 0] == pytest.approx(by_hand(influence, stratum, psus))


def test_psus_without_members_count_as_zeros():
    influence, stratum, psus = np.array([0.5, -0.5]), [0, 0], [6]
    found = covariances(
        influence[:, None], influence[:, None], one_cell(2), 1, design(stratum, psus)
    )
    assert found[0, 0] == pytest.approx(6 / 5 * (0.25 + 0.25))
    assert found[0, 0] == pytest.approx(by_hand(influence, stratum, psus))
    uneven = np.array([0.5, -0.1])
    found = covariances(uneven[:, None], uneven[:, None], one_cell(2), 1, design(stratum, psus))
    assert found[0, 0] == pytest.approx(by_hand(uneven, stratum, psus))


def test_finite_population_correction_by_stratum():
    influence, stratum, psus = np.array([1.0, -1.0, 2.0, -2.0]), [0, 0, 1, 1], [2, 2]
    found = covariances(
        influence[:, None], influence[:, None], one_cell(4), 1, design(stratum, psus, [0.5, 1.0])
    )
    assert found[0, 0] == pytest.approx(0.5 * 2 * 2.0)  # the second stratum was counted whole


def test_covariance_pairs_two_estimates():
    first, second = np.array([1.0, -1.0, 0.0]), np.array([2.0, 0.0, -2.0])
    found = covariances(first[:, None], second[:, None], one_cell(3), 1, design([0, 0, 0], [3]))
    assert found[0, 0] == pytest.approx(3 / 2 * 2.0)


def test_cells_do_not_touch_each_other():
    influence = column(1, 100, -1, -100)
    cell = np.array([0, 1, 0, 1])
    found = covariances(influence, influence, cell, 2, design([0, 0, 0, 0], [2]))
    np.testing.assert_allclose(found, column(4, 40_000))


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("certainty", 2 * 0.5),
        ("adjust", 2 * 0.5 + 0.3**2),
        ("average", 2 * 0.5 * 2 / 1),
        ("fail", np.nan),
    ],
)
def test_each_rule_for_a_stratum_with_a_single_psu(rule, expected):
    influence = column(0.5, -0.5, 0.3)
    found = covariances(influence, influence, one_cell(3), 1, design([0, 0, 1], [2, 1], rule=rule))
    np.testing.assert_allclose(found[0, 0], expected)


@pytest.mark.parametrize("rule", RULES)
def test_an_only_psu_taken_with_certainty_adds_nothing_under_any_rule(rule):
    influence = column(1, 3, 10)
    made = design([0, 0, 1], [2, 1], [0.0, 1.0], rule)
    expected = by_hand(np.array([1.0, 3.0]), [0, 0], [2])
    found = covariances(influence, influence, one_cell(3), 1, made)
    np.testing.assert_allclose(found, [[expected]])
    np.testing.assert_allclose(covariance_matrix(influence, made), [[expected]])


def test_average_of_no_other_stratum_is_missing():
    influence = column(0.5, -0.5)
    found = covariances(
        influence, influence, one_cell(2), 1, design([0, 1], [1, 1], rule="average")
    )
    assert np.isnan(found[0, 0])


def test_a_stratum_seen_in_one_of_its_psus_is_not_a_single_psu_stratum():
    influence = column(0.3)
    found = covariances(influence, influence, one_cell(1), 1, design([0], [3], rule="fail"))
    assert found[0, 0] == pytest.approx(by_hand(influence[:, 0], [0], [3]))


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("seed", range(5))
def test_covariance_matrix_holds_the_same_sums(rule, seed):
    rng = np.random.default_rng(seed)
    stratum = np.repeat(np.arange(4), [3, 1, 4, 2])
    given = design(stratum, [4, 1, 4, 2], rng.uniform(0, 0.5, 4), rule)
    influence = rng.normal(size=(10, 3))
    matrix = covariance_matrix(influence, given)
    for j in range(3):
        paired = np.repeat(influence[:, [j]], 3, axis=1)
        row = covariances(paired, influence, one_cell(10), 1, given)[0]
        np.testing.assert_allclose(matrix[j], row, rtol=1e-12)
    np.testing.assert_allclose(matrix, matrix.T)


def test_covariance_matrix_is_positive():
    rng = np.random.default_rng(3)
    matrix = covariance_matrix(rng.normal(size=(12, 4)), design(np.arange(12) // 4, [4, 5, 6]))
    assert np.linalg.eigvalsh(matrix).min() > 0


def test_degrees_of_freedom_are_psus_less_strata_with_members():
    members = np.array([[True, True], [True, False], [True, False], [True, False], [False, False]])
    found = degrees_of_freedom(members, one_cell(5), 1, design([0, 0, 0, 1, 2], [3, 1, 1]))
    np.testing.assert_array_equal(found, [[2, 0]])


def test_degrees_of_freedom_by_cell():
    members = np.ones((5, 1), dtype=bool)
    found = degrees_of_freedom(
        members, np.array([0, 0, 0, 1, 1]), 2, design([0, 0, 1, 0, 1], [2, 1])
    )
    np.testing.assert_array_equal(found, [[1], [0]])
