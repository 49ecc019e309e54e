"""DuckDB runs the query: on Parquet files on disk, or on pandas frames in memory."""

from collections.abc import Sequence
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.catalogue.indicator import Indicator
from urban_safety_monitor.engines.expressions import identifier, literal
from urban_safety_monitor.engines.query import (
    OF_A_SHARE,
    SUMS,
    Query,
    columns_needed,
    columns_of_groups,
    psu_counts_query,
    psu_totals_query,
)
from urban_safety_monitor.tables.inputs import TOTAL
from urban_safety_monitor.tables.totals import CELL, Floats, PsuTotals

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
        connection.execute("SET autoinstall_known_extensions = false")
        connection.execute("SET autoload_known_extensions = false")
        relation = _relation(connection, microdata)
        present = {name for name, *_ in connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()}
        measured = [i for i in indicators if columns_needed(i) & present]
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
        wide = connection.execute(query.sql).df()
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


def _unpacked(wide: pd.DataFrame, counts: pd.DataFrame, query: Query) -> PsuTotals:
    keys = []
    for groups in query.grouping_sets:
        rows = wide[_in_grouping_set(wide, groups)]
        named = [rows[f"by_{name}"].astype("str") for name in groups]
        category = named[0].str.cat(named[1:], sep=CROSSED) if named else TOTAL
        part = rows[["area", "period", "stratum", "psu"]].assign(
            disaggregation=CROSSED.join(groups) or TOTAL, category=category
        )
        keys.append(part.astype("str"))
    ordered = pd.concat(keys).sort_values([*CELL, "stratum", "psu"], kind="stable")
    wide = wide.loc[ordered.index]
    arrays = {name: _sums(wide, name, len(query.terms)) for name in SUMS}
    return PsuTotals(
        keys=ordered[[*CELL, "stratum", "psu"]].reset_index(drop=True),
        terms=query.terms,
        n=arrays["n"],
        numerator=arrays["numerator"],
        denominator=arrays["denominator"],
        squares=np.stack([arrays[name] for name in OF_A_SHARE], axis=-1),
        psus=counts.astype({"area": "str", "period": "str", "stratum": "str"}),
    )


def _sums(wide: pd.DataFrame, name: str, terms: int) -> Floats:
    columns = [
        f"{name}_{k}" if f"{name}_{k}" in wide else f"{OF_A_SHARE[name]}_{k}" for k in range(terms)
    ]
    return wide[columns].to_numpy(dtype=float, na_value=0.0)


def _in_grouping_set(wide: pd.DataFrame, groups: tuple[str, ...]) -> pd.Series:
    every = [c.removeprefix("without_") for c in wide.columns if c.startswith("without_")]
    chosen = pd.Series(True, index=wide.index)
    for name in every:
        chosen &= wide[f"without_{name}"] == (0 if name in groups else 1)
        if name in groups:
            chosen &= wide[f"by_{name}"].notna()
    return chosen
