"""A whole composite index as one value: change one of its parts and compute it again.

Every choice of method is a field, so that "the same index, but geometric" is
`dataclasses.replace(index, aggregation=("geometric",) * 3)`, and an analysis of uncertainty is the
same with many alternatives at once.

Source: OECD/JRC, Handbook on Constructing Composite Indicators (2008), steps 3, 5 and 6.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from urban_safety_monitor.statistics.aggregation import Aggregation, aggregate
from urban_safety_monitor.statistics.imputation import impute_group_mean
from urban_safety_monitor.statistics.normalisation import Normalisation, normalised

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]


@dataclass(frozen=True)
class Index:
    """What an index is made of. Values, goalposts and importance may carry draws (d) last.

    Attributes:
        values: (n, k) or (n, k, d), one row a unit; NaN is missing.
        goalposts: (2, k) or (2, k, d) values that score 0 and 100; their order carries the
            direction also where the normalisation does not use them otherwise.
        importance: (m,) or (m, d) weights of the nodes of all levels but the top, the lowest
            first; they count among the children of one parent.
        parents: for each of these levels (k,) the numbers of the parents in the level above.
        aggregation: how each level above the indicators comes of the one below.
        normalisation: how values become scores.
        imputed_within: (n,) groups whose mean stands for what is missing; None leaves it missing.
    """

    values: Floats
    goalposts: Floats
    importance: Floats
    parents: Sequence[Codes]
    aggregation: Sequence[Aggregation]
    normalisation: Normalisation = "goalposts"
    imputed_within: Codes | None = None

    def levels(self) -> list[Floats]:
        """Scores of every level, the indicators' first, each (n, nodes) or (n, nodes, d)."""
        levels = [self._indicators()]
        start = 0
        for parent, how in zip(self.parents, self.aggregation, strict=True):
            importance = self.importance[start : start + len(parent)]
            levels.append(_climb(levels[-1], importance, parent, how))
            start += len(parent)
        return levels

    def overall(self) -> Floats:
        """Scores of the first node at the top, (n,) or (n, d)."""
        return np.asarray(self.levels()[-1][:, 0])

    def _indicators(self) -> Floats:
        values, goalposts = self.values, self.goalposts
        if self.imputed_within is not None:
            values = impute_group_mean(values, self.imputed_within).values
        drawn = max(values.ndim, goalposts.ndim, self.importance.ndim + 1) > 2
        if drawn and values.ndim == 2:
            values = values[:, :, None]
        if drawn and goalposts.ndim == 2:
            goalposts = goalposts[:, :, None]
        return normalised(values, goalposts, self.normalisation)


def _climb(scores: Floats, importance: Floats, parent: Codes, how: Aggregation) -> Floats:
    """Scores (n, nodes, ...) of the level above."""
    nodes = []
    for number in range(parent.max(initial=-1) + 1):
        members = parent == number
        nodes.append(aggregate(scores[:, members], importance[None, members], how))
    return np.stack(nodes, axis=1)
