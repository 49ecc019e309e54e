"""How far overall scores and ranks depend on all that is uncertain: one Monte Carlo over it.

Uncertain are the estimates themselves (with their covariances), and what a framework could
reasonably have chosen otherwise: importance, normalisation, aggregation, imputation, goalposts.
Each source is taken alone and all are taken at once, group by group, as each group is ranked alone.

Source: Saisana, Saltelli and Tarantola, Journal of the Royal Statistical Society A 168 (2005) 307;
OECD/JRC, Handbook on Constructing Composite Indicators (2008), step 7.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd
import pandera.pandas as pa
from numpy.typing import NDArray
from pandera.typing.pandas import DataFrame

from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.catalogue.framework import Uncertainty
from urban_safety_monitor.pipeline.composition import Group, Tree
from urban_safety_monitor.pipeline.drawing import generator
from urban_safety_monitor.pipeline.score import Scored
from urban_safety_monitor.statistics.index import Index
from urban_safety_monitor.statistics.ranking import rank_shifts
from urban_safety_monitor.statistics.sensitivity import mean_rank_shift, sensitivity
from urban_safety_monitor.statistics.uncertainty import (
    Alternatives,
    balanced_choices,
    dirichlet_importance,
    evaluate,
    order_changes,
    spread,
    without_each,
)
from urban_safety_monitor.tables import (
    LeftOut,
    OrderChanges,
    Robustness,
    SensitivityIndices,
    checked,
)

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]
Bools = NDArray[np.bool_]

FIELDS = {
    "sampling": "values",
    "importance": "importance",
    "normalisation": "normalisation",
    "aggregation": "aggregation",
    "imputation": "imputed_within",
    "goalposts": "goalposts",
}
"""Sources of uncertainty, and the field of the index that each changes."""

EVERYTHING = "everything"
MOST_RESAMPLES = 500
FEWEST_RANKED = 3
"""Units below which there is no order to be sensitive, and nothing to normalise by."""


@dataclass(frozen=True)
class Effort:
    """How many replications, and how many points of the design for Sobol indices (power of 2)."""

    replications: int
    points: int

    @classmethod
    def of(cls, replications: int, share: int) -> "Effort":
        """Points as many as a power of 2 can be within this share of the replications."""
        return cls(replications, 2 ** int(np.log2(max(replications // share, 1))))


class Analysed(NamedTuple):
    """Tables of one analysis; `spans` has the columns of Robustness."""

    spans: pd.DataFrame
    sensitivity: DataFrame[SensitivityIndices]
    left_out: DataFrame[LeftOut]
    order_changes: DataFrame[OrderChanges]


def analyse(scored: Scored, catalogue: Catalogue, seed: int, effort: Effort) -> Analysed:
    """Spans, sensitivities, leave-one-out and changes of order of the overall score."""
    parts = [_analysed(case, effort) for case in cases(scored, catalogue, seed, effort)]
    spans, indices, left_out, changes = (
        _joined(table, [part[place] for part in parts]) for place, table in enumerate(TABLES)
    )
    return Analysed(
        spans,
        checked(SensitivityIndices, indices),
        checked(LeftOut, left_out),
        checked(OrderChanges, changes),
    )


def _joined(table: type[pa.DataFrameModel], frames: list[pd.DataFrame]) -> pd.DataFrame:
    columns = list(table.to_schema().columns)
    rows = [frame for frame in frames if len(frame)]
    return pd.concat(rows or [pd.DataFrame(columns=columns)], ignore_index=True)[columns]


TABLES = (Robustness, SensitivityIndices, LeftOut, OrderChanges)


@dataclass(frozen=True)
class Case:
    """One group's index with all that is uncertain about it."""

    units: pd.DataFrame
    tree: Tree
    index: Index
    point: Floats
    ranked: Bools
    factors: Mapping[str, Alternatives]
    """By the field of the index; of methods the framework's own comes first."""
    drawn: Floats
    """Overall scores under each draw of the values, (u, draws): that is what intervals are of."""
    seed: int

    def rng(self, name: str) -> np.random.Generator:
        """Random numbers of one purpose, the same for a seed and a group."""
        return generator(self.seed, name, str(self.units["group"].iloc[0]))

    @property
    def source(self) -> dict[str, str]:
        """The name of the source of uncertainty that changes each field."""
        return {field: name for name, field in FIELDS.items() if field in self.factors}

    @property
    def place(self) -> dict[str, str]:
        """Period and, where it is one, country of the group."""
        named = self.units["country"] if "country" in self.units else pd.Series(dtype="str")
        country = str(named.iloc[0]) if named.nunique() == 1 else ""
        return {"country": country, "period": str(self.units["period"].iloc[0])}

    def among_ranked(self, scores: Floats) -> Floats:
        """Scores (u, r) with those that are not ranked missing."""
        return np.where(self.ranked[:, None], scores, np.nan)


