"""Which cells are unsafe, and what else is hidden for them, on tables solved by hand."""

import numpy as np
import pytest

from urban_safety_monitor.statistics.suppression import (
    Cells,
    Tables,
    attainable,
    complements,
    dominated,
)


def one_table(*parts):
    """Cell 0 is the whole of all others."""
    count = len(parts)
    size = np.array([sum(parts), *parts], dtype=float)
    return size, Tables(np.zeros(count, int), np.arange(1, count + 1), np.zeros(1, int))


def hidden(size, tables, *, needed=10, cost=None, silent=()):
    every = np.full(len(size), float(needed))
    unsafe = size < needed
    left = np.isin(np.arange(len(size)), silent)
    counts = np.full(len(size), np.nan)
    cells = Cells(size, every, counts)
    found = complements(cells, unsafe, left, size if cost is None else cost, tables)
    return np.flatnonzero(found.cells).tolist(), found.protects


def rows_by_columns(inner):
    """Whole, row sums, column sums, then the inner cells row by row."""
    inner = np.array(inner, dtype=float)
    rows, columns = inner.shape
    size = np.r_[inner.sum(), inner.sum(axis=1), inner.sum(axis=0), inner.reshape(-1)]
    cell = 1 + rows + columns + np.arange(rows * columns)
    of_row, of_column = np.divmod(np.arange(rows * columns), columns)
    table = np.r_[of_row, rows + of_column, np.full(rows, rows + columns)]
    table = np.r_[table, np.full(columns, rows + columns + 1)]
    part = np.r_[cell, cell, 1 + np.arange(rows), 1 + rows + np.arange(columns)]
    whole = np.r_[1 + np.arange(rows + columns), 0, 0]
    return size, Tables(table, part, whole)


def test_the_least_costly_part_is_hidden_with_an_unsafe_one():
    size, tables = one_table(4, 40, 30, 90)
    found, protects = hidden(size, tables)
    assert found == [1, 3]
    assert protects[3] == 1
    assert hidden(size, tables, cost=-size)[0] == [1, 4]


def test_two_small_parts_need_enough_people_together():
    assert hidden(*one_table(4, 6, 90))[0] == [1, 2]
    assert hidden(*one_table(4, 5, 90))[0] == [1, 2, 3]


def test_people_who_are_not_told_protect_too():
    assert hidden(*one_table(4, 40, 6), silent=[3])[0] == [1, 3]
    assert hidden(*one_table(4, 40, 2), silent=[3])[0] == [1, 2, 3]


def test_nothing_is_hidden_where_nothing_is_unsafe():
    assert hidden(*one_table(40, 30))[0] == []


def test_the_whole_is_hidden_only_where_no_part_can_be():
    size, tables = one_table(4)
    assert hidden(size + 0, tables, needed=5)[0] == [0, 1]


def test_what_may_not_be_hidden_stays():
    size, tables = one_table(4, 40, 90)
    assert hidden(size, tables, cost=np.array([1, 1, np.inf, 1]))[0] == [1, 3]


def test_a_cell_in_two_tables_is_protected_in_both():
    size, tables = rows_by_columns([[5, 100, 200], [60, 80, 90]])
    found, _ = hidden(size, tables)
    inner = [cell - 6 for cell in found]
    assert inner == [0, 1, 3, 4]


def test_a_pattern_that_looks_closed_but_gives_a_cell_away_is_found():
    """Every row and column has two hidden cells or none, and yet one of them can be worked out."""
    inner = [[9, 1, 50, 50], [1, 60, 50, 50], [50, 50, 11, 12], [50, 50, 13, 14]]
    size, tables = rows_by_columns(inner)
    found, _ = hidden(size, tables)
    cells = np.isin(np.arange(len(size)), found)
    unsafe = np.flatnonzero(size < 10)
    lower, upper = attainable(size, np.full(len(size), np.nan), cells, tables, unsafe)
    assert (upper >= 10 - 1e-6).all() and (upper - lower >= 10 - 1e-6).all()
    by_rule = np.isin(np.arange(len(size)), [9, 10, 13, 14])
    lower, upper = attainable(size, np.full(len(size), np.nan), by_rule, tables, np.array([9]))
    assert (lower[0], upper[0]) == (0, 10)
    lower, upper = attainable(size, np.full(len(size), np.nan), by_rule, tables, np.array([10, 13]))
    assert upper.tolist() == [10, 10]


def test_how_many_were_counted_narrows_what_a_cell_can_be():
    size, tables = one_table(4, 40, 90)
    cells = np.array([False, True, True, False])
    unknown = np.full(4, np.nan)
    assert attainable(size, unknown, cells, tables, np.array([1]))[1] == [44]
    counted = np.array([50.0, 4.0, 16.0, 30.0])
    assert attainable(size, counted, cells, tables, np.array([1]))[1] == [44]
    assert attainable(size, counted, cells, tables, np.array([1]))[0] == [0]


def test_counts_that_fit_no_people_are_left_aside():
    size, tables = one_table(4, 40, 90)
    cells = np.array([False, True, True, False])
    absurd = np.array([500.0, 4.0, 16.0, 30.0])
    assert attainable(size, absurd, cells, tables, np.array([1]))[1] == [44]


@pytest.mark.parametrize(
    ("contributions", "expected"),
    [
        ([50, 40, 6, 4], True),  # two hold 90 percent
        ([40, 35, 15, 10], False),
        ([80, 1, 1, 1, 1, 1], True),  # the second knows the first to within 5 percent
        ([100], True),
        ([0, 0, 0], False),
    ],
)
def test_a_total_that_few_make_up_is_dominated(contributions, expected):
    """Hundepool et al. (2012), section 4.2: (2, 85) rule and 10 percent rule."""
    amounts = np.array(contributions, dtype=float)
    cell = np.zeros(len(amounts), dtype=int)
    found = dominated(amounts, cell, 1, largest=2, share=0.85, margin=0.10)
    assert found.tolist() == [expected]


def test_dominance_is_told_cell_by_cell():
    amounts, cell = np.array([90.0, 30, 10, 30, 30, 30]), np.array([0, 1, 0, 1, 1, 2])
    found = dominated(amounts, cell, 4, largest=1, share=0.85, margin=0.1)
    assert found.tolist() == [True, False, True, False]
