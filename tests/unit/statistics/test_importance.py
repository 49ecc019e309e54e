import numpy as np

from urban_safety_monitor.statistics.importance import (
    effective_importance,
    main_effects,
    pca_importance,
    within_parent,
)

PARENT = np.array([3, 3, 4, 5, 5, -1])
# every combination of four signs, so that columns are unrelated
SIGNS = np.array(np.meshgrid(*[[-1.0, 1.0]] * 4)).reshape(4, -1).T


def test_importance_counts_among_siblings():
    found = within_parent(np.array([1.0, 3, 5]), np.array([0, 0, 1]))
    np.testing.assert_allclose(found, [0.25, 0.75, 1])


def test_effective_importance_is_the_product_down_the_levels():
    found = effective_importance(np.array([1.0, 3, 5, 1, 3, 7]), PARENT)
    np.testing.assert_allclose(found, [0.0625, 0.1875, 0.75, 0.25, 0.75, 1])


def test_sets_of_importance_are_taken_side_by_side():
    sets = np.array([[1.0, 1], [3, 1], [5, 1], [1, 1], [3, 1], [1, 1]])
    found = effective_importance(sets, PARENT)
    np.testing.assert_allclose(found[:, 1], [0.25, 0.25, 0.5, 0.5, 0.5, 1])


def test_main_effects_of_unrelated_indicators_sum_to_1():
    found = main_effects(SIGNS, SIGNS @ [2.0, 1, 0, 0])
    np.testing.assert_allclose(found, [0.8, 0.2, 0, 0], atol=1e-12)


def test_main_effects_leave_out_what_is_missing():
    scores = np.vstack([SIGNS, [np.nan] * 4, np.full(4, 9.0)])
    total = np.append(SIGNS @ [2.0, 1, 0, 0], [7.0, np.nan])
    np.testing.assert_allclose(main_effects(scores, total), [0.8, 0.2, 0, 0], atol=1e-12)


def test_indicators_that_belong_to_components_bear_equal_shares():
    scores = SIGNS[:, [0, 0, 1, 1, 1]]
    np.testing.assert_allclose(pca_importance(scores), np.full(5, 0.2))


def test_what_belongs_to_no_component_kept_has_little_importance():
    # correlations of 0.9 within each of two pairs; the fifth is alone and explains no more than 1
    near = SIGNS + np.sqrt(0.1 / 0.9) * SIGNS[:, [2, 3, 0, 1]]
    scores = np.column_stack([SIGNS[:, 0], near[:, 0], SIGNS[:, 1], near[:, 1]])
    alone = SIGNS.prod(axis=1)
    found = pca_importance(np.column_stack([scores, alone]))
    np.testing.assert_allclose(found[:4], 0.25, atol=1e-9)
    np.testing.assert_allclose(found[4], 0, atol=1e-9)