def cases(scored: Scored, catalogue: Catalogue, seed: int, effort: Effort) -> list[Case]:
    """What there is to analyse: each group with overall scores, and what is uncertain about it."""
    components = scored.tree.components
    if not components or components[-1].level != "overall":
        return []
    doubts = catalogue.framework.uncertainty
    found = [_case(group, scored, doubts, seed, effort) for group in scored.groups]
    return [case for case in found if not np.isnan(case.point).all()]


def _case(group: Group, scored: Scored, doubts: Uncertainty, seed: int, effort: Effort) -> Case:
    draws = group.index.values
    index = replace(group.index, values=draws[..., 0])
    overall = scored.tree.names[-1]
    drawn = scored.scores[overall][group.rows]
    point = drawn[:, 0]
    ranked = scored.ranked[overall][group.rows] & ~np.isnan(point)
    units = scored.units.iloc[group.rows]
    case = Case(units, scored.tree, index, point, ranked, {}, drawn[:, 1:], seed)
    factors: dict[str, Alternatives] = {
        "importance": dirichlet_importance(
            index.importance,
            index.parent,
            doubts.importance_concentration,
            effort.replications,
            case.rng("importance"),
        ),
        "aggregation": _aggregations(scored.tree, index, doubts),
        "imputed_within": _imputations(index, doubts),
        "goalposts": _goalposts(index, doubts, effort, case.rng("goalposts")),
    }
    if draws.shape[2] > 1:
        factors["values"] = np.moveaxis(draws[..., 1:], -1, 0)
    if ranked.sum() >= FEWEST_RANKED:
        factors["normalisation"] = _distinct(
            [
                index.normalisation,
                *((how,) * len(scored.tree.members) for how in doubts.normalisation),
            ]
        )
    uncertain = {name: factors[name] for name in FIELDS.values() if len(factors.get(name, ())) > 1}
    return replace(case, factors=uncertain)


def _aggregations(tree: Tree, index: Index, doubts: Uncertainty) -> Alternatives:
    """The framework's own, then each method at the components of the levels in doubt."""
    own = tuple(component.aggregation for component in tree.components)
    others = [
        tuple(how if c.level in doubts.aggregation_at else c.aggregation for c in tree.components)
        for how in doubts.aggregation
    ]
    return _distinct([own, *others])


def _imputations(index: Index, doubts: Uncertainty) -> Alternatives:
    """With and without, where anything is missing that somebody of the group has."""
    gaps = np.isnan(index.values).any(axis=0) & ~np.isnan(index.values).all(axis=0)
    everybody = np.zeros(len(index.values), dtype=np.intp)
    filled = everybody if index.imputed_within is None else index.imputed_within
    others = {"none": None, "mean": filled}
    own = "none" if index.imputed_within is None else "mean"
    names = _distinct([own, *doubts.imputation]) if gaps.any() else [own]
    return [others[name] for name in names]


def _goalposts(
    index: Index, doubts: Uncertainty, effort: Effort, rng: np.random.Generator
) -> Floats:
    distance = index.goalposts[1] - index.goalposts[0]
    shape = (effort.replications if doubts.goalposts_by else 0, *index.goalposts.shape)
    moves = rng.uniform(-doubts.goalposts_by, doubts.goalposts_by, shape)
    return np.asarray(index.goalposts + moves * distance)


def _distinct(alternatives: list) -> list:
    return list(dict.fromkeys(alternatives))


