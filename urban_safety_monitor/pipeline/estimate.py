"""Survey estimates with standard errors, intervals, design effects and reliability flags."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import reduce
from operator import or_

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandera.typing.pandas import DataFrame

from urban_safety_monitor.catalogue.indicator import Indicator
from urban_safety_monitor.errors import DesignError
from urban_safety_monitor.pipeline.linear import LinearisedIndicators, linearised
from urban_safety_monitor.pipeline.precision import USUAL, Precision, precision_of
from urban_safety_monitor.pipeline.units import SURVEY, by_variance
from urban_safety_monitor.statistics.linearisation import (
    LonelyPsu,
    covariance_matrix,
    covariances,
)
from urban_safety_monitor.tables import Estimates, checked
from urban_safety_monitor.tables.inputs import TOTAL
from urban_safety_monitor.tables.totals import CELL, PsuTotals

Floats = NDArray[np.float64]

Matrices = dict[tuple[str, str], pd.DataFrame]

ROWS_AT_ONCE = 25_000
"""Of PSU totals: surveys are estimated together up to about so many."""
THREADS = 2
"""That estimate at the same time: numpy lets others run while it computes."""


@dataclass(frozen=True)
class SurveyEstimates:
    """Estimates, and how those of one survey vary together.

    `covariances` maps (area, period) to the covariance matrix of the indicators' total values.
    """

    estimates: DataFrame[Estimates]
    covariances: Matrices


def estimate(
    psu_totals: PsuTotals,
    indicators: Sequence[Indicator],
    lonely_psu: LonelyPsu = "adjust",
    precision: Precision = USUAL,
) -> SurveyEstimates:
    """Estimate survey indicators in every area, period and category that the totals hold.

    Args:
        psu_totals: from an engine.
        indicators: survey indicators; every one gets a row for everybody in each area and
            period, with `obs_status` x where nobody was asked.
        lonely_psu: how a stratum with a single sampled PSU is treated.
        precision: how precision is said.

    Raises:
        DesignError: the rule is `fail` and some stratum has one sampled PSU.
    """
    if lonely_psu == "fail":
        _refuse_single_psus(psu_totals.psus)

    def estimated(surveys: PsuTotals) -> tuple[pd.DataFrame, Matrices]:
        parts = linearised(surveys, indicators, lonely_psu)
        frames = [_estimates_of(part, precision) for part in parts]
        return pd.concat(frames, ignore_index=True), dict(_matrices(parts))

    in_turn = (part for alike in by_variance(psu_totals) for part in _in_turn(alike))
    with ThreadPoolExecutor(THREADS) as threads:
        found, matrices = zip(*threads.map(estimated, in_turn), strict=True)
    frame = _only_declared(pd.concat(found, ignore_index=True), indicators)
    units = psu_totals.psus[SURVEY].drop_duplicates()
    frame = pd.concat([frame, _not_collected(frame, units, indicators)], ignore_index=True)
    order = {indicator.id: place for place, indicator in enumerate(indicators)}
    frame = frame.sort_values(
        [*SURVEY, "indicator", "disaggregation", "category"],
        key=lambda column: column.map(order) if column.name == "indicator" else column,
        kind="stable",
        ignore_index=True,
    )
    return SurveyEstimates(checked(Estimates, frame), reduce(or_, matrices))


def _in_turn(psu_totals: PsuTotals) -> Iterator[PsuTotals]:
    """Some surveys at a time, so that what is computed by the way stays small.

    Rows are in the order of surveys, as engines give them; otherwise all come at once.
    """
    keys = psu_totals.keys
    changes = [(keys[name].array[1:] != keys[name].array[:-1]).astype(bool) for name in SURVEY]
    starts = np.flatnonzero(np.r_[True, np.logical_or(*map(np.asarray, changes))])[: len(keys)]
    if keys[SURVEY].iloc[starts].duplicated().any() or len(keys) == 0:
        yield psu_totals
        return
    firsts = starts[np.r_[True, np.diff(starts // ROWS_AT_ONCE) > 0]]
    for first, end in zip(firsts, [*firsts[1:], len(keys)], strict=True):
        yield psu_totals.of_rows(slice(first, end))


def _refuse_single_psus(psus: pd.DataFrame) -> None:
    # The only PSU there is was taken with certainty: nothing about it is left to chance.
    single = psus[(psus["psus"] == 1) & ~(pd.to_numeric(psus["psus_in_population"]) <= 1)]
    if len(single):
        raise DesignError(
            f"area {row.area}, period {row.period}: stratum {row.stratum} has one PSU; join it "
            "with a similar stratum, or choose certainty, adjust or average"
            for row in single.itertuples()
        )


def _estimates_of(part: LinearisedIndicators, said: Precision) -> pd.DataFrame:
    cells, k = len(part.cells), len(part.indicators)
    # An infinite or missing influence belongs to an empty cell, whose value is missing anyway, or
    # to a replicate without the group, which leaves no degrees of freedom.
    influence = np.nan_to_num(part.influence, nan=0.0, posinf=0.0, neginf=0.0)
    variance = covariances(influence, influence, part.cell, cells, part.design)
    # Rounding leaves traces of a variance where all sampled units agree.
    variance = np.where(np.sqrt(variance) <= 1e-9 * np.abs(part.value), 0.0, variance)
    df = part.degrees_of_freedom
    variance = np.where((df > 0) & ~np.isnan(part.value), variance, np.nan)
    columns = {
        "value": part.value,
        "degrees_of_freedom": np.maximum(df, 0),
        "n": part.n,
        "psus": part.psus,
        **precision_of(part, variance, said),
    }
    rows = part.cells.loc[np.repeat(np.arange(cells), k)].reset_index(drop=True)
    rows["indicator"] = [indicator.id for indicator in part.indicators] * cells
    frame = rows.assign(**{name: array.reshape(-1) for name, array in columns.items()})
    frame = frame[frame["n"] > 0].assign(conf_status="")
    unshown = frame["standard_error"].isna() | frame["lower"].isna() | frame.pop("at_edge")
    frame["obs_status"] = np.where(unshown, "u", "A")
    return frame[list(Estimates.to_schema().columns)]


def _only_declared(frame: pd.DataFrame, indicators: Sequence[Indicator]) -> pd.DataFrame:
    allowed = frame["disaggregation"] == TOTAL
    for name in frame["disaggregation"].unique():
        declared = [i.id for i in indicators if name in i.disaggregations]
        allowed |= (frame["disaggregation"] == name) & frame["indicator"].isin(declared)
    return frame[allowed]


def _not_collected(
    frame: pd.DataFrame, surveys: pd.DataFrame, indicators: Sequence[Indicator]
) -> pd.DataFrame:
    wanted = surveys.merge(pd.DataFrame({"indicator": [i.id for i in indicators]}), how="cross")
    there = frame.loc[frame["disaggregation"] == TOTAL, [*SURVEY, "indicator"]]
    absent = wanted.merge(there, how="left", indicator="found").query("found == 'left_only'")
    blank = dict.fromkeys(set(Estimates.to_schema().columns) - {*CELL, "indicator"}, np.nan)
    status = {"disaggregation": TOTAL, "category": TOTAL, "obs_status": "x", "conf_status": ""}
    rows = absent[[*SURVEY, "indicator"]].assign(**(blank | status))
    return rows[list(Estimates.to_schema().columns)]


def _matrices(
    parts: list[LinearisedIndicators],
) -> Iterator[tuple[tuple[str, str], pd.DataFrame]]:
    first = parts[0]
    rows_of = [_rows_of_everybody(part) for part in parts]
    names = pd.Index([indicator.id for part in parts for indicator in part.indicators])
    for survey, rows in rows_of[0].items():
        psus = first.unit[rows]
        influence = np.hstack(
            [
                _influence_on(psus, part, found.get(survey, rows[:0]))
                for part, found in zip(parts, rows_of, strict=True)
            ]
        )
        design = first.design.of_rows(rows)
        yield survey, pd.DataFrame(covariance_matrix(influence, design), names, names)


def _rows_of_everybody(part: LinearisedIndicators) -> dict[tuple[str, str], NDArray[np.intp]]:
    """Rows of the influences on total values, by area and period."""
    cells = np.flatnonzero(part.cells["disaggregation"] == TOTAL)
    order = np.argsort(part.cell, kind="stable")
    starts = np.searchsorted(part.cell[order], [cells, cells + 1])
    surveys = part.cells[SURVEY].iloc[cells].itertuples(index=False, name=None)
    return {s: order[a:b] for s, a, b in zip(surveys, *starts, strict=True)}


def _influence_on(
    psus: NDArray[np.intp], part: LinearisedIndicators, rows: NDArray[np.intp]
) -> Floats:
    """Influences in these rows of a part, on these PSUs; 0 where a PSU adds nothing."""
    order = np.argsort(psus)
    place = order[np.searchsorted(psus, part.unit[rows], sorter=order)]
    aligned = np.zeros((len(psus), len(part.indicators)))
    aligned[place] = np.nan_to_num(part.influence[rows])
    return aligned
