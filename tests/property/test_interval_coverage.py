"""A 95 % interval of a share holds it in 94 to 96 % of samples; the peers' usual one does not.

Seeded samples of clusters, of clusters in pairs and of uneven weights, shares from 1 to 50 %, each
averaged over shares around it: counts are whole numbers, and coverage swings with the share for
every interval. The whole table stands in docs/method/coverage.md.
"""

import numpy as np
import pytest

from tests.bench.coverage import AROUND, ENOUGH, LEVELS, cells, possible

OURS, PEERS = "Wilson, settled", "symmetric, normal"


@pytest.fixture(scope="module")
def designs():
    return list(cells(AROUND, sizes=[300], methods=[OURS, PEERS]))


def coverage(designs, method):
    return np.array([design.coverage[[OURS, PEERS].index(method)] for design in designs])


def test_intervals_hold_their_level_from_few_events_on(designs):
    enough = [design for design in designs if design.events >= ENOUGH]
    held = coverage(enough, OURS)
    assert len(enough) > 30
    assert {design.design for design in enough} == {"clusters", "pairs", "weights"}
    assert (held >= LEVELS[0]).all() and (held <= LEVELS[1]).all()


def test_intervals_err_on_the_safe_side_where_events_are_fewer(designs):
    few = coverage([design for design in designs if design.events < ENOUGH], OURS)
    assert len(few) > 10
    assert (few >= LEVELS[0]).all() and (few <= 97.5).all()


def test_the_symmetric_interval_falls_short(designs):
    held = coverage(designs, PEERS)
    assert (held < LEVELS[0]).mean() > 0.5
    assert held.min() < 75


def test_no_interval_from_counts_can_hold_one_percent_of_a_hundred():
    """0 to 2 events come up in 92.1 % of samples, 0 to 3 in 98.2 %."""
    assert not possible(0.01, 100)
    assert possible(0.05, 1000)