def _analysed(case: Case, effort: Effort) -> tuple[pd.DataFrame, ...]:
    chosen = balanced_choices(case.factors, effort.replications, case.rng("replications"))
    everything = evaluate(case.index, case.factors, chosen)
    own = chosen.get("normalisation", np.zeros(effort.replications, dtype=np.intp)) == 0
    spans = [_span(case, scores, name) for name, scores in _one_by_one(case)]
    spans.append(_span(case, everything, EVERYTHING, own))
    return (
        pd.concat(spans, ignore_index=True),
        _sensitivity(case, effort),
        _left_out(case),
        _order_changes(case, everything),
    )


def _one_by_one(case: Case) -> Iterator[tuple[str, Floats]]:
    """Overall scores with one source uncertain and everything else as the framework has it."""
    for field, name in case.source.items():
        if field == "values":
            yield name, case.drawn
            continue
        alternatives = {field: case.factors[field]}
        every = {field: np.arange(len(case.factors[field]))}
        yield name, evaluate(case.index, alternatives, every)


def _span(case: Case, scores: Floats, choice: str, own: Bools | None = None) -> pd.DataFrame:
    """Central 95 %; scores of other normalisations than the framework's own count for ranks."""
    if choice == "normalisation":
        own = np.arange(scores.shape[1]) == 0
    ours = spread(scores if own is None else scores[:, own])
    placed = spread(case.among_ranked(scores))
    alone = case.ranked.sum() < 2
    return case.units[["area", "period"]].assign(
        choice=choice,
        lower=ours.lower,
        upper=ours.upper,
        rank_lower=np.nan if alone else placed.best_rank,
        rank_upper=np.nan if alone else placed.worst_rank,
    )


def _sensitivity(case: Case, effort: Effort) -> pd.DataFrame:
    columns = list(SensitivityIndices.to_schema().columns)
    if case.ranked.sum() < FEWEST_RANKED or len(case.factors) < 2 or effort.points < 2:
        return pd.DataFrame(columns=columns)
    shift = mean_rank_shift(case.point[case.ranked])
    found = sensitivity(
        case.index,
        case.factors,
        lambda scores: shift(scores[case.ranked]),
        case.rng("sensitivity"),
        replications=effort.points,
        resamples=min(MOST_RESAMPLES, 4 * effort.points),
    )
    first, total = ([row[0] for row in part] for part in (found.first, found.total))
    numbers = zip(columns[3:], [*first, *total], strict=True)
    table = pd.DataFrame(
        {"factor": [case.source[field] for field in case.factors], **dict(numbers)}
    )
    return table.assign(**case.place)[columns]


def _left_out(case: Case) -> pd.DataFrame:
    """Shifts of rank when one node is left out; those without which nothing is left have none."""
    columns = list(LeftOut.to_schema().columns)
    if case.ranked.sum() < 2:
        return pd.DataFrame(columns=columns)
    nodes = np.flatnonzero(case.index.parent >= 0)
    sets = without_each(case.index.importance, nodes)
    scores = evaluate(case.index, {"importance": sets}, {"importance": np.arange(len(nodes))})
    shifts = rank_shifts(scores[case.ranked], case.point[case.ranked])
    levels = ["indicator"] * len(case.tree.members) + [c.level for c in case.tree.components]
    table = pd.DataFrame(
        {
            "component": [case.tree.names[node] for node in nodes],
            "level": [levels[node] for node in nodes],
            "mean_shift": shifts.mean(axis=0),
            "largest_shift": shifts.max(axis=0),
        }
    ).dropna()
    return table.assign(**case.place)[columns]


def _order_changes(case: Case, scores: Floats) -> pd.DataFrame:
    """Every pair once, the unit that scores higher first."""
    rows = np.flatnonzero(case.ranked)
    order = rows[np.argsort(-case.point[rows], kind="stable")]
    share = order_changes(scores[order], case.point[order])
    higher, lower = np.triu_indices(len(order), 1)
    areas = case.units["area"].to_numpy()
    return pd.DataFrame(
        {
            "period": case.place["period"],
            "area": areas[order[higher]],
            "other": areas[order[lower]],
            "share": share[higher, lower],
        }
    )
