"""Survey estimates with standard errors, intervals, design effects and reliability flags."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandera.typing.pandas import DataFrame

from urban_safety_monitor.catalogue.indicator import Indicator
from urban_safety_monitor.errors import DesignError
from urban_safety_monitor.pipeline.linear import (
    LinearisedIndicators,
    NumberedTotals,
    linearised,
    numbered,
)
from urban_safety_monitor.pipeline.precision import USUAL, Precision, precision_of
from urban_safety_monitor.pipeline.standardised import StandardPopulation, standardised
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
    standard: StandardPopulation | None = None,
) -> SurveyEstimates:
    """Estimate survey indicators in every area, period and category that the totals hold.

    Args:
        psu_totals: from an engine.
        indicators: survey indicators; every one gets a row for everybody in each area and
            period, with `obs_status` x where nobody was asked.
        lonely_psu: how a stratum with a single sampled PSU is treated.
        precision: how precision is said.
        standard: what estimates are standardised to, if they are; totals are by its groups then.

    Raises:
        DesignError: the rule is `fail` and some stratum has one sampled PSU.
    """
    if lonely_psu == "fail":
        _refuse_single_psus(psu_totals.psus)

    def estimated(some: NumberedTotals) -> tuple[list[_Cells], Matrices]:
        parts = (
            [standardised(some, indicators, standard)] if standard else linearised(some, indicators)
        )
        parts = [_finite(part) for part in parts]
        return [_estimates_of(part, precision) for part in parts], dict(_matrices(parts))

    alike = (numbered(totals, lonely_psu) for totals in by_variance(psu_totals))
    in_turn = (some for surveys in alike for some in surveys.in_turn(ROWS_AT_ONCE))
    with ThreadPoolExecutor(THREADS) as threads:
        found, matrices = zip(*threads.map(estimated, in_turn), strict=True)
    shown = [part for parts in found for part in parts]
    surveys = psu_totals.psus[SURVEY].drop_duplicates()
    frame = _in_order([*shown, _not_collected(shown, surveys, indicators)], indicators)
    return SurveyEstimates(checked(Estimates, frame), reduce(or_, matrices))


def _refuse_single_psus(psus: pd.DataFrame) -> None:
    # The only PSU there is was taken with certainty: nothing about it is left to chance.
    single = psus[(psus["psus"] == 1) & ~(pd.to_numeric(psus["psus_in_population"]) <= 1)]
    if len(single):
        raise DesignError(
            f"area {row.area}, period {row.period}: stratum {row.stratum} has one PSU; join it "
            "with a similar stratum, or choose certainty, adjust or average"
            for row in single.itertuples()
        )


class _Cells(NamedTuple):
    """Estimates of some cells (c) and indicators (k).

    Attributes:
        cells: area, period, disaggregation, category.
        indicators: columns of the arrays.
        numbers: column of the table -> (c, k) or what all have.
        shown: (c, k) of which there is a row.
    """

    cells: pd.DataFrame
    indicators: Sequence[Indicator]
    numbers: Mapping[str, NDArray]
    shown: NDArray[np.bool_]


def _finite(part: LinearisedIndicators) -> LinearisedIndicators:
    """Influences with 0 for what is infinite or missing.

    That belongs to an empty cell, whose value is missing anyway, or to a replicate without the
    group, which leaves no degrees of freedom.
    """
    known = np.isfinite(part.influence)
    return part if known.all() else replace(part, influence=np.where(known, part.influence, 0.0))


def _estimates_of(part: LinearisedIndicators, said: Precision) -> _Cells:
    cells = len(part.cells)
    variance = covariances(part.influence, part.influence, part.cell, cells, part.design)
    # Rounding leaves traces of a variance where all sampled units agree.
    variance = np.where(np.sqrt(variance) <= 1e-9 * np.abs(part.value), 0.0, variance)
    df = part.degrees_of_freedom
    variance = np.where((df > 0) & ~np.isnan(part.value), variance, np.nan)
    precise = precision_of(part, variance, said)
    unshown = np.isnan(precise["standard_error"]) | np.isnan(precise["lower"])
    numbers = precise | {
        "value": part.value,
        "degrees_of_freedom": np.maximum(df, 0),
        "n": part.n,
        "psus": part.psus,
        "obs_status": np.where(unshown | precise["at_edge"], "u", "A"),
    }
    return _Cells(part.cells, part.indicators, numbers, (part.n > 0) & _declared(part))


def _declared(part: LinearisedIndicators) -> NDArray[np.bool_]:
    """Cells (c, k) of groups that the indicator is declared for; everybody always is."""
    number, names = pd.factorize(part.cells["disaggregation"])
    declared = [[name in (TOTAL, *i.disaggregations) for i in part.indicators] for name in names]
    return np.array(declared, dtype=np.bool_).reshape(len(names), len(part.indicators))[number]


def _not_collected(
    found: Sequence[_Cells], surveys: pd.DataFrame, indicators: Sequence[Indicator]
) -> _Cells:
    """A row without a value wherever nobody of a survey was asked."""
    number = {survey: k for k, survey in enumerate(surveys.itertuples(index=False, name=None))}
    place = {indicator.id: k for k, indicator in enumerate(indicators)}
    absent = np.ones((len(number), len(place)), dtype=np.bool_)
    for part in found:
        everybody = np.flatnonzero(part.cells["disaggregation"] == TOTAL)
        names = zip(*(part.cells[name].iloc[everybody] for name in SURVEY), strict=True)
        rows, columns = [number[n] for n in names], [place[i.id] for i in part.indicators]
        absent[np.ix_(rows, columns)] &= ~part.shown[everybody]
    cells = surveys.assign(disaggregation=TOTAL, category=TOTAL)
    return _Cells(cells, indicators, {"obs_status": np.full(absent.shape, "x")}, absent)


def _in_order(found: Sequence[_Cells], indicators: Sequence[Indicator]) -> pd.DataFrame:
    """The rows shown, by survey, indicator as asked for, and group."""
    place = {indicator.id: k for k, indicator in enumerate(indicators)}
    cells = pd.concat([part.cells for part in found], ignore_index=True)
    before = np.cumsum([0, *(len(part.cells) for part in found)])
    places = [np.nonzero(part.shown) for part in found]
    cell = np.concatenate([rows + b for (rows, _), b in zip(places, before, strict=False)])
    asked = np.concatenate(
        [
            np.array([place[i.id] for i in part.indicators], dtype=np.intp)[columns]
            for part, (_, columns) in zip(found, places, strict=True)
        ]
    )
    survey, group = (cells.groupby(by).ngroup().to_numpy() for by in (SURVEY, CELL[2:]))
    order = np.lexsort((group[cell], asked, survey[cell]))
    names = pd.array([indicator.id for indicator in indicators], dtype="str")
    columns = {name: cells[name].array.take(cell[order]) for name in CELL}
    columns |= {"indicator": names.take(asked[order]), "conf_status": ""}
    for name in Estimates.to_schema().columns.keys() - columns.keys():
        blank = np.array(np.nan)
        values = (
            np.broadcast_to(part.numbers.get(name, blank), part.shown.shape)[part.shown]
            for part in found
        )
        columns[name] = np.concatenate([*values])[order]
    return pd.DataFrame(columns)[list(Estimates.to_schema().columns)]


def _matrices(
    parts: list[LinearisedIndicators],
) -> Iterator[tuple[tuple[str, str], pd.DataFrame]]:
    first, *others = parts
    rows_of_first, *rows_of = map(_rows_of_everybody, parts)
    names = pd.Index([indicator.id for part in parts for indicator in part.indicators])
    for survey, rows in rows_of_first.items():
        influence = np.hstack(
            [
                first.influence[rows],
                *(
                    _influence_on(first.unit[rows], part, found.get(survey, rows[:0]))
                    for part, found in zip(others, rows_of, strict=True)
                ),
            ]
        )
        design = first.design.of_rows(rows)
        yield survey, pd.DataFrame(covariance_matrix(influence, design), names, names)


def _rows_of_everybody(part: LinearisedIndicators) -> dict[tuple[str, str], NDArray[np.intp]]:
    """Rows of the influences on total values, by area and period."""
    cells = np.flatnonzero(part.cells["disaggregation"] == TOTAL)
    order = np.argsort(part.cell, kind="stable")
    starts = np.searchsorted(part.cell[order], [cells, cells + 1])
    surveys = zip(*(part.cells[name].iloc[cells] for name in SURVEY), strict=True)
    return {s: order[a:b] for s, a, b in zip(surveys, *starts, strict=True)}


def _influence_on(
    psus: NDArray[np.intp], part: LinearisedIndicators, rows: NDArray[np.intp]
) -> Floats:
    """Influences in these rows of a part, on these PSUs; 0 where a PSU adds nothing."""
    order = np.argsort(psus)
    place = order[np.searchsorted(psus, part.unit[rows], sorter=order)]
    aligned = np.zeros((len(psus), len(part.indicators)))
    aligned[place] = part.influence[rows]
    return aligned
