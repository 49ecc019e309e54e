"""Withhold what could identify people, so that nothing published gives it away.

Applied before anything leaves the pipeline and before scores are drawn, to all estimates of a run
at once. A withheld estimate keeps its row and loses every number. Cells of too few people are
withheld, and as many others as it takes that those cannot be found by subtraction. Where the only
few are people without a named group (they did not answer, or their group is too small to name),
a named group keeps its value and loses its size instead: without the size nothing can be
subtracted. See `docs/method/disclosure.md`.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandera.typing.pandas import DataFrame

from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.catalogue.framework import Thresholds
from urban_safety_monitor.catalogue.indicator import Indicator
from urban_safety_monitor.catalogue.measures import Average, Gap, Proportion
from urban_safety_monitor.pipeline.additive import KEY, added_up
from urban_safety_monitor.pipeline.related import NearlySamePeople, few_contributors, parts_of
from urban_safety_monitor.pipeline.released import Released, released_cells
from urban_safety_monitor.pipeline.reliability import (
    is_measured_by,
    of_indicator,
    times_of,
    unreliable,
)
from urban_safety_monitor.statistics.suppression import Cells, Codes, Tables, complements
from urban_safety_monitor.tables import Estimates, Withheld, checked
from urban_safety_monitor.tables.inputs import TOTAL
from urban_safety_monitor.tables.totals import PsuTotals

Floats = NDArray[np.float64]
Texts = NDArray[np.object_]
Truths = NDArray[np.bool_]

NUMBERS = [
    "value",
    "standard_error",
    "lower",
    "upper",
    "degrees_of_freedom",
    "n",
    "n_effective",
    "design_effect",
    "psus",
]
IN_UNIT_OF_MEASURE = ["value", "standard_error", "lower", "upper"]


class Disclosed(NamedTuple):
    """Estimates fit to be published, and the log of what is withheld in them."""

    estimates: DataFrame[Estimates]
    withheld: DataFrame[Withheld]


def disclose(
    estimates: DataFrame[Estimates],
    catalogue: Catalogue,
    *,
    psu_totals: PsuTotals | None = None,
    parents: Mapping[str, str] | None = None,
    released: Sequence[DataFrame[Estimates]] = (),
) -> Disclosed:
    """Survey estimates with what could identify people withheld and unreliable ones flagged u.

    Args:
        estimates: all survey estimates of a run.
        catalogue: the definitions of their indicators, and the thresholds.
        psu_totals: what they were made from; totals of a quantity are tested for dominance by it.
        parents: the area that an area is part of; needed only where both have estimates.
        released: estimates as earlier runs have published them.
    """
    thresholds = catalogue.framework.thresholds
    cells = estimates.reset_index(drop=True)
    before = released_cells(cells.assign(n=_rounded(cells["n"], thresholds)), released)
    reasons = _own_reasons(cells, catalogue, few_contributors(cells, catalogue, psu_totals), before)
    unnamed = _optional(cells, catalogue) & (reasons != "")
    log = _Log(reasons, np.full(len(cells), "", dtype=object), unnamed, reasons != "")
    alike = NearlySamePeople(cells, catalogue, _needed(cells, catalogue))
    everybody = (cells["disaggregation"] == TOTAL).to_numpy()
    # How many were asked in all stays told; so does what was told before.
    public = alike.told(before.published | everybody)
    of, parts = _protection(cells, catalogue, public, parents or {}), parts_of(cells, catalogue)
    _add_complements(log, cells, of, parts)
    log.note(before.sizeless & ~log.hidden, "withheld_before")
    log.note((before.change < of.cells.needed[: len(cells)]) & ~log.hidden, "changed_little")
    _add_sizes(log, cells, of, parts, alike)
    flagged = cells.assign(
        obs_status=cells["obs_status"].mask(
            (cells["obs_status"] == "A") & unreliable(cells, catalogue), "u"
        )
    )
    return Disclosed(_shown(flagged, log, thresholds), _told(cells, log))


def persons_needed(indicator: Indicator, thresholds: Thresholds) -> int:
    """The fewest people an estimate may rest on."""
    return thresholds.persons_sensitive if indicator.sensitive else thresholds.persons


class _Log(NamedTuple):
    """What is withheld of each cell (n,), and why: filled step by step."""

    reason: Texts
    protects: Texts
    unnamed: Truths
    withheld: Truths

    @property
    def hidden(self) -> Truths:
        """Cells whose size is not shown, with or without their value."""
        return self.reason != ""

    def note(self, rows: Truths | Codes, reason: str, protects: Texts | str = "") -> None:
        """Withhold something more of these cells."""
        self.reason[rows] = reason
        self.protects[rows] = protects


def _needed(cells: pd.DataFrame, catalogue: Catalogue) -> Floats:
    limits = catalogue.framework.thresholds
    return of_indicator(cells, catalogue, lambda i: persons_needed(i, limits))


def _own_reasons(cells: pd.DataFrame, catalogue: Catalogue, few: Truths, before: Released) -> Texts:
    """Why a cell is withheld whatever becomes of the others; empty where it need not be."""
    n = cells["n"].to_numpy(dtype=float)
    there = n > 0
    return np.select(
        [
            there & (n < catalogue.framework.thresholds.persons),
            there & (n < _needed(cells, catalogue)),
            there & few,
            there & before.withheld,
        ],
        ["threshold", "sensitive_threshold", "dominance", "withheld_before"],
        "",
    ).astype(object)


def _optional(cells: pd.DataFrame, catalogue: Catalogue) -> Truths:
    """Categories that are not even named where too few people are in them."""
    optional = {
        (d.id, c.id) for d in catalogue.disaggregations.values() for c in d.categories if c.optional
    }
    named = {disaggregation for disaggregation, _ in optional}
    found = cells["disaggregation"].isin(named).to_numpy(dtype=np.bool_, copy=True)
    rows = cells.loc[found, ["disaggregation", "category"]].itertuples(index=False, name=None)
    found[found] = [pair in optional for pair in rows]
    return found


def _losses(cells: pd.DataFrame, public: Truths) -> Floats:
    """What is lost by withholding a cell: the people in the group, over all indicators.

    The same group is then chosen in all of them, so that one does not tell of another. What is
    public anyway protects nobody and comes last.
    """
    groups = cells.groupby(["area", "period", "disaggregation", "category"])["n"]
    names = cells["disaggregation"] + "\n" + cells["category"]
    number, known = pd.factorize(names, sort=True)
    # Of equally large groups the first by name.
    people = groups.transform("sum").to_numpy(dtype=float) + number / (len(known) + 1)
    return people + public * (np.nanmax(people, initial=0.0) + 1)


class _Protection(NamedTuple):
    """What protecting cells takes, over all cells (c,): rows and, behind them, people without one.

    `loss` is what withholding a cell loses; `loss_of_size`, that of its size alone, is infinite
    where the value would still give people away.
    """

    tables: Tables
    cells: Cells
    loss: Floats
    loss_of_size: Floats


def _protection(
    cells: pd.DataFrame, catalogue: Catalogue, public: Truths, parents: Mapping[str, str]
) -> _Protection:
    added = added_up(cells, parents)
    without_row = len(added.size) - len(cells)
    tables = added.tables
    loss = np.r_[_losses(cells, public), np.full(without_row, np.inf)]
    in_tables = np.bincount(np.r_[tables.part, tables.whole], minlength=len(added.size))
    is_part = np.isin(np.arange(len(added.size)), tables.part)
    # In linked tables the value would say too much; the whole of one is left as it is.
    keeps_value = np.r_[_steady(cells, catalogue) & ~public, np.zeros(without_row, dtype=np.bool_)]
    keeps_value &= is_part & (in_tables == 1)
    # Of those that keep their value the largest group is least likely to tell anything.
    of_size = np.where(keeps_value, -loss, np.inf)
    needed = _needed(cells, catalogue)[added.row_of]
    counted = added.counted(_counted(cells, catalogue))
    return _Protection(tables, Cells(added.size, needed, counted), loss, of_size)


def _counted(cells: pd.DataFrame, catalogue: Catalogue) -> Floats:
    """How many people fulfil the condition of a share, as if every record counted alike."""
    is_share = is_measured_by(cells, catalogue, Proportion)
    counted = (cells["n"] * cells["value"]).to_numpy(dtype=float) / times_of(cells, catalogue)
    return np.where(is_share, counted, np.nan)


def _protect(
    log: _Log, cells: pd.DataFrame, of: _Protection, unsafe: Truths, cost: Floats
) -> Codes:
    """Hide what some cells (c,) need for their protection; returns the rows."""
    hidden = np.r_[log.hidden, np.ones(len(of.cells.size) - len(cells), dtype=np.bool_)]
    found = complements(of.cells, unsafe, hidden, cost, of.tables)
    chosen = np.flatnonzero(found.cells & ~hidden & ~unsafe)
    log.note(chosen, "complement", _names(cells, found.protects[chosen]))
    return chosen


def _add_complements(
    log: _Log, cells: pd.DataFrame, of: _Protection, parts: tuple[Codes, Codes]
) -> None:
    """Withhold what protects the cells withheld so far, and who is left over in each table."""
    left_over = np.arange(len(of.loss)) >= len(cells)
    few = left_over & (of.cells.size < of.cells.needed)
    few[: len(cells)] = log.withheld
    silent = left_over.copy()
    silent[: len(cells)] = log.unnamed
    log.withheld[_protect(log, cells, of, few & ~silent, of.loss)] = True
    _protect(log, cells, of, few & silent, of.loss_of_size)
    log.withheld[_protect(log, cells, of, few & silent, of.loss)] = True
    given_away = _add_parts(log, cells, parts, log.withheld)
    log.withheld[given_away] = True
    unsafe = np.isin(np.arange(len(few)), given_away)
    log.withheld[_protect(log, cells, of, unsafe, of.loss)] = True


def _add_parts(log: _Log, cells: pd.DataFrame, parts: tuple[Codes, Codes], hidden: Truths) -> Codes:
    """Note gaps and averages that would tell a hidden part of theirs; returns the rows."""
    whole, part = parts
    told = hidden[part] & ~hidden[whole]
    log.note(whole[told], "withheld_part", _names(cells, part[told]))
    return whole[told]


def _add_sizes(
    log: _Log,
    cells: pd.DataFrame,
    of: _Protection,
    parts: tuple[Codes, Codes],
    alike: NearlySamePeople,
) -> None:
    """Hide the size of whatever would tell a hidden size."""
    rows, everybody = np.arange(len(of.loss)), (cells["disaggregation"] == TOTAL).to_numpy()
    secret = log.hidden
    while secret.any():
        telling = alike.telling(secret) & ~log.hidden
        log.note(telling, "same_people")
        told = np.r_[_add_parts(log, cells, parts, log.hidden), np.flatnonzero(telling & everybody)]
        # What protects them must not be told by others either.
        chosen = _protect(log, cells, of, np.isin(rows, told), of.loss_of_size)
        secret = np.isin(rows[: len(cells)], chosen)


def _steady(cells: pd.DataFrame, catalogue: Catalogue) -> Truths:
    """Cells whose value, shown without its size, does not give away who is left over.

    A share of hardly anybody fixes the number of those few whatever the size; so does one of
    nearly everybody. Where nobody at all, or everybody, fulfils the condition there is nothing to
    give away, and a gap has no such number. Somebody is there in each sampling unit that is told,
    so that people enough must be there beyond one in each.
    """
    bounded = is_measured_by(cells, catalogue, Proportion, Average)
    mean = cells["value"].to_numpy(dtype=float) / times_of(cells, catalogue)
    unit = cells.groupby(["indicator", "area", "period"], sort=False).ngroup().to_numpy()
    overall = np.full(unit.max(initial=-1) + 1, np.nan)
    everybody = (cells["disaggregation"] == TOTAL).to_numpy()
    overall[unit[everybody]] = mean[everybody]
    settled = (overall == 0)[unit] | (bounded & (overall == 1)[unit])
    n, needed = cells["n"].to_numpy(dtype=float), catalogue.framework.thresholds.persons
    of_both = (n * mean >= needed) & (~bounded | (n * (1 - mean) >= needed))
    spare = n - cells["psus"].fillna(0).to_numpy(dtype=float) >= needed
    return (settled | of_both | is_measured_by(cells, catalogue, Gap)) & spare


def _names(cells: pd.DataFrame, rows: Codes) -> Texts:
    """How the log names cells; who is left over in a table has no name."""
    found = np.full(len(rows), "left over", dtype=object)
    named = cells.iloc[rows[rows < len(cells)]]
    texts = named["indicator"] + " " + named["disaggregation"] + ":" + named["category"]
    found[rows < len(cells)] = texts
    return found


def _shown(cells: pd.DataFrame, log: _Log, thresholds: Thresholds) -> DataFrame[Estimates]:
    sizeless = log.hidden & ~log.withheld
    coarse = sizeless | (thresholds.round_counts_to > 0)
    shown = cells.assign(n=_rounded(cells["n"], thresholds))
    shown.loc[coarse, IN_UNIT_OF_MEASURE] = _to_second_digit_of_error(cells[coarse])
    shown.loc[coarse, "n_effective"] = _two_digits(cells.loc[coarse, "n_effective"])
    shown.loc[coarse, "design_effect"] = np.nan
    shown.loc[sizeless, "n"] = np.nan
    shown.loc[log.withheld, NUMBERS] = np.nan
    shown["conf_status"] = np.where(log.withheld, "C", "")
    shown.loc[log.withheld, "obs_status"] = "A"
    return checked(Estimates, shown[~log.unnamed].reset_index(drop=True))


def _rounded(n: pd.Series, thresholds: Thresholds) -> pd.Series:
    """Sizes to the nearest multiple, halves upwards: the same size alike wherever it stands."""
    base = thresholds.round_counts_to
    return np.floor(n / base + 0.5) * base if base else n


def _to_second_digit_of_error(cells: pd.DataFrame) -> NDArray[np.float64]:
    """Values, errors and intervals as far as the second digit of the error.

    In full they would tell the size: a share of 227 in 563 is no other's.
    """
    numbers = cells[IN_UNIT_OF_MEASURE].to_numpy(dtype=float)
    error = cells["standard_error"].to_numpy(dtype=float)
    with np.errstate(divide="ignore"):
        scale = 10.0 ** (1 - np.floor(np.log10(error)))
    scale = np.where(np.isfinite(scale), scale, 10.0)[:, None]
    return np.round(numbers * scale) / scale


def _two_digits(numbers: pd.Series) -> pd.Series:
    scale = 10.0 ** (1 - np.floor(np.log10(numbers.where(numbers > 0))))
    return np.round(numbers * scale) / scale


def _told(cells: pd.DataFrame, log: _Log) -> DataFrame[Withheld]:
    figures = np.select([log.unnamed, log.withheld], ["row", "all"], "size")
    frame = cells[KEY].assign(figures=figures, reason=log.reason, protects=log.protects)
    return checked(Withheld, frame[log.hidden].reset_index(drop=True))
