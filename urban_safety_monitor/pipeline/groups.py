"""Who is affected differently: each group of people against the rest of its city.

Group and rest come from one sample, so their covariance counts; both are linear in the same PSU
totals, and the difference is tested from its own influences.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.catalogue.indicator import Indicator
from urban_safety_monitor.catalogue.measures import Mean, Proportion
from urban_safety_monitor.pipeline.compare import COLUMNS, status_of
from urban_safety_monitor.pipeline.disclose import persons_needed
from urban_safety_monitor.pipeline.linear import design_of
from urban_safety_monitor.statistics.comparison import benjamini_hochberg, normal_test
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
    terms = {t.indicator: j for j, t in enumerate(psu_totals.terms)}
    asked = [i for i in indicators if name in i.disaggregations and i.id in terms]
    if not asked:
        return pd.DataFrame()
    columns = [terms[i.id] for i in asked]
    frames = _each_category(psu_totals, name, columns, lonely_psu)
    times = np.array([i.survey_measure.times for i in asked])
    names = [i.id for i in asked]
    return pd.concat([_rows(frame, names, times) for frame in frames], ignore_index=True)


Contrast = tuple[pd.DataFrame, dict[str, np.ndarray]]


def _each_category(
    psu_totals: PsuTotals, name: str, columns: Sequence[int], lonely_psu: LonelyPsu
) -> Iterator[Contrast]:
    """One contrast of a category with the rest over all areas and periods at once."""
    keys = psu_totals.keys
    everybody = (keys["disaggregation"] == TOTAL).to_numpy()
    unit = ["area", "period", "stratum", "psu"]
    place = pd.MultiIndex.from_frame(keys.loc[everybody, unit])
    design = design_of(psu_totals, lonely_psu)
    design = design._replace(stratum=design.stratum[everybody])
    cells = keys.loc[everybody, CELL].drop_duplicates().reset_index(drop=True)
    cell = pd.MultiIndex.from_frame(cells).get_indexer(
        pd.MultiIndex.from_frame(keys.loc[everybody, CELL])
    )
    arrays = (psu_totals.n, psu_totals.numerator, psu_totals.denominator)
    total = [array[everybody][:, columns] for array in arrays]
    inside = keys[keys["disaggregation"] == name]
    for category, rows in inside.groupby("category", sort=True).groups.items():
        at = place.get_indexer(pd.MultiIndex.from_frame(keys.loc[rows, unit]))
        group = [np.zeros_like(array) for array in total]
        for mine, array in zip(group, arrays, strict=True):
            mine[at] = array[np.asarray(rows)][:, columns]
        rest = [whole - part for whole, part in zip(total, group, strict=True)]
        first = ratios(group[1], group[2], cell, len(cells))
        second = ratios(rest[1], rest[2], cell, len(cells))
        influence = np.nan_to_num(first.influence - second.influence, posinf=0.0, neginf=0.0)
        df = np.minimum(
            degrees_of_freedom(group[0] > 0, cell, len(cells), design),
            degrees_of_freedom(rest[0] > 0, cell, len(cells), design),
        )
        variance = covariances(influence, influence, cell, len(cells), design)
        yield (
            cells.assign(disaggregation=name, category=str(category)),
            {
                "group": first.value,
                "rest": second.value,
                "variance": np.where(df > 0, variance, np.nan),
                "n_rest": sums_by(cell, len(cells), rest[0]),
            },
        )


def _rows(contrast: Contrast, names: Sequence[str], times: np.ndarray) -> pd.DataFrame:
    cells, found = contrast
    test = normal_test((found["group"] - found["rest"]) * times, found["variance"] * times**2)
    frame = cells.loc[np.repeat(np.arange(len(cells)), len(names))].reset_index(drop=True)
    return frame.assign(
        indicator=list(names) * len(cells),
        benchmark_value=(found["rest"] * times).reshape(-1),
        difference=test.difference.reshape(-1),
        z=test.z.reshape(-1),
        p_value=test.p_value.reshape(-1),
        n_rest=found["n_rest"].reshape(-1),
    )


def _published(
    tested: pd.DataFrame, estimates: DataFrame[Estimates], catalogue: Catalogue
) -> pd.DataFrame:
    """Only groups whose own estimate is shown and reliable, beside a rest that is large enough."""
    key = ["indicator", *CELL]
    shown = estimates.loc[(estimates["conf_status"] == "") & estimates["value"].notna(), key]
    reliable = shown[estimates.loc[shown.index, "obs_status"] != "u"]
    kept = tested.merge(reliable, on=key)
    needed = kept["indicator"].map(
        {
            name: persons_needed(i, catalogue.framework.thresholds)
            for name, i in catalogue.indicators.items()
        }
    )
    return kept[(kept["n_rest"] >= needed) & kept["z"].notna()].reset_index(drop=True)
