"""Who is affected differently: each group of people against the rest of its city.

Group and rest come from one sample, so their covariance counts; both are linear in the same PSU
totals, and the difference is tested from its own influences.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.catalogue.indicator import Indicator
from urban_safety_monitor.catalogue.measures import Mean, Proportion
from urban_safety_monitor.pipeline.compare import COLUMNS, adjusted, powers, status_of
from urban_safety_monitor.pipeline.disclose import persons_needed
from urban_safety_monitor.pipeline.units import (
    Spread,
    by_variance,
    replicate_degrees,
    replicate_spread,
    units_of,
)
from urban_safety_monitor.statistics.comparison import student_test
from urban_safety_monitor.statistics.linearisation import (
    LonelyPsu,
    covariances,
    ratios,
    sums_by,
)
from urban_safety_monitor.tables import Comparisons, Estimates, checked
from urban_safety_monitor.tables.inputs import TOTAL
from urban_safety_monitor.tables.totals import CELL, PsuTotals, ReplicateTotals

PSU = ["area", "period", "stratum", "psu"]


def compare_groups(
    psu_totals: PsuTotals,
    estimates: DataFrame[Estimates],
    indicators: Sequence[Indicator],
    catalogue: Catalogue,
    lonely_psu: LonelyPsu,
) -> DataFrame[Comparisons]:
    """Test every published group of every share or mean against everybody else in the city."""
    measured = [i for i in indicators if isinstance(i.measure, Proportion | Mean)]
    rows = [
        _of_disaggregation(surveys, name, measured, lonely_psu)
        for surveys in by_variance(psu_totals)
        for name in surveys.keys["disaggregation"].unique()
        if name != TOTAL and "*" not in name
    ]
    if not rows:
        return checked(Comparisons, pd.DataFrame(columns=COLUMNS))
    tested = _published(pd.concat(rows, ignore_index=True), estimates, catalogue)
    tested["p_adjusted"] = adjusted(tested, catalogue)
    tested = powers(tested, tested["variance"].to_numpy(dtype=float), catalogue)
    tested["benchmark"] = tested["disaggregation"] + ":" + tested["category"]
    clear = status_of(tested["z"], tested["indicator"], catalogue)
    # Many groups are tested at once: only differences that survive the correction are called.
    clear = clear.where(tested["p_adjusted"] < 0.05, "similar")
    tested["status"] = clear
    tested["reason"] = np.where(clear == "similar", "difference_not_clear", "difference_clear")
    return checked(Comparisons, tested.rename(columns={"indicator": "component"})[COLUMNS])


def _of_disaggregation(
    psu_totals: PsuTotals, name: str, indicators: Sequence[Indicator], lonely_psu: LonelyPsu
) -> pd.DataFrame:
    """Every group of one disaggregation against the rest of its city, in every period."""
    terms = {t.indicator: j for j, t in enumerate(psu_totals.terms)}
    asked = [i for i in indicators if name in i.disaggregations and i.id in terms]
    if not asked:
        return pd.DataFrame()
    group, everybody, cell, cells = _paired_rows(psu_totals.keys, name)
    columns = [terms[i.id] for i in asked]
    n, above, below = (
        _group_and_rest(array[:, columns], group, everybody)
        for array in (psu_totals.n, psu_totals.numerator, psu_totals.denominator)
    )
    inside = ratios(above[0], below[0], cell, len(cells))
    outside = ratios(above[1], below[1], cell, len(cells))
    difference = inside.value - outside.value
    units = units_of(psu_totals, lonely_psu).of_rows(everybody)
    inner, outer, df = (units.shown_by(part > 0, cell, len(cells))[0] for part in (*n, n[0] + n[1]))
    if psu_totals.replicates is None:
        influence = np.nan_to_num(inside.influence - outside.influence, posinf=0.0, neginf=0.0)
        spread = units.spread(influence, cell)
    else:
        spread = _replicated(psu_totals.replicates, cells, difference, columns)
        df = replicate_degrees(psu_totals.replicates, cells, df, spread)
        spread = spread._replace(influence=np.nan_to_num(spread.influence))
    variance = covariances(
        spread.influence, spread.influence, spread.cell, len(cells), spread.design
    )
    variance = np.where(np.minimum(np.minimum(inner, outer), df) > 0, variance, np.nan)
    times = np.array([i.survey_measure.times for i in asked])
    test = student_test(difference * times, variance * times**2, df)
    frame = cells.loc[np.repeat(np.arange(len(cells)), len(asked))].reset_index(drop=True)
    return frame.assign(
        indicator=[i.id for i in asked] * len(cells),
        benchmark_value=(outside.value * times).reshape(-1),
        difference=test.difference.reshape(-1),
        z=test.z.reshape(-1),
        p_value=test.p_value.reshape(-1),
        variance=(variance * times**2).reshape(-1),
        degrees_of_freedom=df.reshape(-1),
        n_rest=sums_by(cell, len(cells), n[1]).reshape(-1),
    )


def _paired_rows(
    keys: pd.DataFrame, name: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray, pd.DataFrame]:
    """Each group beside every PSU of its survey.

    Returns:
        group: (n,) row of the group's totals in the PSU, -1 where nobody of it lives there.
        everybody: (n,) row of the PSU's totals for everybody.
        cell: (n,) the group's number.
        cells: the groups.
    """
    rows = keys.assign(row=np.arange(len(keys)))
    groups = rows[rows["disaggregation"] == name]
    cells = groups[CELL].drop_duplicates().reset_index(drop=True)
    whole = rows.loc[rows["disaggregation"] == TOTAL, [*PSU, "row"]]
    numbered = cells.assign(cell=np.arange(len(cells)))[["area", "period", "category", "cell"]]
    pairs = whole.merge(numbered, on=["area", "period"]).merge(
        groups[[*PSU, "category", "row"]],
        on=[*PSU, "category"],
        how="left",
        suffixes=("", "_group"),
    )
    group = pairs["row_group"].fillna(-1).to_numpy(dtype=np.intp)
    return group, pairs["row"].to_numpy(), pairs["cell"].to_numpy(), cells


def _replicated(
    replicates: ReplicateTotals,
    cells: pd.DataFrame,
    difference: np.ndarray,
    columns: list[int],
) -> Spread:
    """How far the replicates' differences between group and rest lie from those of the sample."""
    keys = replicates.keys.assign(stratum="", psu=replicates.keys["replicate"])
    group, everybody, cell, found = _paired_rows(keys, cells["disaggregation"].iloc[0])
    place = pd.MultiIndex.from_frame(cells).get_indexer(pd.MultiIndex.from_frame(found))[cell]
    kept = place >= 0
    above, below = (
        _group_and_rest(array[:, columns], group[kept], everybody[kept])
        for array in (replicates.numerator, replicates.denominator)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        deviation = above[0] / below[0] - above[1] / below[1] - difference[place[kept]]
    number, _ = pd.factorize(pd.MultiIndex.from_frame(keys[["area", "period", "replicate"]]))
    rows = everybody[kept]
    return replicate_spread(deviation, replicates.counts[rows], place[kept], number[rows])


def _group_and_rest(
    array: np.ndarray, group: np.ndarray, everybody: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    inside = np.where(group[:, None] >= 0, array[group], 0.0)
    return inside, array[everybody] - inside


def _published(
    tested: pd.DataFrame, estimates: DataFrame[Estimates], catalogue: Catalogue
) -> pd.DataFrame:
    """Only groups whose own estimate is shown and reliable, beside a rest that is large enough.

    The value of the rest would tell the size of a group whose size is withheld: with those of the
    group and of everybody it says how many belong to each.
    """
    key = ["indicator", *CELL]
    shown = estimates.loc[(estimates["conf_status"] == "") & estimates["value"].notna()]
    reliable = shown.loc[shown["obs_status"] != "u", [*key, "n"]]
    kept = tested.merge(reliable, on=key)
    kept.loc[kept["n"].isna(), ["benchmark_value", "difference"]] = np.nan
    limits = {
        name: persons_needed(i, catalogue.framework.thresholds)
        for name, i in catalogue.indicators.items()
    }
    needed = kept["indicator"].map(limits).astype(float)
    return kept[(kept["n_rest"] >= needed) & kept["z"].notna()].reset_index(drop=True)
