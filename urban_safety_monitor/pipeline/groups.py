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
from urban_safety_monitor.pipeline.compare import COLUMNS, status_of
from urban_safety_monitor.pipeline.disclose import persons_needed
from urban_safety_monitor.pipeline.linear import design_of
from urban_safety_monitor.statistics.comparison import benjamini_hochberg, student_test
from urban_safety_monitor.statistics.linearisation import (
    LonelyPsu,
    covariances,
    degrees_of_freedom,
    ratios,
    sums_by,
)
from urban_safety_monitor.tables import Comparisons, Estimates, checked
from urban_safety_monitor.tables.inputs import TOTAL
from urban_safety_monitor.tables.totals import CELL, PsuTotals

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
        _of_disaggregation(psu_totals, name, measured, lonely_psu)
        for name in psu_totals.keys["disaggregation"].unique()
        if name != TOTAL and "*" not in name
    ]
    if not rows:
        return checked(Comparisons, pd.DataFrame(columns=COLUMNS))
    tested = _published(pd.concat(rows, ignore_index=True), estimates, catalogue)
    groups = [tested["area"], tested["period"]]
    tested["p_adjusted"] = tested.groupby(groups)["p_value"].transform(
        lambda p: benjamini_hochberg(p.to_numpy(dtype=float))
    )
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
    design = design_of(psu_totals, lonely_psu)
    design = design._replace(stratum=design.stratum[everybody])
    columns = [terms[i.id] for i in asked]
    n, above, below = (
        _group_and_rest(array[:, columns], group, everybody)
        for array in (psu_totals.n, psu_totals.numerator, psu_totals.denominator)
    )
    inside = ratios(above[0], below[0], cell, len(cells))
    outside = ratios(above[1], below[1], cell, len(cells))
    influence = np.nan_to_num(inside.influence - outside.influence, posinf=0.0, neginf=0.0)
    inner, outer, df = (
        degrees_of_freedom(part > 0, cell, len(cells), design) for part in (*n, n[0] + n[1])
    )
    variance = covariances(influence, influence, cell, len(cells), design)
    variance = np.where(np.minimum(inner, outer) > 0, variance, np.nan)
    times = np.array([i.survey_measure.times for i in asked])
    test = student_test((inside.value - outside.value) * times, variance * times**2, df)
    frame = cells.loc[np.repeat(np.arange(len(cells)), len(asked))].reset_index(drop=True)
    return frame.assign(
        indicator=[i.id for i in asked] * len(cells),
        benchmark_value=(outside.value * times).reshape(-1),
        difference=test.difference.reshape(-1),
        z=test.z.reshape(-1),
        p_value=test.p_value.reshape(-1),
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


def _group_and_rest(
    array: np.ndarray, group: np.ndarray, everybody: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    inside = np.where(group[:, None] >= 0, array[group], 0.0)
    return inside, array[everybody] - inside


def _published(
    tested: pd.DataFrame, estimates: DataFrame[Estimates], catalogue: Catalogue
) -> pd.DataFrame:
    """Only groups whose own estimate is shown and reliable, beside a rest that is large enough."""
    key = ["indicator", *CELL]
    shown = estimates.loc[(estimates["conf_status"] == "") & estimates["value"].notna(), key]
    reliable = shown[estimates.loc[shown.index, "obs_status"] != "u"]
    kept = tested.merge(reliable, on=key)
    limits = {
        name: persons_needed(i, catalogue.framework.thresholds)
        for name, i in catalogue.indicators.items()
    }
    needed = kept["indicator"].map(limits).astype(float)
    return kept[(kept["n_rest"] >= needed) & kept["z"].notna()].reset_index(drop=True)
