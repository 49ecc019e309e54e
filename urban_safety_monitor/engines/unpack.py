"""From the query's rows to `PsuTotals`: groups added up, rows in order, sums by term.

Engines give rows in any order. They come out by area, period, group, category, stratum and PSU, so
that the same records give the same bytes. Groups that were not summed by the engine are added up
here; sums on the grid are exact, so that makes no difference to a single bit.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import reduce

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from urban_safety_monitor.engines.query import CROSSED, DESIGN, Groups, Query
from urban_safety_monitor.engines.sums import TotalsSql
from urban_safety_monitor.tables.inputs import TOTAL
from urban_safety_monitor.tables.totals import CELL, PsuTotals

Codes = NDArray[np.int64]

SQUARES = ("yy", "xy", "xx", "weight")
THREADS = 2
"""Columns that are put in order at the same time: memory is too slow for many more."""


@dataclass(frozen=True)
class _Coded:
    """A column of texts as numbers in the texts' order; -1 where there is none."""

    codes: Codes
    texts: list[str]

    @property
    def width(self) -> int:
        return len(self.texts) + 1


@dataclass(frozen=True)
class _Block:
    """Totals of one kind of groups.

    Attributes:
        groups: which.
        rows: (m,) rows of the table that are added up, those of the same total side by side.
        starts: (n,) where in `rows` each total starts.
        category: (n,) number of the total's category in `names`.
        names: categories.
    """

    groups: Groups
    rows: Codes
    starts: Codes
    category: Codes
    names: list[str]


def unpacked(table: pa.Table, query: Query, sql: TotalsSql, psus: pd.DataFrame) -> PsuTotals:
    """PSU totals out of the query's rows, in order.

    Args:
        table: the rows.
        query: what was asked.
        sql: which column is what.
        psus: area, period, stratum, psus, psus_in_population.
    """
    design = {name: _coded(table[name]) for name in DESIGN}
    blocks = [*_blocks(table, query, _combined([*design.values()]))]
    first = np.concatenate([block.rows[block.starts] for block in blocks])
    order = _order(design, blocks, first)
    rows, place = _places_of_rows(blocks, order)
    shape = (len(order), len(query.terms))
    arrays = {role: np.empty(shape, order="F") for role in ("n", "y", "x")}
    squares = {
        k: np.empty((len(order), len(SQUARES))) for k, r in enumerate(sql.roles) if "yy" in r
    }

    def fill(column: str, places: Sequence[tuple[str, int]]) -> None:
        # The sum of no known number at all is an empty sum.
        values = pc.fill_null(pc.cast(table[column], pa.float64()), 0.0).to_numpy()
        values = np.bincount(place, values.take(rows), len(order))
        for role, k in places:
            target = arrays[role][:, k] if role in arrays else squares[k].T[SQUARES.index(role)]
            target[:] = values

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(fill, *zip(*_places(sql).items(), strict=True)))
    keys = _keys(design, blocks, first, order)
    return PsuTotals(keys, query.terms, arrays["n"], arrays["y"], arrays["x"], squares, psus)


def _places(sql: TotalsSql) -> dict[str, list[tuple[str, int]]]:
    """Column -> the roles it plays, each with the number of the term."""
    places: dict[str, list[tuple[str, int]]] = {}
    for k, roles in enumerate(sql.roles):
        for role, column in roles.items():
            places.setdefault(column, []).append((role, k))
    return places


def _coded(column: pa.ChunkedArray) -> _Coded:
    encoded = pc.cast(column, pa.string()).combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    texts = np.array(encoded.dictionary.to_pylist(), dtype=object)
    rank = np.argsort(texts)
    place = np.empty(len(texts) + 1, dtype=np.int64)
    place[rank], place[-1] = np.arange(len(texts)), -1
    codes = pc.fill_null(encoded.indices, len(texts)).to_numpy(zero_copy_only=False)
    return _Coded(place[codes], texts[rank].tolist())


