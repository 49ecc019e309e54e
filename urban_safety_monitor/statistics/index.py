"""A whole composite index as one value: change one of its parts and compute it again.

Every choice of method is a field, so that "the same index, but geometric" is
`dataclasses.replace(index, aggregation="geometric")`, and an analysis of uncertainty is the
same with many alternatives at once.

The steps, in this order: impute, treat, normalise, aggregate from the lowest components upwards.
The nodes are the k indicators, then the components, each after all its parts.

Source: OECD/JRC, Handbook on Constructing Composite Indicators (2008), steps 3, 5 and 6; order of
the steps as Becker et al., COINr, Journal of Open Source Software 7 (2022) 4567.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from urban_safety_monitor.statistics.aggregation import Aggregation, aggregate
from urban_safety_monitor.statistics.imputation import impute_group_mean
from urban_safety_monitor.statistics.normalisation import Normalisation, normalised
from urban_safety_monitor.statistics.treatment import UNTREATED, Treatment, treated

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]
Bools = NDArray[np.bool_]
Method = TypeVar("Method", Normalisation, Treatment)
Apply = Callable[[Method, Codes | slice], Floats]


@dataclass(frozen=True)
class Index:
    """What an index is made of. Values, goalposts and importance may carry draws (d) last.

    Attributes:
        values: (n, k) or (n, k, d), one row a unit; NaN is missing.
        goalposts: (2, k) or (2, k, d) values that score 0 and 100; their order carries the
            direction also where the normalisation does not use them otherwise.
        importance: (m,) or (m, d) weights of all nodes; they count among the parts of one parent.
        parent: (m,) number of each node's parent; -1 for a node at the top.
        aggregation: how the parts of the components, or of each, become one score.
        normalisation: how the values of the indicators, or of each, become scores.
        treatment: what is done about extreme values of the indicators, or of each.
        imputed_within: (n,) groups whose mean stands for what is missing; None leaves it missing.
        imputed: (k,) whether this is done for an indicator; None does it for all.
        scale: scores of the lowest and of the highest kind, within 0 to 100.
        unscored: (n, m) components without a score whatever there is of them; None scores all.
    """

    values: Floats
    goalposts: Floats
    importance: Floats
    parent: Codes
    aggregation: Aggregation | Sequence[Aggregation] = "arithmetic"
    normalisation: Normalisation | Sequence[Normalisation] = "goalposts"
    treatment: Treatment | Sequence[Treatment] = UNTREATED
    imputed_within: Codes | None = None
    imputed: Bools | None = None
    scale: tuple[float, float] = (0.0, 100.0)
    unscored: Bools | None = None

    def nodes(self) -> Floats:
        """Scores of every node, (n, m) or (n, m, d); NaN where not scored."""
        indicators = self.indicators()
        drawn = np.broadcast_shapes(indicators.shape[2:], self.importance.shape[1:])
        scores = np.empty((len(indicators), len(self.parent), *drawn))
        scores[:, : indicators.shape[1]] = indicators
        for how, nodes, parts in self._alike(indicators.shape[1]):
            found = aggregate(scores[:, parts], self.importance[None, parts], how)
            if self.unscored is not None:
                found[self.unscored[:, nodes]] = np.nan
            scores[:, nodes] = found
        return scores

    def _alike(self, count: int) -> Iterator[tuple[Aggregation, Codes, Codes]]:
        """Components (c,) of one method with as many parts (p, c) each, parts before wholes."""
        how = self.aggregation
        order = np.argsort(self.parent, kind="stable")
        ends = np.searchsorted(self.parent, np.arange(-1, len(self.parent)), "right", order)
        height = [0] * len(self.parent)
        alike: dict[tuple[int, int, Aggregation], list[tuple[int, Codes]]] = {}
        for node in range(count, len(self.parent)):
            parts = order[ends[node] : ends[node + 1]]
            height[node] = 1 + max(height[part] for part in parts)
            method = how if isinstance(how, str) else how[node - count]
            alike.setdefault((height[node], len(parts), method), []).append((node, parts))
        for (_, _, method), found in sorted(alike.items(), key=lambda one: one[0]):
            nodes, parts_of = zip(*found, strict=True)
            yield method, np.array(nodes), np.stack(parts_of, axis=1)

    def overall(self) -> Floats:
        """Scores of the last node, (n,) or (n, d)."""
        return np.asarray(self.nodes()[:, -1])

    def indicators(self) -> Floats:
        """Scores of the indicators, (n, k) or (n, k, d), whatever is `unscored`."""
        values, goalposts = self.prepared(), self.goalposts
        drawn = max(values.ndim, goalposts.ndim, self.importance.ndim + 1) > 2
        if drawn and values.ndim == 2:
            values = values[:, :, None]
        if drawn and goalposts.ndim == 2:
            goalposts = goalposts[:, :, None]
        scores = _by_method(
            self.normalisation,
            values,
            lambda how, columns: normalised(values[:, columns], goalposts[:, columns], how),
        )
        if self.scale == (0.0, 100.0):
            return scores
        lowest, highest = self.scale
        return lowest + (highest - lowest) * scores / 100

    def prepared(self) -> Floats:
        """Values with what is missing imputed and what is extreme treated, of their shape."""
        values = self.values
        if self.imputed_within is not None:
            filled = impute_group_mean(values, self.imputed_within).values
            every = np.ones(values.shape[1], dtype=bool)
            chosen = every if self.imputed is None else self.imputed
            shape = (1, -1) + (1,) * (values.ndim - 2)
            values = np.where(chosen.reshape(shape), filled, values)
        if self.treatment == UNTREATED:
            return values
        return _by_method(
            self.treatment, values, lambda how, columns: treated(values[:, columns], how).values
        )


def _by_method(methods: Method | Sequence[Method], values: Floats, apply: Apply[Method]) -> Floats:
    """Apply to columns of values (n, k, ...) the method of each, as few at a time as there are."""
    if isinstance(methods, (str, Treatment)):
        return apply(methods, slice(None))
    numbers = np.arange(len(methods))
    distinct = list(dict.fromkeys(methods))
    of = np.array([distinct.index(method) for method in methods])
    if len(distinct) == 1:
        return apply(distinct[0], slice(None))
    parts = [apply(method, numbers[of == number]) for number, method in enumerate(distinct)]
    order = np.concatenate([numbers[of == number] for number in range(len(distinct))])
    return np.concatenate(parts, axis=1)[:, np.argsort(order)]
