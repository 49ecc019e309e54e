"""DuckDB runs the query: on Parquet files on disk, or on pandas frames in memory."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.catalogue.indicator import Indicator
from urban_safety_monitor.engines.expressions import identifier, literal
from urban_safety_monitor.engines.query import (
    DESIGN,
    SQUARES,
    Query,
    columns_needed,
    columns_of_groups,
    is_asked,
    psu_counts_query,
    psu_totals_query,
)
from urban_safety_monitor.tables.inputs import TOTAL
from urban_safety_monitor.tables.totals import CELL, Floats, PsuTotals

Columns = dict[str, Any]

CROSSED = "*"
"""Joins disaggregations, and their categories, that are crossed."""


def psu_totals(
    microdata: pd.DataFrame | Sequence[Path],
    catalogue: Catalogue,
    indicators: Sequence[Indicator],
    disaggregations: Sequence[str] = (),
) -> PsuTotals:
    """Reduce persons' records to PSU totals.

    Args:
        microdata: a Microdata frame, or Parquet files of that form.
        catalogue: declares the disaggregations.
        indicators: survey indicators wanted; those whose columns are absent get no records.
        disaggregations: ids of the groupings wanted; one whose columns are absent is left out.
    """
    with duckdb.connect(config={"threads": 1}) as connection:
        # One thread: sums of the same records are then the same to the last bit in every run.
        connection.execute("SET enable_progress_bar = false")
        connection.execute("SET autoinstall_known_extensions = false")
        connection.execute("SET autoload_known_extensions = false")
        relation = _relation(connection, microdata)
        described = connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
        present = {name for name, *_ in described}
        measured = [i for i in indicators if is_asked(i, present)]
        groups = [
            name
            for name in disaggregations
            if columns_of_groups(catalogue.disaggregations[name]) & present
        ]
        absent = set().union(*(columns_needed(i) for i in measured)) | set().union(
            *(columns_of_groups(d) for d in catalogue.disaggregations.values())
        )
        padded = _with_empty_columns(relation, sorted(absent - present))
        query = psu_totals_query(catalogue, measured, groups, padded)
        wide = connection.execute(query.sql).fetchnumpy()
        counts = connection.execute(
            psu_counts_query(relation, population_known="psus_in_stratum" in present)
        ).df()
    return _unpacked(wide, counts, query)


def _relation(connection: duckdb.DuckDBPyConnection, microdata: object) -> str:
    if isinstance(microdata, pd.DataFrame):
        connection.register("microdata", microdata)
        return "microdata"
    files = ", ".join(literal(str(path)) for path in microdata)  # type: ignore[attr-defined]
    return f"(SELECT * FROM read_parquet([{files}], union_by_name = true))"


def _with_empty_columns(relation: str, columns: Sequence[str]) -> str:
    """The relation with columns nobody was asked about, all unknown."""
    empty = "".join(f", CAST(NULL AS INTEGER) AS {identifier(column)}" for column in columns)
    return f"(SELECT *{empty} FROM {relation}) AS padded"


def _unpacked(wide: Columns, counts: pd.DataFrame, query: Query) -> PsuTotals:
    keys, rows = [], []
    for groups in query.grouping_sets:
        chosen = np.flatnonzero(_in_grouping_set(wide, groups))
        part = pd.DataFrame({name: wide[name][chosen] for name in DESIGN}, dtype="str")
        named = [wide[f"by_{name}"][chosen].astype("str") for name in groups]
        category = _crossed(named) if named else TOTAL
        keys.append(
            part.assign(disaggregation=CROSSED.join(groups) or TOTAL, category=category).astype(
                "str"
            )
        )
        rows.append(chosen)
    order = np.concatenate(rows)
    terms = range(len(query.terms))
    return PsuTotals(
        keys=pd.concat(keys, ignore_index=True)[[*CELL, "stratum", "psu"]],
        terms=query.terms,
        n=_stacked(wide, [f"n_{k}" for k in terms], order),
        numerator=_stacked(wide, [f"numerator_{k}" for k in terms], order),
        denominator=_stacked(wide, [f"denominator_{k}" for k in terms], order),
        squares={
            k: _stacked(wide, [f"{name}_{k}" for name in SQUARES], order)
            for k in terms
            if f"yy_{k}" in wide
        },
        psus=counts.astype({"area": "str", "period": "str", "stratum": "str"}),
    )


def _crossed(names: Sequence[np.ndarray]) -> np.ndarray:
    crossed = names[0]
    for other in names[1:]:
        crossed = np.strings.add(np.strings.add(crossed, CROSSED), other)
    return np.ma.getdata(crossed)


def _stacked(wide: Columns, names: Sequence[str], order: np.ndarray) -> Floats:
    """These columns side by side; a sum over no record at all is an empty sum."""
    stacked = np.zeros((len(order), len(names)))
    for place, name in enumerate(names):
        stacked[:, place] = np.ma.filled(wide[name][order], 0.0)
    return stacked


def _in_grouping_set(wide: Columns, groups: Sequence[str]) -> np.ndarray:
    chosen = np.ones(len(wide["psu"]), dtype=bool)
    for name in (c.removeprefix("without_") for c in wide if c.startswith("without_")):
        chosen &= wide[f"without_{name}"] == (0 if name in groups else 1)
        if name in groups:
            chosen &= ~np.ma.getmaskarray(wide[f"by_{name}"])
    return chosen
