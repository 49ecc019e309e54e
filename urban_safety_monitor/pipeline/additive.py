"""How the cells of estimates add up, which is how a withheld one could be found.

The categories of a disaggregation add up to everybody, with who is left over: people who did not
answer. Categories of a crossed disaggregation (`sex*age`) add up to those of either; areas add up
to the area they are part of, where the same survey is told of both.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from urban_safety_monitor.statistics.suppression import Codes, Floats, Tables
from urban_safety_monitor.tables.inputs import TOTAL

KEY = ["indicator", "area", "period", "disaggregation", "category"]
LEFT_OVER = "\0"
"""A category that no catalogue has."""


class Added(NamedTuple):
    """Tables over the rows of a frame of estimates, and behind them who is left over.

    Attributes:
        tables: cells 0..rows-1 are rows; those behind are people without a row.
        size: (c,) people in each cell.
        row_of: (c,) the row itself; of people without one, a row of the same indicator.
    """

    tables: Tables
    size: Floats
    row_of: Codes

    def counted(self, of_rows: Floats) -> Floats:
        """A quantity of the rows (n,) that adds up as people do, for every cell (c,)."""
        (table, part, whole), every = self.tables, np.full(len(self.size), np.nan)
        every[: len(of_rows)] = of_rows
        while True:
            unknown = np.isnan(every[part]) & (part >= len(of_rows))
            parts = np.bincount(table, np.where(unknown, 0.0, every[part]), len(whole))
            left_over = every[whole] - parts
            alone = np.bincount(table, unknown, len(whole)) == 1
            found = unknown & alone[table] & ~np.isnan(left_over[table])
            if not found.any():
                return every
            every[part[found]] = left_over[table[found]]


def added_up(estimates: pd.DataFrame, parents: Mapping[str, str]) -> Added:
    """The tables that these estimates are cells of.

    Args:
        estimates: with `n`; rows without people take no part.
        parents: the area that an area is part of.
    """
    rows = estimates[[*KEY, "n"]].assign(row=np.arange(len(estimates)))
    rows = pd.concat([rows, _left_over(rows)], ignore_index=True)
    size = rows["n"].fillna(0.0).to_numpy(dtype=float)
    links = pd.concat([*_margins(rows), _areas(rows, parents)], ignore_index=True)
    tables, rest = _numbered(links, size)
    more = np.flatnonzero(rest > 0)
    row_of = rows["row"].to_numpy(dtype=np.intp)
    return Added(
        tables._replace(
            table=np.r_[tables.table, more],
            part=np.r_[tables.part, len(size) + np.arange(len(more))],
        ),
        np.r_[size, rest[more]],
        np.r_[row_of, row_of[tables.whole[more]]],
    )


def _numbered(links: pd.DataFrame, size: Floats) -> tuple[Tables, Floats]:
    """Tables of these links, and what is left over in each.

    Areas that hold more people than their whole are of another survey and make no table.
    """
    links = links[(links["whole"] >= 0) & (size[links["part"]] > 0)]
    number = links.groupby(["whole", "by"], sort=False).ngroup().to_numpy(dtype=np.intp)
    parts = np.bincount(number, size[links["part"]])
    whole = np.zeros(len(parts), dtype=np.intp)
    whole[number] = links["whole"]
    rest = size[whole] - parts
    of_areas = np.zeros(len(rest), dtype=bool)
    of_areas[number] = links["by"] == "area"
    holds = (rest >= 0) | ~of_areas
    kept = holds[number]
    tables = Tables(
        (np.cumsum(holds) - 1)[number[kept]],
        links["part"].to_numpy(dtype=np.intp)[kept],
        whole[holds],
    )
    return tables, rest[holds]


def _left_over(rows: pd.DataFrame) -> pd.DataFrame:
    """A row for who is in no category of a table, named as a further category of it."""
    size = rows["n"].fillna(0.0).to_numpy(dtype=float)
    links = pd.concat(_margins(rows), ignore_index=True)
    links = links[(links["whole"] >= 0) & (size[links["part"]] > 0)]
    number = links.groupby(["whole", "by"], sort=False).ngroup().to_numpy()
    _, first = np.unique(number, return_index=True)
    one = links.iloc[first]
    rest = size[one["whole"]] - np.bincount(number, size[links["part"]])
    found = rows.iloc[one["part"]].assign(
        category=[
            _with(text, place, LEFT_OVER)
            for text, place in zip(rows["category"].iloc[one["part"]], one["place"], strict=True)
        ],
        n=rest,
        row=one["whole"].to_numpy(),
    )
    return found[rest > 0].drop_duplicates(KEY)


def _margins(rows: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Each row below what remains when one of its disaggregations is left out."""
    keys = pd.MultiIndex.from_frame(rows[KEY])
    everybody = rows.assign(disaggregation=TOTAL, category=TOTAL)
    total = keys.get_indexer(pd.MultiIndex.from_frame(everybody[KEY]))
    by = rows["disaggregation"]
    crossed = np.flatnonzero(by.str.contains("*", regex=False))
    flat = np.setdiff1d(np.flatnonzero(by != TOTAL), crossed)
    yield _links(flat, total[flat], by.iloc[flat], 0)
    inner = rows.iloc[crossed]
    depth = inner["disaggregation"].str.count(r"\*").to_numpy(dtype=np.intp)
    for place in range(depth.max(initial=-1) + 1):
        margin = inner.assign(
            disaggregation=[_without(text, place) for text in inner["disaggregation"]],
            category=[_without(text, place) for text in inner["category"]],
        )
        whole = keys.get_indexer(pd.MultiIndex.from_frame(margin[KEY]))
        # Where the margin is not told, all crossed cells still add up to everybody.
        whole = np.where(whole < 0, total[crossed], whole)
        yield _links(crossed, whole, inner["disaggregation"], place)[depth >= place]


def _links(part: Codes, whole: Codes, by: pd.Series, place: int) -> pd.DataFrame:
    named = by.to_numpy(dtype=object) + f" {place}"
    return pd.DataFrame({"part": part, "whole": whole, "by": named, "place": place})


def _without(names: str, place: int) -> str:
    parts = names.split("*")
    return "*".join(parts[:place] + parts[place + 1 :])


def _with(names: str, place: int, other: str) -> str:
    parts = names.split("*")
    return "*".join([*parts[:place], other, *parts[place + 1 :]])


def _areas(rows: pd.DataFrame, parents: Mapping[str, str]) -> pd.DataFrame:
    """Each row below that of the area its own is part of."""
    parent = rows["area"].map(parents)
    inside = np.flatnonzero(parent.isin(rows["area"].unique()))
    keys = pd.MultiIndex.from_frame(rows[KEY])
    above = rows.iloc[inside].assign(area=parent.iloc[inside])
    whole = keys.get_indexer(pd.MultiIndex.from_frame(above[KEY]))
    return pd.DataFrame({"part": inside, "whole": whole, "by": "area", "place": 0})
