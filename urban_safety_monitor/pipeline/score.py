"""Scores of indicators and components with intervals from draws, and ranks as intervals.

One code path for points and intervals: column 0 of the draws is the estimate itself. Coverage is
that of measured values; what a framework lets be filled in is scored but flagged `E`.

Source: OECD/JRC, Handbook on Constructing Composite Indicators (2008).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandera.typing.pandas import DataFrame

from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.errors import CatalogueError
from urban_safety_monitor.pipeline.composition import (
    Group,
    Tree,
    coverage_of,
    groups_of,
    tree_of,
)
from urban_safety_monitor.statistics.aggregation import aggregate
from urban_safety_monitor.statistics.ranking import ranks
from urban_safety_monitor.tables import Scores, checked

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Names = NDArray[np.object_]

CELLS_AT_ONCE = 2_000_000
"""Values of indicators scored at a time, some tens of megabytes with all that comes of them."""


@dataclass(frozen=True)
class Scored:
    """Scores of every component in every unit, by the id of the component or indicator.

    Attributes:
        units: (u) area and period; `group` says whose ranks belong together.
        tree: the framework's nodes.
        groups: the units' indices, each with what its coverage leaves unscored.
        scores: id -> (u, 1 + draws); NaN where not scored.
        coverage: id -> (u,) share of importance that was measured.
        missing: id -> (u,) ids of indicators not measured, separated by blanks.
        imputed: id -> (u,) ids of indicators whose value is filled in, separated by blanks.
        ranked: id -> (u,) whether the unit takes part in ranks: comparable values suffice.
    """

    units: pd.DataFrame
    tree: Tree
    groups: list[Group]
    scores: dict[str, Floats]
    coverage: dict[str, Floats]
    missing: dict[str, Names]
    imputed: dict[str, Names]
    ranked: dict[str, Bools]


def score(
    draws: Mapping[str, Floats],
    units: pd.DataFrame,
    catalogue: Catalogue,
    differing: Mapping[str, Bools] | None = None,
) -> Scored:
    """Score indicators and aggregate them up the framework, as it declares.

    Args:
        draws: indicator id -> (u, 1 + draws) values in the indicator's unit; NaN is missing, and
            so is an indicator nobody measured.
        units: (u) area, period and group, and what imputation is within.
        catalogue: goalposts, importance, coverage rules, choices of method.
        differing: indicator id -> (u,) whether its definition differs, so that the value is not
            comparable with other areas: it is scored but not ranked.

    Raises:
        CatalogueError: the framework scores no indicator.
        DataError: the units lack what the framework's imputation or importance needs.
    """
    tree = tree_of(catalogue)
    if not tree.members:
        raise CatalogueError(
            "framework: no indicator is scored; give at least one a component and goalposts"
        )
    values = _stacked(draws, tree, len(units))
    groups = groups_of(tree, values, units, catalogue)
    known = ~np.isnan(values[..., 0])
    has_score = np.zeros_like(known)
    for group in groups:
        point = replace(group.index, values=group.index.values[..., 0])
        has_score[group.rows] = ~np.isnan(point.indicators())
    measured = known & has_score
    coverage = coverage_of(tree, measured, has_score)
    groups = [Group(g.rows, replace(g.index, unscored=coverage.lacking[g.rows])) for g in groups]
    comparable = measured & ~_differing(differing or {}, tree, len(units))
    scores = _scores(tree, groups, values.shape)
    are_scored = np.stack([~np.isnan(scores[name][:, 0]) for name in tree.names], axis=1)
    scored = Scored(
        units,
        tree,
        groups,
        scores,
        dict(zip(tree.names, coverage.share.T, strict=True)),
        _named(tree, ~measured, np.ones_like(are_scored)),
        _named(tree, has_score & ~known, are_scored),
        dict(zip(tree.names, coverage_of(tree, comparable, has_score).there.T, strict=True)),
    )
    _add_evidence(scored)
    return scored


def _stacked(draws: Mapping[str, Floats], tree: Tree, units: int) -> Floats:
    """Values (u, k, 1 + draws) of the members in their order; NaN where nobody measured."""
    width = max((values.shape[1] for values in draws.values()), default=1)
    stacked = np.full((units, len(tree.members), width), np.nan)
    for number, member in enumerate(tree.members):
        if member.id in draws:
            stacked[:, number] = draws[member.id]
    return stacked


def _scores(tree: Tree, groups: Sequence[Group], shape: tuple[int, ...]) -> dict[str, Floats]:
    """Scores of every node; some draws at a time, so that memory is bounded."""
    scores = {name: np.full((shape[0], shape[2]), np.nan) for name in tree.names}
    for group in groups:
        values = group.index.values
        ends = np.linspace(0, shape[2], 1 + -(-values.size // CELLS_AT_ONCE)).astype(int)
        for start, end in pairwise(ends):
            found = replace(group.index, values=values[..., start:end]).nodes()
            for number, name in enumerate(tree.names):
                scores[name][group.rows, start:end] = found[:, number]
    return scores


def _differing(differing: Mapping[str, Bools], tree: Tree, units: int) -> Bools:
    nowhere = np.zeros(units, dtype=bool)
    return np.stack([differing.get(m.id, nowhere) for m in tree.members], axis=1)


def _named(tree: Tree, chosen: Bools, counts: Bools) -> dict[str, Names]:
    """For each node the ids of the members below it that are chosen, blanks between.

    Args:
        tree: the framework.
        chosen: (u, k) which members are.
        counts: (u, m) nodes that hand on the names below them.
    """
    found: list[Names] = []
    for number, member in enumerate(tree.members):
        named = np.where(chosen[:, number] & counts[:, number], member.id, "")
        found.append(named.astype(object))
    for node, _ in tree.nodes():
        below = _listed([found[part] for part in tree.parts(node)])
        found.append(np.where(counts[:, node], below, ""))
    return dict(zip(tree.names, found, strict=True))


def _add_evidence(scored: Scored) -> None:
    """Objective, subjective, administrative and policy evidence, each as a mean of its own."""
    tree = scored.tree
    for kind in dict.fromkeys(m.evidence for m in tree.members if m.evidence):
        members = [n for n, m in enumerate(tree.members) if m.evidence is kind]
        names = [tree.members[n].id for n in members]
        weights = tree.importance[members]
        parts = np.stack([scored.coverage[name] for name in names], axis=1)
        name = f"evidence:{kind}"
        scored.scores[name] = aggregate(
            np.stack([scored.scores[n] for n in names], axis=1), weights
        )
        scored.coverage[name] = (parts * weights).sum(axis=1) / weights.sum()
        scored.missing[name] = _listed([scored.missing[n] for n in names])
        scored.imputed[name] = _listed([scored.imputed[n] for n in names])
        scored.ranked[name] = np.any([scored.ranked[n] for n in names], axis=0)


def _listed(parts: Sequence[Names]) -> Names:
    joined = [" ".join(filter(None, names)) for names in zip(*parts, strict=True)]
    return np.array(joined, dtype=object)


def score_table(scored: Scored, catalogue: Catalogue) -> DataFrame[Scores]:
    """Scores with 95 % intervals from the draws, and rank intervals within each group."""
    parts = [_rows(scored, name, catalogue) for name in scored.scores]
    columns = {column: np.concatenate([part[column] for part in parts]) for column in parts[0]}
    names = np.repeat(list(scored.scores), len(scored.units))
    areas, periods = (np.tile(scored.units[key], len(parts)) for key in ("area", "period"))
    table = pd.DataFrame({"component": names, "area": areas, "period": periods, **columns})
    return checked(Scores, table[list(Scores.to_schema().columns)])


def _rows(scored: Scored, name: str, catalogue: Catalogue) -> dict[str, NDArray[Any]]:
    """What the table shows of one component, by column; one at a time bounds the memory."""
    values, ranked, imputed = scored.scores[name], scored.ranked[name], scored.imputed[name]
    lower, upper = interval_of_draws(values)
    placed = np.where(ranked[:, None], values, np.nan)
    rank, rank_lower, rank_upper = _rank_intervals(placed, scored.units["group"])
    status = np.select([imputed != "", ~ranked], ["E", "d"], "A")
    return {
        "level": np.full(len(values), _level(name, catalogue)),
        "score": values[:, 0],
        "lower": lower,
        "upper": upper,
        "coverage": scored.coverage[name],
        "missing": scored.missing[name],
        "rank": rank,
        "rank_lower": rank_lower,
        "rank_upper": rank_upper,
        "obs_status": np.where(np.isnan(values[:, 0]), "", status),
        "imputed": imputed,
    }


def interval_of_draws(values: Floats) -> tuple[Floats, Floats]:
    """Central 95 % of draws (..., 1 + d), widened where needed to hold the point itself."""
    lower, upper = np.quantile(values, [0.025, 0.975], axis=-1)
    return np.minimum(lower, values[..., 0]), np.maximum(upper, values[..., 0])


def _rank_intervals(values: Floats, group: pd.Series) -> tuple[Floats, Floats, Floats]:
    """Rank, lowest and highest plausible rank of scores (u, 1 + d) among the group's units."""
    point, low, high = (np.full(len(values), np.nan) for _ in range(3))
    for rows in group.groupby(group).indices.values():
        # Missing scores take no rank; alone in its group a unit has nothing to be ranked among.
        if (~np.isnan(values[rows, 0])).sum() > 1:
            place = ranks(values[rows])
            point[rows] = place[:, 0]
            low[rows], high[rows] = interval_of_draws(place)
    return point, np.floor(low), np.ceil(high)


def _level(name: str, catalogue: Catalogue) -> str:
    if name.startswith("evidence:"):
        return "evidence"
    component = catalogue.components.get(name)
    return component.level if component else "indicator"
