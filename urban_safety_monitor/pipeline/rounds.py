"""Rounds of one city: what they share, and where they lead.

Rounds that interview in the same sampling units share error: both are domains of one design with
the units of either, as R's `survey` would take them, and their covariance makes a change known
better. A trend needs three rounds or more and takes a new level after every break.

Source: `statistics.linearisation` (domains of one design), `statistics.trend`.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandera.typing.pandas import DataFrame

from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.catalogue.indicator import Indicator
from urban_safety_monitor.pipeline.compare import status_of
from urban_safety_monitor.pipeline.linear import LinearisedIndicators, linearised, numbered
from urban_safety_monitor.pipeline.units import STRATUM
from urban_safety_monitor.statistics.intervals import normal_quantile
from urban_safety_monitor.statistics.linearisation import LonelyPsu, covariances
from urban_safety_monitor.statistics.trend import segments_of, trend
from urban_safety_monitor.tables import Differences, Estimates, checked
from urban_safety_monitor.tables.comparing import Trends
from urban_safety_monitor.tables.inputs import TOTAL
from urban_safety_monitor.tables.totals import PsuTotals

Floats = NDArray[np.float64]

FEWEST_ROUNDS = 3
SHARED = ["indicator", "area", "period", "correlation"]
PERIOD = re.compile(r"(\d{4})(?:-Q([1-4])|-(\d{2}))?")


def shared_error(
    psu_totals: PsuTotals,
    indicators: Sequence[Indicator],
    areas: frozenset[str],
    lonely_psu: LonelyPsu,
) -> pd.DataFrame:
    """Correlation of each round's values with those of the round before, in these areas.

    Surveys with replicates and of two finite stages are left out: their rows are no sampling units
    that a name in another round could stand for. So are gaps.

    Returns:
        indicator, area, period and correlation.
    """
    keys = psu_totals.keys
    usable = psu_totals.replicates is None and psu_totals.second_stage is None
    found = [pd.DataFrame(columns=SHARED)]
    for area in sorted(areas) if usable else ():
        of_area = keys[(keys["area"] == area) & (keys["disaggregation"] == TOTAL)]
        for before, period in pairwise(sorted(of_area["period"].unique())):
            rows = of_area.index[of_area["period"].isin([before, period])].to_numpy()
            joined = _as_one(psu_totals.of_rows(rows))
            part = linearised(numbered(joined, lonely_psu), indicators)[0]
            correlation = _correlations(part, (before, period))
            names = [indicator.id for indicator in part.indicators]
            found.append(
                pd.DataFrame({"indicator": names, "correlation": correlation}).assign(
                    area=area, period=period
                )[SHARED]
            )
    return pd.concat(found, ignore_index=True).dropna()


def _as_one(rounds: PsuTotals) -> PsuTotals:
    """Two rounds as categories of one survey, with the sampling units of either."""
    keys = rounds.keys.assign(disaggregation="round", category=rounds.keys["period"], period="")
    order = np.lexsort((keys["psu"], keys["stratum"], keys["category"]))
    units = keys[[*STRATUM, "psu"]].drop_duplicates()
    population = rounds.psus.groupby(["area", "stratum"])["psus_in_population"].max()
    psus = units.groupby(STRATUM).size().rename("psus").reset_index()
    psus = psus.join(population, on=["area", "stratum"])
    joined = rounds.of_rows(order.astype(np.intp))
    return PsuTotals(
        keys.iloc[order].reset_index(drop=True),
        joined.terms,
        joined.n,
        joined.numerator,
        joined.denominator,
        joined.squares,
        psus,
    )


def _correlations(part: LinearisedIndicators, rounds: tuple[str, str]) -> Floats:
    """Of the values of two categories, (k,); NaN where one has none."""
    units = int(part.unit.max()) + 1
    stratum = np.zeros(units, dtype=np.intp)
    stratum[part.unit] = part.design.stratum
    design = part.design._replace(stratum=stratum)
    first, second = (
        _on_units(part, part.cells.index[part.cells["category"] == name], units) for name in rounds
    )
    cell = np.zeros(units, dtype=np.intp)
    both, one, other = (
        covariances(x, y, cell, 1, design)[0]
        for x, y in ((first, second), (first, first), (second, second))
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.clip(both / np.sqrt(one * other), -1, 1))


def _on_units(part: LinearisedIndicators, cell: pd.Index, units: int) -> Floats:
    rows = np.flatnonzero(np.isin(part.cell, cell))
    influence = np.zeros((units, len(part.indicators)))
    influence[part.unit[rows]] = np.nan_to_num(part.influence[rows])
    return influence


def trends(
    estimates: DataFrame[Estimates], differences: DataFrame[Differences], catalogue: Catalogue
) -> DataFrame[Trends]:
    """The trend of every indicator in every area with three rounds or more."""
    known = estimates["value"].notna() & (estimates["standard_error"] > 0)
    rounds = estimates[(estimates["disaggregation"] == TOTAL) & known]
    of_series = rounds.groupby(["indicator", "area"])["period"].transform("size")
    rows = list(_trends_of(rounds[of_series >= FEWEST_ROUNDS], differences, catalogue))
    return checked(Trends, pd.DataFrame(rows, columns=list(Trends.to_schema().columns)))


def _trends_of(
    rounds: pd.DataFrame, differences: pd.DataFrame, catalogue: Catalogue
) -> Iterator[dict[str, object]]:
    broken = differences[differences["obs_status"] == "b"]
    marked = set(zip(broken["indicator"], broken["area"], broken["period"], strict=True))
    for (indicator, area), series in rounds.groupby(["indicator", "area"], sort=False):
        series = series.sort_values("period")
        breaks = np.array(
            [
                (indicator, area, period) in marked or status == "b"
                for period, status in zip(series["period"], series["obs_status"], strict=True)
            ]
        )
        breaks[0] = False
        found = trend(
            np.array([_year(period) for period in series["period"]]),
            series["value"].to_numpy(dtype=float)[None],
            series["standard_error"].to_numpy(dtype=float)[None] ** 2,
            segments_of(breaks[None]),
        )
        if np.isnan(found.slope[0]):
            continue
        clear = found.p_value[0] < 2 * (1 - 0.975)
        z = pd.Series([np.sign(found.slope[0]) * (normal_quantile() + 1) if clear else 0.0])
        yield {
            "component": indicator,
            "area": area,
            "first": series["period"].iloc[0],
            "last": series["period"].iloc[-1],
            "rounds": len(series),
            "breaks": int(breaks.sum()),
            **{name: values[0] for name, values in found._asdict().items()},
            "status": status_of(z, pd.Series([indicator]), catalogue).iloc[0],
        }


def _year(period: str) -> float:
    """When a period begins, in years."""
    match = PERIOD.match(period)
    if match is None:
        return float("nan")
    year, quarter, month = match.groups()
    months = 3 * (int(quarter) - 1) if quarter else int(month) - 1 if month else 0
    return int(year) + months / 12
