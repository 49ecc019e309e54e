"""Which cells of additive tables to hide so that no unsafe one can be found from the others.

A cell of too few people, or one that a few dominate, is unsafe and is hidden. Tables add up, so
hiding it alone is not enough: the whole less the other parts gives it back. `complements` hides
further cells until what can be worked out about an unsafe cell is an interval at least as wide
as the number of people needed, reaching at least that number: an attacker cannot tell that the
cell is small, and all that can be worked out exactly belongs to enough people together.

A table whose hidden cells are in no other table is decided exactly by a rule: two hidden parts,
together of enough people, may each be anything from nobody to all of them. Tables that share
hidden cells (crossed, or areas of areas) are held against linear programs.

Source: Hundepool, Domingo-Ferrer, Franconi, Giessing, Nordholt, Spicer, de Wolf: Statistical
Disclosure Control (2012), ch. 4 (4.2 sensitivity rules, 4.3 protection levels and the attacker's
problem); Fischetti and Salazar, Models and algorithms for optimizing cell suppression in tabular
data with linear constraints, JASA 95 (2000).
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array, eye_array, hstack, vstack
from scipy.sparse.csgraph import connected_components

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]
Truths = NDArray[np.bool_]

NOBODY = -1
TOLERANCE = 1e-6
INFEASIBLE = 2


class Tables(NamedTuple):
    """Additive tables: the parts of table t sum to cell `whole[t]`.

    `table` and `part` (m,) name the parts, one entry each; cells and tables are numbered from 0.
    """

    table: Codes
    part: Codes
    whole: Codes


class Cells(NamedTuple):
    """What may be hidden (c,).

    Attributes:
        size: people in each cell.
        needed: people an unsafe cell must be hidden among.
        counted: how many of the people fulfil the condition; NaN where values do not say.
    """

    size: Floats
    needed: Floats
    counted: Floats


class Hidden(NamedTuple):
    """Which cells are hidden (c,), and for each added one the unsafe cell it protects, else -1."""

    cells: Truths
    protects: Codes


def dominated(
    contribution: Floats, cell: Codes, cells: int, *, largest: int, share: float, margin: float
) -> Truths:
    """Cells whose total a few contributors make up, or give away to one another.

    Args:
        contribution: (n,) weighted contributions, 0 or more.
        cell: (n,) the cell of each contribution, numbered 0..cells-1.
        cells: how many cells there are.
        largest: how many of the largest contributors may not hold more than ...
        share: ... this share of the total: the (n, k) rule.
        margin: the second largest contributor, who knows its own, may not know the largest one's
            to within this share of it: the p % rule.

    Returns:
        (cells,) whether either rule is broken; a total of 0 breaks none.
    """
    order = np.lexsort([-contribution, cell])
    ranked, owner = contribution[order], cell[order]
    place = np.arange(len(owner)) - np.searchsorted(owner, owner)
    total = np.bincount(cell, contribution, cells)
    top = np.bincount(owner, ranked * (place < largest), cells)
    first = np.bincount(owner, ranked * (place == 0), cells)
    two = np.bincount(owner, ranked * (place < 2), cells)
    return (total > 0) & ((top > share * total) | (total - two < margin * first))


def complements(
    cells: Cells,
    unsafe: Truths,
    hidden: Truths,
    cost: Floats,
    tables: Tables,
) -> Hidden:
    """Hide further cells until every unsafe one is protected, the least costly first.

    Args:
        cells: what there is to hide.
        unsafe: (c,) cells to protect.
        hidden: (c,) cells that are not published anyway, such as who is in no group.
        cost: (c,) what is lost by hiding a cell; infinite where it may not be hidden.
        tables: how cells add up.
    """
    size, needed = cells.size, cells.needed
    found = Hidden(hidden | unsafe, np.full(len(size), NOBODY))
    guarded = unsafe.copy()
    while True:
        open_cost = np.where(found.cells | (size <= 0), np.inf, cost)
        table, protects = _open_tables(size, needed, found.cells, guarded, tables)
        if not len(table):
            given_away = _given_away(cells, found.cells, unsafe, tables)
            table, protects = _around(given_away, found.cells, open_cost, tables)
        chosen, place = _cheapest(table, open_cost, tables)
        if not len(chosen):
            return found
        found.cells[chosen] = guarded[chosen] = True
        found.protects[chosen] = protects[place]


def attainable(
    size: Floats, counted: Floats, hidden: Truths, tables: Tables, wanted: Codes
) -> tuple[Floats, Floats]:
    """The least and the most that each of some hidden cells may be, given all that is shown.

    Args:
        size: (c,) people in each cell.
        counted: (c,) how many of them fulfil the condition, which adds up like the people; NaN
            where values do not say.
        hidden: (c,) cells whose size and value are not known.
        tables: how cells add up.
        wanted: (w,) the cells asked for.

    Returns:
        lower and upper (w,), infinite where nothing limits a cell.
    """
    from scipy.optimize import linprog

    ends = np.empty((2, len(wanted)))
    group = _tied(hidden, tables)
    for place, cell in enumerate(wanted):
        columns = np.flatnonzero(hidden & (group == group[cell]))
        aim = np.r_[(columns == cell).astype(float), np.zeros(len(columns))]
        limits = _limits(size, counted, columns, tables)
        for end, sign in enumerate((1.0, -1.0)):
            solved = linprog(sign * aim, **limits, method="highs")
            if solved.status == INFEASIBLE:  # weighted values fit no counts of people
                limits = _limits(size, np.full(len(size), np.nan), columns, tables)
                solved = linprog(sign * aim, **limits, method="highs")
            ends[end, place] = sign * solved.fun if solved.status == 0 else sign * -np.inf
    return ends[0], ends[1]


def _limits(size: Floats, counted: Floats, columns: Codes, tables: Tables) -> dict[str, Any]:
    """What is known of hidden cells (h,): sums of their sizes, then of who is counted in them."""
    matrix = _signs(len(size), tables)
    bound = np.flatnonzero(abs(matrix)[:, columns].sum(axis=1) > 0)
    inside = matrix[bound][:, columns]
    is_known = np.ones(len(size), dtype=np.bool_)
    is_known[columns] = False
    sums = [-(matrix[bound] @ np.where(is_known, cells, 0.0)) for cells in (size, counted)]
    told = np.isfinite(sums[1]) & bool(np.isfinite(counted[columns]).all())
    of_people = hstack([inside, csr_array(inside.shape)])
    of_counted = hstack([csr_array(inside.shape), inside]).tocsr()[np.flatnonzero(told)]
    one = eye_array(len(columns))
    return {
        "A_eq": vstack([of_people, of_counted]),
        "b_eq": np.r_[sums[0], sums[1][told]],
        "A_ub": hstack([-one, one]),  # nobody is counted who is not there
        "b_ub": np.zeros(len(columns)),
    }


def _tied(hidden: Truths, tables: Tables) -> Codes:
    """The group of each cell (c,): hidden cells are tied by tables they are in together."""
    uses = abs(_signs(len(hidden), tables)) @ diags_array(hidden.astype(float))
    return np.asarray(connected_components(uses.T @ uses, directed=False)[1], dtype=np.intp)


def _signs(cells: int, tables: Tables) -> csr_array:
    """Tables by cells: 1 for a part, -1 for the whole."""
    count = len(tables.whole)
    values = np.r_[np.ones(len(tables.part)), -np.ones(count)]
    rows, columns = np.r_[tables.table, np.arange(count)], np.r_[tables.part, tables.whole]
    return csr_array((values, (rows, columns)), shape=(count, cells))


def _open_tables(
    size: Floats, needed: Floats, hidden: Truths, guarded: Truths, tables: Tables
) -> tuple[Codes, Codes]:
    """Tables whose hidden cells do not protect each other, with the guarded cell at risk in each.

    A table needs two hidden cells; among its parts, hidden under a known whole, enough people.
    """
    count = len(tables.whole)
    there = hidden & (size > 0)
    covered = there[tables.whole]
    parts = np.bincount(tables.table, there[tables.part], count)
    people = np.bincount(tables.table, np.where(there, size, 0.0)[tables.part], count)
    at_risk = np.full(count, NOBODY)
    at_risk[guarded[tables.whole]] = tables.whole[guarded[tables.whole]]
    entry = guarded[tables.part]
    at_risk[tables.table[entry]] = tables.part[entry]
    wanted = np.zeros(count)
    np.maximum.at(wanted, tables.table[entry], needed[tables.part[entry]])
    few = ~covered & (people < wanted)
    is_open = (at_risk != NOBODY) & ((parts + covered < 2) | few)
    return np.flatnonzero(is_open), at_risk[is_open]


def _given_away(cells: Cells, hidden: Truths, unsafe: Truths, tables: Tables) -> Codes:
    """Unsafe cells that linked tables give away."""
    linked = _linked(hidden & (cells.size > 0), tables)
    wanted = np.flatnonzero(linked & unsafe)
    lower, upper = attainable(cells.size, cells.counted, linked, tables, wanted)
    least = cells.needed[wanted] - TOLERANCE
    return wanted[(upper < least) | (upper - lower < least)]


def _around(cells: Codes, hidden: Truths, cost: Floats, tables: Tables) -> tuple[Codes, Codes]:
    """Tables where hiding more protects some cells, each with one of those.

    The tables they are parts of; where all of these is hidden already, of the tables tied to them
    the nearest one, and of several that with the least costly cell.
    """
    member = np.r_[tables.part, tables.whole]
    owner = np.r_[tables.table, np.arange(len(tables.whole))]
    least = np.full(len(tables.whole), np.inf)
    np.minimum.at(least, owner, cost[member])
    protects = np.full(len(hidden), NOBODY)
    protects[cells] = cells
    own = True
    while True:
        at_risk = np.full(len(least), NOBODY)
        np.maximum.at(at_risk, tables.table, protects[tables.part])
        table = np.flatnonzero((at_risk != NOBODY) & np.isfinite(least))
        if len(table):
            chosen = table if own else table[[np.argmin(least[table])]]
            return chosen, at_risk[chosen]
        reached = protects.copy()
        np.maximum.at(reached, member, np.where(hidden[member], at_risk[owner], NOBODY))
        if (reached == protects).all():
            return table, at_risk[table]
        protects, own = reached, False


def _linked(hidden: Truths, tables: Tables) -> Truths:
    """Hidden cells that are tied to one in two tables: no rule for single tables holds for them."""
    uses = np.bincount(np.r_[tables.part, tables.whole], minlength=len(hidden))
    shared = hidden & (uses > 1)
    if not shared.any():
        return shared
    group = _tied(hidden, tables)
    return hidden & np.isin(group, group[shared])


def _cheapest(table: Codes, cost: Floats, tables: Tables) -> tuple[Codes, Codes]:
    """For each of some tables its least costly part, and which of them it was chosen for.

    The whole is taken only where no part can be.
    """
    count = len(tables.whole)
    member = np.r_[tables.part, tables.whole]
    owner = np.r_[tables.table, np.arange(count)]
    is_whole = np.r_[np.zeros(len(tables.part)), np.ones(count)]
    position = np.full(count, NOBODY)
    position[table[::-1]] = np.arange(len(table))[::-1]
    possible = (position[owner] != NOBODY) & np.isfinite(cost[member])
    member, owner, is_whole = member[possible], owner[possible], is_whole[possible]
    order = np.lexsort([member, cost[member], is_whole, owner])
    _, first = np.unique(owner[order], return_index=True)
    best = order[first]
    chosen, once = np.unique(member[best], return_index=True)
    return chosen, position[owner[best]][once]
