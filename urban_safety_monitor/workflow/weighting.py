"""Weights made to meet what is known of the population, with what became of them as a table.

Whoever's group is not known counts for each group with its share of the population, so that one
missing answer takes nobody out of the survey.

Source: `statistics.calibration` and `statistics.weighting`, which name theirs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.catalogue.codebook import Disaggregation
from urban_safety_monitor.catalogue.weighting import Weighting
from urban_safety_monitor.errors import DataError
from urban_safety_monitor.intake.masks import holds
from urban_safety_monitor.statistics import calibration
from urban_safety_monitor.statistics.weighting import QUANTILES, margins, summary, trim

Floats = NDArray[np.float64]

SURVEY = ["area", "period"]
COLUMNS = ["margin", "category", "population"]


class Auxiliary(NamedTuple):
    """What persons add to the totals known: columns (n, k), totals (k,) and their names."""

    columns: Floats
    targets: Floats
    names: list[tuple[str, str]]


@dataclass(frozen=True)
class Weighted:
    """One survey's weights after trimming and calibration.

    Attributes:
        weights: (n,) final ones.
        trimmed: (n,) those that were calibrated.
        diagnostics: area, period, margin, category, before, after, population: totals of margins
            and figures of the weights themselves.
        problems: what could not be met.
    """

    weights: Floats
    trimmed: Floats
    diagnostics: pd.DataFrame
    problems: list[str]


def weighted_surveys(
    records: pd.DataFrame, weighting: Weighting, base: Path, catalogue: Catalogue
) -> Weighted:
    """Weights of every survey of these records, each calibrated on its own.

    Raises:
        DataError: the margins cannot be read or do not fit the records.
        DesignError: bounds cannot be kept.
    """
    table = read_margins(base / weighting.margins) if weighting.margins else None
    weights = np.empty((len(records), 2))
    parts = []
    for rows in records.groupby(SURVEY, sort=False).indices.values():
        one = weighted(records.iloc[rows], weighting, table, catalogue)
        weights[rows] = np.column_stack([one.weights, one.trimmed])
        parts.append(one)
    return Weighted(
        weights[:, 0],
        weights[:, 1],
        pd.concat([one.diagnostics for one in parts], ignore_index=True),
        [problem for one in parts for problem in one.problems],
    )


def read_margins(path: Path) -> pd.DataFrame:
    """A table of known totals.

    Raises:
        DataError: it cannot be read, lacks a column, or holds something that is no number.
    """
    try:
        table = pd.read_csv(path, keep_default_na=False, na_values=[""], dtype={"category": "str"})
    except (OSError, ValueError) as error:
        raise DataError(f"margins {path}: cannot be read as a CSV table: {error}") from error
    missing = [name for name in COLUMNS if name not in table]
    if missing:
        raise DataError(f"margins {path}: no column {name}" for name in missing)
    number = pd.to_numeric(table["population"], errors="coerce")
    if not (number >= 0).all():
        rows = ", ".join(str(row + 2) for row in np.flatnonzero(~(number >= 0))[:8])
        raise DataError(f"margins {path}: population is no number from 0 in rows {rows}")
    return table.assign(population=number.astype(float), category=table["category"].fillna(""))


def weighted(
    records: pd.DataFrame, weighting: Weighting, table: pd.DataFrame | None, catalogue: Catalogue
) -> Weighted:
    """Trim and calibrate the weights of one survey's records.

    Raises:
        DataError: a margin is no group or column of the records, or does not know a category.
        DesignError: bounds cannot be kept.
    """
    given = records["weight_person"].to_numpy(dtype=float)
    trimmed = _trimmed(given, weighting)
    if table is None:
        return Weighted(trimmed, trimmed, _diagnostics(records, given, trimmed, None, []), [])
    auxiliary = auxiliary_of(records, table, catalogue, weighting)
    found = calibrated(trimmed, auxiliary, weighting)
    facts = [("rounds", float(found.rounds)), ("converged", float(found.converged))]
    diagnostics = _diagnostics(records, given, found.weights, auxiliary, facts)
    return Weighted(found.weights, trimmed, diagnostics, list(_unmet(records, auxiliary, found)))


def calibrated(
    weights: Floats, auxiliary: Auxiliary, weighting: Weighting
) -> calibration.Calibrated:
    """Weights (n,) moved to meet the totals by the method declared; those of 0 stay 0."""
    match weighting.method:
        case "rake":
            distance = calibration.exponential()
        case "logit":
            assert weighting.bounds is not None  # the declaration sees to that
            distance = calibration.logit(*weighting.bounds)
        case _:
            distance = calibration.linear(*(weighting.bounds or (-np.inf, np.inf)))
    used = weights > 0
    found = calibration.calibrate(
        weights[used], auxiliary.columns[used], auxiliary.targets, distance
    )
    every, factors = np.zeros_like(weights), np.ones_like(weights)
    every[used], factors[used] = found.weights, found.factors
    return found._replace(weights=every, factors=factors)


def auxiliary_of(
    records: pd.DataFrame, table: pd.DataFrame, catalogue: Catalogue, weighting: Weighting
) -> Auxiliary:
    """What each record adds to the totals known of its survey.

    Raises:
        DataError: a margin is no group or column of the records, or does not know a category.
    """
    area, period = (str(records[name].iloc[0]) for name in SURVEY)
    for name, value in (("area", area), ("period", period)):
        if name in table:
            table = table[table[name].astype("str") == value]
    known = dict(iter(table.groupby("margin", sort=False)))
    problems = [] if known else [f"margins: none for area {area}, period {period}"]
    if weighting.method == "post-stratify" and len(known) > 1:
        problems.append(
            f"margins: post-stratify takes one, there are {', '.join(map(str, known))}; cross them "
            "in one disaggregation, or rake"
        )
    blocks = [_block(records, str(name), rows, catalogue) for name, rows in known.items()]
    problems += [problem for block in blocks if isinstance(block, list) for problem in block]
    if problems:
        raise DataError(problems)
    columns = np.hstack([block for block in blocks if not isinstance(block, list)])
    ordered = pd.concat(list(known.values()))
    names = list(zip(ordered["margin"].astype("str"), ordered["category"], strict=True))
    return Auxiliary(columns, ordered["population"].to_numpy(), names)


def _block(
    records: pd.DataFrame, name: str, rows: pd.DataFrame, catalogue: Catalogue
) -> Floats | list[str]:
    """Columns (n, categories) of one margin, or what is wrong with it."""
    group = catalogue.disaggregations.get(name)
    if group is None and name not in records:
        return [f"margin {name!r}: no disaggregation or column of the records"]
    categories = rows["category"].tolist()
    if categories == [""]:
        values = pd.to_numeric(records[name], errors="coerce").to_numpy(dtype=float)
        if np.isnan(values).any():
            return [f"margin {name!r}: {np.isnan(values).sum()} records have no number"]
        return values[:, None]
    found = _categories(records, group or Disaggregation(id="margin", title=name, column=name))
    unknown = found[~found.isin(categories) & found.notna()].value_counts()
    if len(unknown):
        return [
            f"margin {name!r}: category {category!r} has {number} records and no population; add "
            "its row"
            for category, number in unknown.items()
        ]
    inside = np.column_stack([found.eq(category).fillna(False) for category in categories])
    share = rows["population"].to_numpy() / rows["population"].sum()
    return np.where(found.isna().to_numpy()[:, None], share, inside.astype(float))


def _categories(records: pd.DataFrame, group: Disaggregation) -> pd.Series:
    """The category of each record, missing where no answer tells."""
    if group.column:
        codes = records[group.column]
        whole = codes.astype("Int64") if pd.api.types.is_numeric_dtype(codes) else codes
        return whole.astype("str").where(codes.notna())
    found = pd.Series(None, records.index, dtype="str")
    for category in group.categories:
        inside = holds(category.when, records).fillna(False).to_numpy(dtype=bool)
        found = found.mask(inside, category.id)
    return found


def _trimmed(weights: Floats, weighting: Weighting) -> Floats:
    if weighting.trim is None:
        return weights
    used = weights > 0
    lower, upper = (bound * weights[used].mean() for bound in weighting.trim)
    held = weights.copy()
    held[used] = trim(weights[used], lower, upper).weights
    return held


def _unmet(
    records: pd.DataFrame, auxiliary: Auxiliary, found: calibration.Calibrated
) -> Iterator[str]:
    where = f"area {records['area'].iloc[0]}, period {records['period'].iloc[0]}"
    for place in np.flatnonzero(found.empty):
        margin, category = auxiliary.names[place]
        yield (
            f"{where}: nobody in the sample is in margin {margin!r}, category {category!r} "
            f"({auxiliary.targets[place]:,.0f} people); join it with another"
        )
    if not found.converged:
        worst = int(np.nanargmax(np.where(found.empty, 0, np.abs(found.missed))))
        margin, category = auxiliary.names[worst]
        yield (
            f"{where}: weights do not meet the margins after {found.rounds} rounds; furthest off "
            f"is {margin!r}, {category!r}; margins must have the same sum, and bounds leave room"
        )


def _diagnostics(
    records: pd.DataFrame,
    before: Floats,
    after: Floats,
    auxiliary: Auxiliary | None,
    facts: list[tuple[str, float]],
) -> pd.DataFrame:
    both = np.column_stack([before, after])
    used = both[(both > 0).all(axis=1)]
    said = summary(used)._asdict()
    quantiles = said.pop("quantiles")
    rows = [("weights", name, *values, np.nan) for name, values in said.items()]
    rows += [
        ("weights", f"quantile {at:g}", *values, np.nan)
        for at, values in zip(QUANTILES, quantiles.T, strict=True)
    ]
    factor = used[:, 1] / used[:, 0]
    rows += [("factors", name, np.nan, value, np.nan) for name, value in
             [("smallest", factor.min()), ("largest", factor.max()), *facts]]  # fmt: skip
    if auxiliary is not None:
        totals = margins(both, auxiliary.columns, auxiliary.targets).total
        rows += [
            (*name, *total, target)
            for name, total, target in zip(auxiliary.names, totals, auxiliary.targets, strict=True)
        ]
    columns = ["margin", "category", "before", "after", "population"]
    table = pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[2:], float))
    for place, name in enumerate(SURVEY):
        table.insert(place, name, str(records[name].iloc[0]))
    return table
