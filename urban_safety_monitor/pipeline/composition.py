"""What the index is made of: the framework's tree as arrays, and one `Index` per group of units.

Units of one group (a country and a period) are scored and ranked together; methods that look at
other units, such as min-max or imputation, look at those of the group alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.catalogue.framework import LEVELS, Component
from urban_safety_monitor.catalogue.indicator import Goalposts
from urban_safety_monitor.catalogue.members import Member
from urban_safety_monitor.errors import DataError
from urban_safety_monitor.statistics.importance import pca_importance
from urban_safety_monitor.statistics.index import Index
from urban_safety_monitor.statistics.normalisation import observed_goalposts
from urban_safety_monitor.statistics.treatment import Treatment

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Codes = NDArray[np.intp]


@dataclass(frozen=True)
class Tree:
    """The framework as nodes: the members, then the components that have any, parts before wholes.

    Attributes:
        parent: (m,) number of each node's parent; -1 for none.
        counted: (m,) importance that coverage is a share of: that of core indicators and of
            components, among the parts of each parent.
        importance: (m,) importance as given.
    """

    members: tuple[Member, ...]
    components: tuple[Component, ...]
    parent: Codes
    importance: Floats
    counted: Floats

    @property
    def names(self) -> list[str]:
        """Ids of the nodes."""
        return [*(m.id for m in self.members), *(c.id for c in self.components)]

    def parts(self, node: int) -> Codes:
        """Numbers of a component's own parts."""
        return np.flatnonzero(self.parent == node)

    def nodes(self) -> list[tuple[int, Component]]:
        """The components with their numbers, parts before wholes."""
        return list(enumerate(self.components, len(self.members)))


def tree_of(catalogue: Catalogue) -> Tree:
    """The tree of a catalogue's framework; components without any member are left out."""
    members = catalogue.members
    held = {member.component for member in members}
    ordered = sorted(catalogue.framework.components, key=lambda c: LEVELS.index(c.level))
    components: list[Component] = []
    for component in ordered:
        if component.id in held:
            components.append(component)
            held |= {component.parent or ""}
    nodes = [(m.component, m.importance, m.core) for m in members]
    nodes += [(c.parent or "", c.importance, True) for c in components]
    number = {c.id: place for place, c in enumerate(components, len(members))}
    parent = np.array([number.get(above, -1) for above, _, _ in nodes], dtype=np.intp)
    importance = _as_declared(np.array([weight for _, weight, _ in nodes]), parent, components)
    counted = importance * np.array([core for _, _, core in nodes], dtype=float)
    for node in number.values():  # where nothing is core, everything counts
        parts = parent == node
        if not counted[parts].any():
            counted[parts] = importance[parts]
    return Tree(members, tuple(components), parent, importance, counted)


def _as_declared(importance: Floats, parent: Codes, components: Sequence[Component]) -> Floats:
    first = len(parent) - len(components)
    equal = [n for n, c in enumerate(components, first) if c.importance_of_parts == "equal"]
    return np.where(np.isin(parent, equal), 1.0, importance)


class Coverage(NamedTuple):
    """What is there of each node, (u, m) each.

    `share` is that of its importance, 0 to 1; `lacking` says that it is too little for a score, and
    `there` that something is there, and enough.
    """

    share: Floats
    lacking: Bools
    there: Bools


def coverage_of(tree: Tree, measured: Bools, scored: Bools) -> Coverage:
    """How much of each node rests on values that count.

    Args:
        tree: the framework.
        measured: (u, k) whether an indicator has a value that counts.
        scored: (u, k) whether it has a score at all, be it of a value filled in.

    The whole counts whole domains: each is either scored or not.
    """
    share = np.zeros((len(measured), len(tree.parent)))
    lacking, there, has = (np.zeros(share.shape, dtype=bool) for _ in range(3))
    members = len(tree.members)
    share[:, :members] = there[:, :members] = measured
    has[:, :members] = scored
    for node, component in tree.nodes():
        parts = tree.parts(node)
        counted = tree.counted[parts]
        own = there[:, parts] if component.level == "overall" else share[:, parts]
        share[:, node] = (own * counted).sum(axis=1) / counted.sum()
        lacking[:, node] = share[:, node] < component.coverage_at_least - 0.005
        every = component.aggregation == "benefit_of_the_doubt"  # judges only who has all
        has[:, node] = has[:, parts].all(axis=1) if every else has[:, parts].any(axis=1)
        has[:, node] &= ~lacking[:, node]
        there[:, node] = there[:, parts].any(axis=1) & has[:, node]
    return Coverage(share, lacking, there)


@dataclass(frozen=True)
class Group:
    """Units scored together, by their rows among all units, and their index."""

    rows: Codes
    index: Index


