"""Rank sets: the ranks of areas that clear differences do not rule out.

Ranks of sampled values are uncertain together: a set holds for all areas of a group at once, which
the central part of each area's simulated ranks does not.

Source: `statistics.ranking` (Mogstad, Romano, Shaikh and Wilhelm 2024).
"""

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.pipeline.drawing import generator
from urban_safety_monitor.pipeline.score import Scored
from urban_safety_monitor.statistics.ranking import rank_sets as kernel
from urban_safety_monitor.tables import checked
from urban_safety_monitor.tables.comparing import RankSets

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
            variance = np.diag(values[inside, 1:].var(axis=1))
            rng = generator(seed, "rank sets", component, str(name))
            found = kernel(values[inside, 0], variance, rng, draws=DRAWS)
            rows.append(
                group[["area", "period"]].assign(
                    component=component, best=found.best, worst=found.worst, of=len(inside)
                )
            )
    together = pd.concat(rows)[COLUMNS] if rows else pd.DataFrame(columns=COLUMNS)
    return checked(RankSets, together.reset_index(drop=True))
