"""How far an index depends on the sample and on choices of method: one Monte Carlo over all.

An uncertain factor is declared as data: a field of the index and the alternatives it could as well
be, be they drawn values, sets of importance, goalposts or names of methods. A replication takes
one alternative of each. Replications are computed many at a time and cells at once are limited, so
cost grows with units and replications alone and memory does not grow.

    score interval   quantiles (1 - level) / 2 and (1 + level) / 2 of a unit's score
    rank interval    the same quantiles of its rank, as whole numbers
    change of order  share of replications in which the lower of two units is the higher one,
                     ties counting half

Source: Saisana, Saltelli and Tarantola, Uncertainty and sensitivity analysis techniques as tools
for the quality assessment of composite indicators, Journal of the Royal Statistical Society A 168
(2005) 307; OECD/JRC Handbook (2008), step 7.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from urban_safety_monitor.statistics.index import Index
from urban_safety_monitor.statistics.ranking import ranks

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]

CELLS_AT_ONCE = 500_000
"""Values held at a time, some megabytes with what is computed from them."""

STACKED = ("values", "goalposts", "importance")
"""Fields of which many alternatives are computed together; of others one at a time."""


class Alternatives(Protocol):
    """What a factor could be: a list, an array of them along its first axis, or drawn on demand."""

    def __len__(self) -> int:
        """How many there are."""
        ...

    def __getitem__(self, number: int, /) -> Any:
        """One of them; the same whenever asked."""
        ...


Factors = Mapping[str, Alternatives]


@dataclass(frozen=True)
class NormalDraws:
    """Draws from the sampling errors of estimates, each made when asked for and never kept.

    Attributes:
        value: (n, k) estimates; NaN is missing.
        error: (n, k) their standard errors, or (n, k, k) matrices whose product with their own
            transpose is the covariance of a unit's estimates.
        count: how many draws there are.
        seed: what they depend on; draw 17 is the same whichever others are made.
    """

    value: Floats
    error: Floats
    count: int
    seed: int

    def __len__(self) -> int:
        """How many draws there are."""
        return self.count

    def __getitem__(self, number: int, /) -> Floats:
        """One draw (n, k) of all estimates."""
        if not 0 <= number < self.count:
            raise IndexError(f"draw {number} of {self.count}")
        rng = np.random.Generator(np.random.SFC64([self.seed, number]))
        noise = rng.standard_normal(self.value.shape)
        if self.error.ndim == self.value.ndim:
            noise *= self.error
        else:
            noise = np.matvec(self.error, noise)
        noise += self.value
        return noise


class Spread(NamedTuple):
    """What scores and ranks could be, (n,) each; ranks are whole numbers, 1 is highest."""

    lower: Floats
    upper: Floats
    best_rank: Floats
    worst_rank: Floats


def dirichlet_importance(
    importance: Floats,
    parent: Codes,
    concentration: float,
    count: int,
    rng: np.random.Generator,
) -> Floats:
    """Sets of importance (count, m), on average those given, drawn anew among all siblings.

    Args:
        importance: (m,) of all nodes.
        parent: (m,) number of each node's parent; -1 for a node at the top.
        concentration: how near they stay: a share s has variance s (1 - s) / (1 + concentration).
        count: how many sets.
        rng: for the draws.
    """
    drawn = np.ones((count, len(importance)))
    for number in np.unique(parent[parent >= 0]):
        siblings = np.flatnonzero(parent == number)
        share = importance[siblings] / importance[siblings].sum()
        drawn[:, siblings] = rng.dirichlet(concentration * share, count)
    return drawn


def without_each(importance: Floats, nodes: Codes) -> Floats:
    """Sets of importance (nodes, m) that leave out one node each: alternatives for leave-one-out.

    Args:
        importance: (m,) of all nodes.
        nodes: which of them to leave out in turn.
    """
    sets = np.tile(importance, (len(nodes), 1))
    sets[np.arange(len(nodes)), nodes] = 0.0
    return sets


def balanced_choices(
    factors: Factors, replications: int, rng: np.random.Generator
) -> dict[str, Codes]:
    """Which alternative each replication takes of each factor: all equally often, at random."""
    numbers = np.arange(replications)
    return {name: rng.permutation(numbers % len(factors[name])) for name in factors}


def evaluate(
    index: Index,
    factors: Factors,
    chosen: Mapping[str, Codes],
    *,
    cells_at_once: int = CELLS_AT_ONCE,
) -> Floats:
    """Overall scores (n, r) of an index under the alternatives chosen in each of r replications.

    Args:
        index: the index, for everything that is not uncertain.
        factors: fields of the index, and what each could be.
        chosen: for each factor (r,) the number of its alternative.
        cells_at_once: values held at a time; the results do not depend on it.
    """
    replications = len(next(iter(chosen.values())))
    scores = np.empty((len(index.values), replications))
    size = max(cells_at_once // index.values.size, 1)
    for batch in _batches(factors, chosen, size):
        changes: dict[str, Any] = {
            name: _stack(alternatives, chosen[name][batch])
            if name in STACKED
            else alternatives[int(chosen[name][batch[0]])]
            for name, alternatives in factors.items()
        }
        found = replace(index, **changes).overall()
        scores[:, batch] = found if found.ndim == 2 else found[:, None]
    return scores


def _batches(factors: Factors, chosen: Mapping[str, Codes], size: int) -> Iterator[Codes]:
    """Up to `size` replications that share all that is taken one at a time."""
    single = [chosen[name] for name in factors if name not in STACKED]
    same = np.zeros(len(next(iter(chosen.values()))), dtype=np.intp)
    if single:
        _, same = np.unique(np.stack(single), axis=1, return_inverse=True)
    for number in range(same.max(initial=-1) + 1):
        rows = np.flatnonzero(same == number)
        for start in range(0, len(rows), size):
            yield rows[start : start + size]


def _stack(alternatives: Alternatives, chosen: Codes) -> Floats:
    """The alternatives chosen, side by side along the last axis."""
    if isinstance(alternatives, np.ndarray):
        return np.moveaxis(alternatives, 0, -1)[..., chosen]
    parts = np.stack([np.asarray(alternatives[int(number)]) for number in chosen])
    return np.moveaxis(parts, 0, -1)


def spread(scores: Floats, level: float = 0.95) -> Spread:
    """Central intervals of scores (n, r) and of the ranks they give, over replications.

    The ends are values that occurred, so that of a few alternatives they are the extremes. NaN for
    a unit that some replication does not score.
    """
    tails = [(1 - level) / 2, (1 + level) / 2]
    lower, upper = np.quantile(scores, tails, axis=1, method="inverted_cdf")
    best, worst = np.quantile(ranks(scores), tails, axis=1, method="inverted_cdf")
    return Spread(lower, upper, best, worst)


def order_changes(scores: Floats, point: Floats) -> Floats:
    """How often two units change their order, (n, n) shares of replications, 0 to 1.

    Args:
        scores: (n, r) overall scores in r replications.
        point: (n,) overall scores to compare with. Ties count half; those of the point scores
            themselves have no order to change: NaN, as on the diagonal.
    """
    above = np.empty((len(scores), len(scores)))
    for number, own in enumerate(scores):  # one row at a time bounds the memory
        above[number] = (own > scores).mean(axis=1) + 0.5 * (own == scores).mean(axis=1)
    before = np.sign(point[:, None] - point)
    return np.where(before > 0, above.T, np.where(before < 0, above, np.nan))