def groups_of(tree: Tree, values: Floats, units: pd.DataFrame, catalogue: Catalogue) -> list[Group]:
    """One index per group of units, as the framework declares it; nothing is left unscored yet.

    Args:
        tree: the framework.
        values: (u, k, 1 + draws) of the members; column 0 is the estimate itself.
        units: (u) with the column `group`, and the one named by the imputation's `within`.
        catalogue: choices of method.

    Raises:
        DataError: the column that imputation is within is not there, or importance by principal
            components cannot be found from these values.
    """
    imputed = _imputation_groups(units, catalogue)
    found = []
    for members in units.groupby("group").indices.values():
        rows = np.asarray(members)
        within = None if imputed is None else imputed[rows]
        found.append(Group(rows, _index(tree, values[rows], within, catalogue)))
    importance = _by_components(tree, found)
    return [Group(g.rows, replace(g.index, importance=importance)) for g in found]


def _imputation_groups(units: pd.DataFrame, catalogue: Catalogue) -> Codes | None:
    rule = catalogue.framework.imputation
    if rule.method == "none":
        return None
    if rule.within is None:
        return np.zeros(len(units), dtype=np.intp)
    if rule.within not in units:
        raise DataError(
            f"imputation within {rule.within!r}: there is no such column; give each area its group"
        )
    # Areas without a group make one of their own.
    return np.asarray(pd.factorize(units[rule.within], use_na_sentinel=False)[0], dtype=np.intp)


def _index(tree: Tree, values: Floats, within: Codes | None, catalogue: Catalogue) -> Index:
    members, rule = tree.members, catalogue.framework.normalisation
    index = Index(
        values=_on_scale(values, members),
        goalposts=np.zeros((2, len(members))),
        importance=tree.importance,
        parent=tree.parent,
        aggregation=tuple(c.aggregation for c in tree.components),
        normalisation=tuple(m.normalisation for m in members),
        treatment=tuple(
            Treatment(m.treatment.method, m.treatment.most_winsorised) for m in members
        ),
        imputed_within=within,
        imputed=np.array([m.imputed for m in members]),
        scale=(rule.lowest, rule.highest),
    )
    point = replace(index, values=index.values[..., 0]).prepared()
    return replace(index, goalposts=_goalposts(point, members))


def _on_scale(values: Floats, members: Sequence[Member]) -> Floats:
    """Values of indicators on a log scale as logarithms, within their goalposts.

    Nothing counts beyond goalposts, and no event at all has no logarithm.
    """
    logarithmic = [n for n, m in enumerate(members) if m.goalposts.scale == "log"]
    if logarithmic:
        values = values.copy()
    for number in logarithmic:
        posts = members[number].goalposts
        low, high = sorted([float(posts.scores_0), float(posts.scores_100)])
        values[:, number] = np.log(np.clip(values[:, number], low, high))
    return values


def _goalposts(point: Floats, members: Sequence[Member]) -> Floats:
    """Goalposts (2, k) on the values' scale; those observed are the extremes of point (u, k).

    Where all values are the same there is nothing to tell units apart by: NaN, so no score.
    """
    smallest, largest = observed_goalposts(point, np.ones(len(members)))
    found = np.empty((2, len(members)))
    for number, member in enumerate(members):
        observed = {"min": smallest[number], "max": largest[number]}
        found[:, number] = _posts(member.goalposts, observed)
    found[:, found[0] == found[1]] = np.nan
    return found


def _posts(goalposts: Goalposts, observed: dict[str, float]) -> list[float]:
    posts = [
        observed[post] if isinstance(post, str) else post
        for post in (goalposts.scores_0, goalposts.scores_100)
    ]
    return [float(np.log(post)) for post in posts] if goalposts.scale == "log" else posts


def _by_components(tree: Tree, groups: Sequence[Group]) -> Floats:
    """Importance (m,), that of parts by principal components found from the units of all groups."""
    importance = tree.importance.copy()
    wanted = [n for n, c in tree.nodes() if c.importance_of_parts == "pca"]
    for node in wanted:
        parts = tree.parts(node)
        scores = np.concatenate([_points(group.index, importance)[:, parts] for group in groups])
        found = pca_importance(scores) if len(parts) > 1 else np.ones(1)
        if np.isnan(found).any():
            raise DataError(
                f"component {tree.names[node]}: importance by principal components needs every two "
                "of its parts known together in 3 areas or more, and differing among them"
            )
        importance[parts] = found
    return importance


def _points(index: Index, importance: Floats) -> Floats:
    """Scores (u, m) of every node under this importance, of the values themselves."""
    point = replace(index, values=index.values[..., 0], importance=importance)
    return point.nodes()
