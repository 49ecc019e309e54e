"""How far an overall score depends on choices of method that could reasonably be others.

Choices: the domains' importance (Dirichlet weight sets with a floor), geometric aggregation, and
leaving one domain out, each in full: the extremes of point scores. What chance does, alone and
with all choices at once, is in `uncertainty`.

Source: OECD/JRC, Handbook on Constructing Composite Indicators (2008), step 7.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandera.typing.pandas import DataFrame

from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.pipeline.drawing import generator
from urban_safety_monitor.pipeline.score import Scored
from urban_safety_monitor.statistics.aggregation import aggregate
from urban_safety_monitor.statistics.ranking import ranks
from urban_safety_monitor.tables import Robustness, checked

Floats = NDArray[np.float64]

WEIGHT_SETS = 1000
SMALLEST_IMPORTANCE = 0.05


def robustness(scored: Scored, catalogue: Catalogue, seed: int) -> DataFrame[Robustness]:
    """The span of each overall score and rank over each kind of choice, and over all of them."""
    overall = next((c for c in catalogue.framework.components if c.level == "overall"), None)
    columns = list(Robustness.to_schema().columns)
    domains = [
        c
        for c in catalogue.framework.components
        if overall and c.parent == overall.id and c.id in scored.scores
    ]
    if overall is None or len(domains) < 2:
        return checked(Robustness, pd.DataFrame(columns=columns))
    points = np.stack([scored.scores[c.id][:, 0] for c in domains], axis=1)
    points[np.isnan(scored.scores[overall.id][:, 0])] = np.nan
    chosen = np.array([c.importance for c in domains])
    choices = {"dirichlet_weights": _weighted(points, _weight_sets(len(domains), seed))}
    positive = np.where(points > 0, points, np.where(np.isnan(points), np.nan, 1e-9))
    choices["geometric"] = aggregate(positive, chosen, "geometric")[:, None]
    for number, domain in enumerate(domains):
        without = np.delete(points, number, axis=1)
        left = aggregate(without, np.delete(chosen, number))
        choices[f"without:{domain.id}"] = left[:, None]
    choices["all"] = np.hstack(list(choices.values()))
    ranked = scored.ranked[overall.id]
    frames = [_span(values, scored.units, ranked, name) for name, values in choices.items()]
    return checked(Robustness, pd.concat(frames, ignore_index=True)[columns])


def _weight_sets(domains: int, seed: int) -> Floats:
    """Random importances (sets, domains), uniform above a floor so that no domain vanishes."""
    free = 1 - domains * SMALLEST_IMPORTANCE
    drawn = generator(seed, "weight sets").dirichlet(np.ones(domains), WEIGHT_SETS)
    return np.asarray(SMALLEST_IMPORTANCE + free * drawn)


def _weighted(points: Floats, weight_sets: Floats) -> Floats:
    there = ~np.isnan(points)
    weighted = np.nan_to_num(points) @ weight_sets.T
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(weighted / (there.astype(float) @ weight_sets.T))


def _span(
    values: Floats, units: pd.DataFrame, ranked: NDArray[np.bool_], choice: str
) -> pd.DataFrame:
    place = np.full_like(values, np.nan)
    for members in units.groupby("group").indices.values():
        rows = np.asarray(members)
        inside = rows[ranked[rows] & ~np.isnan(values[rows, 0])]
        if len(inside) > 1:
            place[inside] = ranks(values[inside])
    return units[["area", "period"]].assign(
        choice=choice,
        lower=values.min(axis=1),
        upper=values.max(axis=1),
        rank_lower=place.min(axis=1),
        rank_upper=place.max(axis=1),
    )