def _combined(columns: Sequence[_Coded]) -> Codes:
    """One number per combination, in the columns' order."""
    zero = np.zeros(len(columns[0].codes), dtype=np.int64)
    return reduce(lambda number, column: number * column.width + column.codes, columns, zero)


def _blocks(table: pa.Table, query: Query, psu: Codes) -> Iterator[_Block]:
    by = {name: _coded(table[f"by_{name}"]) for name in query.disaggregations}
    rows = {groups: _rows_of(table, query, groups) for groups in query.grouped}
    for wanted in query.wanted:
        held = [groups for groups in query.grouped if set(wanted) <= set(groups)]
        chosen = min((rows[groups] for groups in held), key=len)
        columns = [by[name] for name in wanted]
        for column in columns:
            chosen = chosen[column.codes[chosen] >= 0]
        yield _block(wanted, chosen, psu, columns)


def _rows_of(table: pa.Table, query: Query, groups: Groups) -> Codes:
    chosen = np.ones(len(table), dtype=bool)
    for name in query.disaggregations:
        chosen &= table[f"without_{name}"].to_numpy() == (0 if name in groups else 1)
    return np.flatnonzero(chosen)


def _block(groups: Groups, rows: Codes, psu: Codes, columns: Sequence[_Coded]) -> _Block:
    parts = [_Coded(column.codes[rows], column.texts) for column in columns]
    category = _combined(parts) if parts else np.zeros(len(rows), dtype=np.int64)
    order = np.lexsort((category, psu[rows]))
    rows, category = rows[order], category[order]
    new = np.ones(len(rows), dtype=bool)
    new[1:] = (np.diff(psu[rows]) != 0) | (np.diff(category) != 0)
    starts = np.flatnonzero(new)
    numbers, number = np.unique(category[starts], return_inverse=True)
    return _Block(groups, rows, starts, number, [_name(n, columns) for n in numbers])


def _name(number: int, columns: Sequence[_Coded]) -> str:
    names = []
    for column in reversed(columns):
        number, code = divmod(int(number), column.width)
        names.append(column.texts[code])
    return CROSSED.join(reversed(names)) if columns else TOTAL


def _order(design: dict[str, _Coded], blocks: Sequence[_Block], first: Codes) -> Codes:
    psu = _combined([design["stratum"], design["psu"]])[first]
    survey = _combined([design["area"], design["period"]])[first]
    kind = np.repeat(np.arange(len(blocks)), [len(block.starts) for block in blocks])
    category = np.concatenate([block.category for block in blocks])
    return np.lexsort((psu, category, kind, survey))


def _places_of_rows(blocks: Sequence[_Block], order: Codes) -> tuple[Codes, Codes]:
    """Which rows are added up, block by block, and into which place in order each goes."""
    rows = np.concatenate([block.rows for block in blocks])
    new = np.zeros(len(rows), dtype=np.int64)
    before = np.cumsum([0, *(len(block.rows) for block in blocks)])
    new[np.concatenate([block.starts + b for block, b in zip(blocks, before, strict=False)])] = 1
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    return rows, place[np.cumsum(new) - 1]


def _keys(
    design: dict[str, _Coded], blocks: Sequence[_Block], first: Codes, order: Codes
) -> pd.DataFrame:
    rows = first[order]
    columns = {name: _texts(c.texts, c.codes[rows]) for name, c in design.items()}
    kinds = [CROSSED.join(block.groups) or TOTAL for block in blocks]
    names = [name for block in blocks for name in block.names]
    before = np.cumsum([0, *(len(block.names) for block in blocks)])
    kind = np.repeat(np.arange(len(blocks)), [len(block.starts) for block in blocks])
    category = np.concatenate([block.category for block in blocks]) + before[kind]
    columns["disaggregation"] = _texts(kinds, kind[order])
    columns["category"] = _texts(names, category[order])
    return pd.DataFrame({name: columns[name] for name in [*CELL, "stratum", "psu"]})


def _texts(texts: Sequence[str], codes: Codes) -> pd.Series:
    return pd.Series(pa.array(texts, pa.large_string()).take(pa.array(codes)), dtype="str")
