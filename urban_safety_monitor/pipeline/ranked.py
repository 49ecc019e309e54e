"""Rank sets: the ranks of areas that clear differences do not rule out.

Ranks of sampled values are uncertain together: a set holds for all areas of a group at once, which
the central part of each area's simulated ranks does not.

Source: `statistics.ranking` (Mogstad, Romano, Shaikh and Wilhelm 2024).
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandera.typing.pandas import DataFrame

from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.catalogue.indicator import Indicator
from urban_safety_monitor.pipeline.drawing import generator
from urban_safety_monitor.pipeline.score import Scored
from urban_safety_monitor.statistics.ranking import rank_sets as kernel
from urban_safety_monitor.tables import Areas, Estimates, checked
from urban_safety_monitor.tables.comparing import RankSets
from urban_safety_monitor.tables.inputs import TOTAL

Floats = NDArray[np.float64]

DRAWS = 1000
COLUMNS = list(RankSets.to_schema().columns)


def rank_sets(scored: Scored, catalogue: Catalogue, seed: int) -> DataFrame[RankSets]:
    """Rank sets of domains' and overall scores that take part in ranks, among areas of a group.

    Areas are sampled apart, so their scores vary independently; draws tell by how much.
    """
    rows = []
    whole = [c.id for c in catalogue.framework.components if c.level != "subdomain"]
    for component in (name for name in whole if name in scored.scores):
        values = scored.scores[component]
        taking_part = scored.ranked[component] & ~np.isnan(values[:, 0])
        for name, group in scored.units[taking_part].groupby("group"):
            inside = group.index.to_numpy()
            if len(inside) < 2:
                continue
            rng = generator(seed, "rank sets", component, str(name))
            variance = values[inside, 1:].var(axis=1)
            rows.append(_ranked(group, component, values[inside, 0], variance, rng))
    return _together(rows)


def rank_sets_of_values(
    estimates: DataFrame[Estimates],
    areas: DataFrame[Areas],
    indicators: Sequence[Indicator],
    seed: int,
) -> DataFrame[RankSets]:
    """Rank sets of cities by an indicator's value for everybody, in each country and period.

    1 is the city that does best; where the indicator does not say which way is better, the one
    with the highest value. As for comparisons, values of another definition or of low reliability
    take no part, nor do those whose error is not known.
    """
    countries = areas.loc[areas["level"] == "city", ["area", "country"]]
    sure = (estimates["standard_error"] > 0) & ~estimates["obs_status"].isin(["d", "u"])
    shown = estimates[sure & (estimates["disaggregation"] == TOTAL)].merge(countries, on="area")
    rows = []
    for indicator in indicators:
        upwards = indicator.goalposts is None or indicator.goalposts.higher_is_better
        of_indicator = shown[shown["indicator"] == indicator.id]
        for name, group in of_indicator.groupby(["country", "period"]):
            if len(group) < 2:
                continue
            value, error = (
                group[column].to_numpy(dtype=float) for column in ("value", "standard_error")
            )
            rng = generator(seed, "rank sets", indicator.id, *map(str, name))
            values = value if upwards else -value
            rows.append(_ranked(group, indicator.id, values, error**2, rng))
    return _together(rows)


def _ranked(
    units: pd.DataFrame,
    component: str,
    values: Floats,
    variance: Floats,
    rng: np.random.Generator,
) -> pd.DataFrame:
    found = kernel(values, np.diag(variance), rng, draws=DRAWS)
    return units[["area", "period"]].assign(
        component=component, best=found.best, worst=found.worst, of=len(units)
    )


def _together(rows: list[pd.DataFrame]) -> DataFrame[RankSets]:
    together = pd.concat(rows)[COLUMNS] if rows else pd.DataFrame(columns=COLUMNS)
    return checked(RankSets, together.reset_index(drop=True))
