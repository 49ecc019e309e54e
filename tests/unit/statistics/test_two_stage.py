"""Two-stage variances written out plainly."""

import numpy as np
import pytest

from urban_safety_monitor.statistics.linearisation import Design, covariances
from urban_safety_monitor.statistics.two_stage import (
    TwoStageDesign,
    degrees_of_freedom,
    two_stage_covariances,
)

# Two PSUs of a stratum of ten, with two of eight and three of six SSUs in the sample.
PSU = np.array([0, 0, 1, 1, 1])
INFLUENCE = np.array([1.0, 3.0, -2.0, -1.0, 0.0])[:, None]
CELL = np.zeros(5, dtype=np.intp)


def design(psu_fraction=0.2, ssu_fraction=(0.25, 0.5), rule="adjust", ssus=(2, 3)):
    first = Design(np.array([0, 0]), np.array([2]), np.array([psu_fraction]), rule)
    return TwoStageDesign(PSU, np.array(ssus), np.array(ssu_fraction), first)


def variance(made, influence=INFLUENCE, cell=CELL):
    return two_stage_covariances(influence, influence, cell, 1, made)[0, 0]


def test_between_and_within_by_hand():
    # PSU totals 4 and -3: 0.8 x 2/1 x (3.5^2 + 3.5^2) = 39.2
    # within: 0.2 x (0.75 x 2/1 x (1 + 1) + 0.5 x 3/2 x (1 + 0 + 1)) = 0.2 x (3 + 1.5)
    assert variance(design()) == pytest.approx(39.2 + 0.9)


def test_a_first_stage_from_a_long_list_is_the_ultimate_cluster():
    made = design(psu_fraction=0.0)
    totals = np.array([[4.0], [-3.0]])
    ultimate = covariances(totals, totals, CELL[:2], 1, made.first)
    assert variance(made) == ultimate[0, 0] == pytest.approx(49)


def test_psus_taken_with_certainty_vary_only_within():
    assert variance(design(psu_fraction=1.0)) == pytest.approx(4.5)


def test_a_complete_second_stage_adds_nothing():
    assert variance(design(ssu_fraction=(1.0, 1.0))) == pytest.approx(39.2)


def test_ssus_outside_the_cell_count_as_zeros():
    there = np.array([True, True, True, True, False])
    made = design()._replace(psu=PSU[there])
    assert variance(made, INFLUENCE[there], CELL[there]) == pytest.approx(variance(design()))


@pytest.mark.parametrize(("rule", "expected"), [("fail", np.nan), ("certainty", 39.2 + 0.6)])
def test_the_only_ssu_sampled_of_several_follows_the_rule(rule, expected):
    made = design(rule=rule, ssus=(2, 1))._replace(psu=np.array([0, 0, 1]))
    influence = np.array([[1.0], [3.0], [-3.0]])
    found = variance(made, influence, CELL[:3])
    np.testing.assert_allclose(found, expected)


def test_an_only_ssu_whose_psu_comes_from_a_long_list_is_no_such_case():
    made = design(psu_fraction=0.0, rule="fail", ssus=(2, 1))._replace(psu=np.array([0, 0, 1]))
    assert variance(made, np.array([[1.0], [3.0], [-3.0]]), CELL[:3]) == pytest.approx(49)


def test_degrees_of_freedom_are_psus_with_members_less_strata():
    members = np.array([[1, 1, 1], [1, 0, 0], [1, 0, 1], [1, 0, 0], [1, 0, 0]], dtype=bool)
    found = degrees_of_freedom(members, CELL, 1, design())
    np.testing.assert_array_equal(found, [[1, 0, 1]])
