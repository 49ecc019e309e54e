"""Replicates made from sampling units: no person's record is needed, only PSU totals.

A method that acts on whole primary sampling units (PSUs) multiplies all records of one alike, so a
replicate's total is the sum of PSU totals times factors.

Source: `statistics.replicates`, which names the methods'.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from urban_safety_monitor.catalogue.sampling import Replicates as Declared
from urban_safety_monitor.errors import DesignError
from urban_safety_monitor.pipeline.drawing import generator
from urban_safety_monitor.pipeline.units import STRATUM, SURVEY
from urban_safety_monitor.statistics.linearisation import Codes, Floats
from urban_safety_monitor.statistics.replicates import (
    Replicates,
    balanced_half_samples,
    bootstrap,
    jackknife,
)
from urban_safety_monitor.tables.inputs import TOTAL
from urban_safety_monitor.tables.totals import CELL, PsuTotals, ReplicateTotals


def with_replicates(
    psu_totals: PsuTotals, declared: Declared, surveys: pd.DataFrame | None = None
) -> PsuTotals:
    """The totals with replicates of these surveys, or of all, that have none yet.

    Args:
        psu_totals: rows of these surveys are PSUs, not units of a second stage.
        declared: how replicates are made.
        surveys: area and period; all of them if not given.

    Raises:
        DesignError: a stratum has not as many PSUs as the method needs.
    """
    parts = [] if psu_totals.replicates is None else [psu_totals.replicates]
    known = {survey for part in parts for survey in _pairs(part.keys)}
    wanted = None if surveys is None else set(_pairs(surveys))
    for survey, rows in psu_totals.keys.groupby(SURVEY, sort=False).indices.items():
        if survey not in known and (wanted is None or survey in wanted):
            parts.append(_of_survey(psu_totals, np.asarray(rows), declared))
    return replace(psu_totals, replicates=joined(parts))


def _pairs(keys: pd.DataFrame) -> Iterator[tuple[str, str]]:
    return keys[SURVEY].drop_duplicates().itertuples(index=False, name=None)


def joined(parts: Sequence[ReplicateTotals]) -> ReplicateTotals | None:
    """Replicates of several surveys as one; none without any."""
    if not parts:
        return None
    return ReplicateTotals(
        pd.concat([part.keys for part in parts], ignore_index=True),
        np.concatenate([part.numerator for part in parts]),
        np.concatenate([part.denominator for part in parts]),
        np.concatenate([part.counts for part in parts]),
        pd.concat([part.degrees_of_freedom for part in parts], ignore_index=True),
    )


def psu_replicates(units: pd.DataFrame, strata: pd.DataFrame, declared: Declared) -> Replicates:
    """Factors of one survey's PSUs.

    Strata of which every PSU was sampled leave nothing to chance: their factors stay 1.

    Args:
        units: area, period, stratum and psu of each PSU, in the factors' order.
        strata: area, period, stratum, psus and psus_in_population.
        declared: the method.

    Raises:
        DesignError: a stratum has not as many PSUs as the method needs.
    """
    of_unit = units.merge(strata, on=STRATUM, how="left")
    population = pd.to_numeric(of_unit["psus_in_population"]).to_numpy(dtype=float)
    fraction = np.nan_to_num(of_unit["psus"].to_numpy(dtype=float) / population)
    varying = np.flatnonzero(fraction < 1)
    _refuse_unfit(of_unit.iloc[varying], declared)
    number, _ = pd.factorize(of_unit["stratum"].iloc[varying])
    stratum = number.astype(np.intp)
    sampled = fraction[varying][np.unique(stratum, return_index=True)[1]]
    seed = generator(declared.seed, "replicates", *map(str, units[SURVEY].iloc[0]))
    match declared.method:
        case "jackknife":
            made = jackknife(stratum, sampled)
        case "bootstrap":
            made = bootstrap(stratum, declared.number, seed, sampled)
        case _:
            made = balanced_half_samples(stratum, declared.kept)
    factors = np.ones((len(units), made.factors.shape[1]))
    factors[varying] = made.factors
    return Replicates(factors, made.scale, made.rscales)


def _refuse_unfit(units: pd.DataFrame, declared: Declared) -> None:
    pairs = declared.method in ("brr", "fay")
    found = units.groupby(STRATUM).size().rename("psus").reset_index()
    wrong = found[found["psus"] != 2] if pairs else found[found["psus"] < 2]
    needed = "needs exactly 2" if pairs else "needs at least 2: join it with a similar stratum"
    if len(wrong):
        raise DesignError(
            f"area {row.area}, period {row.period}: stratum {row.stratum} has {row.psus} PSUs; "
            f"{declared.method} {needed}"
            for row in wrong.itertuples()
        )


def _of_survey(psu_totals: PsuTotals, rows: Codes, declared: Declared) -> ReplicateTotals:
    keys = psu_totals.keys.iloc[rows]
    everybody = keys[keys["disaggregation"] == TOTAL]
    units = everybody[[*STRATUM, "psu"]].drop_duplicates(ignore_index=True)
    made = psu_replicates(units, psu_totals.psus, declared)
    names = pd.MultiIndex.from_frame(units[["stratum", "psu"]])
    unit = names.get_indexer(pd.MultiIndex.from_frame(keys[["stratum", "psu"]]))
    cells = list(keys.groupby(CELL, sort=False).indices.items())
    replicates = made.factors.shape[1]

    def summed(totals: Floats) -> Floats:
        return np.concatenate([made.factors[unit[i]].T @ totals[rows[i]] for _, i in cells])

    of_cells = pd.DataFrame([name for name, _ in cells], columns=CELL)
    repeated = of_cells.loc[np.repeat(np.arange(len(cells)), replicates)].reset_index(drop=True)
    df = keys[SURVEY].iloc[:1].assign(degrees_of_freedom=np.nan)
    return ReplicateTotals(
        repeated.assign(replicate=np.tile(np.arange(replicates), len(cells))),
        summed(psu_totals.numerator),
        summed(psu_totals.denominator),
        np.tile(made.scale * made.rscales, len(cells)),
        df.reset_index(drop=True),
    )
