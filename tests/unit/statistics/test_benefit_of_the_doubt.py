import numpy as np
import pytest

from urban_safety_monitor.statistics.benefit_of_the_doubt import benefit_of_the_doubt

SCORES = np.array([[100.0, 20], [50, 80], [40, 40], [np.nan, 99]])


def test_each_is_judged_by_its_best_weights_under_which_nobody_exceeds_100():
    found = benefit_of_the_doubt(SCORES)
    # Both first units bind the third: 100 a + 20 b = 50 a + 80 b = 1, so 40 a + 40 b = 22 / 35.
    np.testing.assert_allclose(found.score, [100, 100, 2200 / 35, np.nan])
    np.testing.assert_allclose(found.share[2], [6 / 11, 5 / 11])
    assert np.isnan(found.share[3]).all()


def test_limits_bind_the_share_of_each_indicator():
    found = benefit_of_the_doubt(SCORES, least=0.5, most=0.5)
    # Equal shares: of the third unit equal weights, and 130 of them make the second's 1.
    assert found.score[2] == pytest.approx(8000 / 130)
    np.testing.assert_allclose(found.share[:3], 0.5)


def test_a_score_of_0_cannot_bear_a_share():
    scores = np.array([[0.0, 50], [80, 40]])
    np.testing.assert_allclose(benefit_of_the_doubt(scores).score, [100, 100])
    found = benefit_of_the_doubt(scores, least=0.2)
    np.testing.assert_allclose(found.score, [np.nan, 100])
