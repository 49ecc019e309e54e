"""What kept results say of differences, for whoever checks them: tests, ranks and trends."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from urban_safety_monitor.catalogue import load_catalogue
from urban_safety_monitor.errors import DataError
from urban_safety_monitor.pipeline.ranked import rank_sets_of_values
from urban_safety_monitor.statistics.comparison import equivalence_p_values
from urban_safety_monitor.tables.inputs import TOTAL
from urban_safety_monitor.tables.run import Results
from urban_safety_monitor.workflow.views import find_city

UNIT = ["component", "area", "period"]
SAME = 0.05
"""Below this p-value of equivalence two values are called the same."""


def differences_of(
    results: Results,
    cities: Sequence[str],
    indicators: Sequence[str] = (),
    period: str | None = None,
    *,
    margin: float | None = None,
) -> pd.DataFrame:
    """Every test of these cities' values: difference, error, p-values, what it could detect.

    `equivalence` says "same" where a difference beyond the margin is ruled out, "not shown" where
    it is not; empty without a margin. A margin given here stands for those of the indicators.

    Raises:
        DataError: a city or indicator is not in the results.
    """
    rows = _of(results.comparisons, results, cities, indicators)
    rows = rows[rows["period"] == period] if period else rows
    if margin is not None:
        rows = _with_margin(rows, results, margin)
    if "p_equivalence" in rows:
        shown = np.where(rows["p_equivalence"] < SAME, "same", "not shown")
        rows = rows.assign(equivalence=np.where(rows["p_equivalence"].isna(), "", shown))
    return rows.reset_index(drop=True)


def ranks_of(
    results: Results,
    cities: Sequence[str],
    components: Sequence[str] = (),
    period: str | None = None,
) -> pd.DataFrame:
    """Rank sets of these cities by their scores, and by the values of the indicators named.

    All cities of a country and round with a comparable value are ranked; those asked for are shown.

    Raises:
        DataError: a city or component is not in the results.
    """
    declared = load_catalogue().indicators if components else {}
    named = [declared[name] for name in components if name in declared]
    seed = int(results.provenance.options.get("seed", 0))
    by_value = rank_sets_of_values(results.estimates, results.areas, named, seed)
    every = pd.concat([results.rank_sets, by_value], ignore_index=True)
    rows = _of(every, results, cities, components)
    return (rows[rows["period"] == period] if period else rows).reset_index(drop=True)


def trends_of(
    results: Results, cities: Sequence[str], indicators: Sequence[str] = ()
) -> pd.DataFrame:
    """Trends of these cities over three rounds or more.

    Raises:
        DataError: a city or indicator is not in the results.
    """
    return _of(results.trends, results, cities, indicators).reset_index(drop=True)


def _of(
    table: pd.DataFrame, results: Results, cities: Sequence[str], components: Sequence[str]
) -> pd.DataFrame:
    areas = [find_city(results, city) for city in cities]
    known = {*results.estimates["indicator"], *results.scores["component"]}
    unknown = [name for name in components if name not in known]
    if unknown:
        raise DataError(f"indicator {name!r}: not in these results" for name in unknown)
    rows = table[table["area"].isin(areas)]
    return rows[rows["component"].isin(components)] if components else rows


def _with_margin(rows: pd.DataFrame, results: Results, margin: float) -> pd.DataFrame:
    whole = results.estimates[results.estimates["disaggregation"] == TOTAL]
    df = whole.rename(columns={"indicator": "component"})[[*UNIT, "degrees_of_freedom"]]
    joined = rows.merge(df, on=UNIT, how="left")
    difference, error, degrees = (
        joined[name].to_numpy(dtype=float)
        for name in ("difference", "standard_error", "degrees_of_freedom")
    )
    p = equivalence_p_values(difference, error**2, np.full_like(error, margin), degrees)
    return joined.drop(columns="degrees_of_freedom").assign(margin=margin, p_equivalence=p)
