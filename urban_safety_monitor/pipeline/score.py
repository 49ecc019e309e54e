"""Scores of indicators and components with intervals from draws, and ranks as intervals.

One code path for points and intervals: column 0 of the draws is the estimate itself.
Source: OECD/JRC, Handbook on Constructing Composite Indicators (2008).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandera.typing.pandas import DataFrame

from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.catalogue.framework import Component
from urban_safety_monitor.catalogue.indicator import Goalposts, Indicator, Status
from urban_safety_monitor.statistics.aggregation import aggregate
from urban_safety_monitor.statistics.normalisation import normalise
from urban_safety_monitor.statistics.ranking import ranks
from urban_safety_monitor.tables import Scores, checked

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

LEVELS = ("subdomain", "domain", "overall")


@dataclass(frozen=True)
class Scored:
    """Scores of every component in every unit.

    Attributes:
        units: (u) area and period; `group` says whose ranks belong together.
        scores: component or indicator id -> (u, 1 + draws); NaN where not scored.
        coverage: id -> (u,) share of importance that was there.
        missing: id -> (u,) ids of core indicators not there, separated by blanks.
    """

    units: pd.DataFrame
    scores: dict[str, Floats]
    coverage: dict[str, Floats]
    missing: dict[str, NDArray[np.object_]]


def score(draws: dict[str, Floats], units: pd.DataFrame, catalogue: Catalogue) -> Scored:
    """Score indicators by their goalposts and aggregate them up the framework.

    Args:
        draws: indicator id -> (u, 1 + draws) values in the indicator's unit; NaN is missing, and
            so is an indicator nobody measured.
        units: (u) area, period and group.
        catalogue: goalposts, importance, coverage rules.
    """
    indicators = [i for i in catalogue.indicators.values() if i.scored]
    width = max((values.shape[1] for values in draws.values()), default=1)
    nobody = np.full((len(units), width), np.nan)
    scores = {
        i.id: normalised(draws.get(i.id, nobody), i.goalposts, units["group"])  # type: ignore[arg-type]
        for i in indicators
    }
    present = {name: ~np.isnan(values[:, 0]) for name, values in scores.items()}
    coverage = {name: there.astype(float) for name, there in present.items()}
    missing = {name: np.where(there, "", name).astype(object) for name, there in present.items()}
    scored = Scored(units, scores, coverage, missing)
    for level in LEVELS:
        for component in catalogue.framework.components:
            if component.level == level:
                _add_component(scored, component, catalogue, indicators)
    _add_evidence(scored, catalogue, indicators)
    return scored


def normalised(values: Floats, goalposts: Goalposts, group: pd.Series) -> Floats:
    """Scores of values (u, d); observed goalposts are taken within each group of units.

    Where all values of a group are the same there is nothing to tell its units apart by: no score.
    """
    scores = np.full_like(values, np.nan)
    for _, rows in group.groupby(group).groups.items():
        inside = np.asarray(rows)
        known = values[inside, 0][~np.isnan(values[inside, 0])]
        observed = {"min": known.min(initial=np.inf), "max": known.max(initial=-np.inf)}
        bad, good = (
            observed[post] if isinstance(post, str) else post
            for post in (goalposts.scores_0, goalposts.scores_100)
        )
        if known.size and bad != good:
            scores[inside] = normalise(values[inside], bad, good, log=goalposts.scale == "log")
    return scores


def _add_component(
    scored: Scored, component: Component, catalogue: Catalogue, indicators: Sequence[Indicator]
) -> None:
    members = [i for i in indicators if i.component == component.id]
    inner = [
        c
        for c in catalogue.framework.components
        if c.parent == component.id and c.id in scored.scores
    ]
    names = [i.id for i in members] + [c.id for c in inner]
    if not names:
        return
    importance = [_importance(i, catalogue) for i in members] + [c.importance for c in inner]
    weights = np.array(importance)
    stacked = np.stack([scored.scores[name] for name in names], axis=1)
    values = aggregate(stacked, weights, component.aggregation)
    core = np.array([_is_core(i) for i in members] + [True] * len(inner), dtype=float)
    counted = weights * (core if core.any() else 1.0)
    parts = np.stack([scored.coverage[name] for name in names], axis=1)
    if component.level == "overall":  # counts whole domains: each is either scored or not
        parts = ~np.isnan(stacked[:, :, 0])
    coverage = (parts * counted).sum(axis=1) / counted.sum()
    values[coverage < component.coverage_at_least - 0.005] = np.nan
    scored.scores[component.id] = values
    scored.coverage[component.id] = coverage
    scored.missing[component.id] = _listed([scored.missing[name] for name in names])


def _importance(indicator: Indicator, catalogue: Catalogue) -> float:
    return 1.0 if _is_core(indicator) else catalogue.framework.importance_of_extended


def _is_core(indicator: Indicator) -> bool:
    return indicator.status is Status.CORE


def _add_evidence(scored: Scored, catalogue: Catalogue, indicators: Sequence[Indicator]) -> None:
    """Objective, subjective, administrative and policy evidence, each as a mean of its own."""
    for kind in dict.fromkeys(i.evidence for i in indicators):
        members = [i for i in indicators if i.evidence is kind]
        weights = np.array([_importance(i, catalogue) for i in members])
        stacked = np.stack([scored.scores[i.id] for i in members], axis=1)
        there = (~np.isnan(stacked[:, :, 0]) * weights).sum(axis=1) / weights.sum()
        name = f"evidence:{kind}"
        scored.scores[name] = aggregate(stacked, weights)
        scored.coverage[name] = there
        scored.missing[name] = _listed([scored.missing[i.id] for i in members])


def _listed(parts: Sequence[NDArray[np.object_]]) -> NDArray[np.object_]:
    joined = [" ".join(filter(None, names)) for names in zip(*parts, strict=True)]
    return np.array(joined, dtype=object)


def score_table(scored: Scored, catalogue: Catalogue) -> DataFrame[Scores]:
    """Scores with 95 % intervals from the draws, and rank intervals within each group."""
    names = list(scored.scores)
    values = np.stack([scored.scores[name] for name in names])
    lower, upper = interval_of_draws(values)
    rank, rank_lower, rank_upper = _rank_intervals(values, scored.units["group"])
    units = len(scored.units)
    table = pd.DataFrame(
        {
            "area": np.tile(scored.units["area"], len(names)),
            "period": np.tile(scored.units["period"], len(names)),
            "component": np.repeat(names, units),
            "level": np.repeat([_level(name, catalogue) for name in names], units),
            "score": values[:, :, 0].ravel(),
            "lower": lower.ravel(),
            "upper": upper.ravel(),
            "coverage": np.concatenate([scored.coverage[name] for name in names]),
            "missing": np.concatenate([scored.missing[name] for name in names]),
            "rank": rank.ravel(),
            "rank_lower": rank_lower.ravel(),
            "rank_upper": rank_upper.ravel(),
        }
    )
    return checked(Scores, table[list(Scores.to_schema().columns)])


def interval_of_draws(values: Floats) -> tuple[Floats, Floats]:
    """Central 95 % of draws (..., 1 + d), widened where needed to hold the point itself."""
    lower, upper = np.quantile(values, [0.025, 0.975], axis=-1)
    return np.minimum(lower, values[..., 0]), np.maximum(upper, values[..., 0])


def _rank_intervals(values: Floats, group: pd.Series) -> tuple[Floats, Floats, Floats]:
    """Rank, lowest and highest plausible rank of scores (k, u, 1 + d) among the group's units."""
    point, low, high = (np.full(values.shape[:2], np.nan) for _ in range(3))
    for _, rows in group.groupby(group).groups.items():
        inside = np.asarray(rows)
        # Missing scores take no rank; alone in its group a unit has nothing to be ranked among.
        place = ranks(np.moveaxis(values[:, inside], 1, 0)).swapaxes(0, 1)
        place[(~np.isnan(place[:, :, 0])).sum(axis=1) < 2] = np.nan
        point[:, inside] = place[:, :, 0]
        low[:, inside], high[:, inside] = interval_of_draws(place)
    return point, np.floor(low), np.ceil(high)


def _level(name: str, catalogue: Catalogue) -> str:
    if name.startswith("evidence:"):
        return "evidence"
    component = catalogue.components.get(name)
    return component.level if component else "indicator"
