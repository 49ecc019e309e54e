"""Which uncertain factor matters most: Sobol indices of an index's results.

First order: the share of the variance that would go on average if the factor were known. Total
order: the share that would remain if all the others were. Both with bootstrap intervals.

    first order  S_i = V(E(Y | X_i)) / V(Y)
    total order  T_i = E(V(Y | all X but X_i)) / V(Y)

S_i < T_i where the factor acts together with others; the S_i sum to 1 where none do.

Source: Saltelli et al., Computer Physics Communications 181 (2010) 259, as `scipy.stats` computes
it; applied to composite indicators by Saisana, Saltelli and Tarantola, Journal of the Royal
Statistical Society A 168 (2005) 307.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from urban_safety_monitor.statistics.index import Index
from urban_safety_monitor.statistics.ranking import rank_shifts
from urban_safety_monitor.statistics.uncertainty import Factors, evaluate

Floats = NDArray[np.float64]
Output = Callable[[Floats], Floats]


class Estimated(NamedTuple):
    """Indices (s, f) of s results and f factors, with the ends of their intervals."""

    value: Floats
    lower: Floats
    upper: Floats


class Sensitivity(NamedTuple):
    """First and total order indices; factors in the order they were given."""

    first: Estimated
    total: Estimated


def mean_rank_shift(point: Floats) -> Output:
    """The result most asked about: the mean number of ranks (1, r) by which units move.

    Args:
        point: (n,) overall scores of the index as it is, without uncertainty.
    """
    return lambda scores: rank_shifts(scores, point).mean(axis=0, keepdims=True)


def sensitivity(
    index: Index,
    factors: Factors,
    output: Output,
    rng: np.random.Generator,
    *,
    replications: int = 1024,
    resamples: int = 500,
) -> Sensitivity:
    """Sobol indices of what `output` makes of the overall scores.

    Args:
        index: the index, for everything that is not uncertain.
        factors: two or more fields of the index, and what each could be.
        output: from overall scores (n, r) to results (s, r), such as `mean_rank_shift(point)`;
            the scores themselves are results too.
        rng: for the quasi-random design and the bootstrap.
        replications: a power of 2; the index is computed this often times 2 + factors.
        resamples: of the bootstrap, whose central 95 % the intervals are.

    Returns:
        Indices, 0 where a result does not vary at all.
    """
    from scipy.stats import sobol_indices, uniform

    outputs: list[Floats] = []

    def results(places: Floats) -> Floats:
        chosen = {
            name: np.minimum((row * len(factors[name])).astype(np.intp), len(factors[name]) - 1)
            for name, row in zip(factors, places, strict=True)
        }
        outputs.append(output(evaluate(index, factors, chosen)))
        return outputs[-1].copy()

    found = sobol_indices(func=results, n=replications, dists=[uniform()] * len(factors), rng=rng)
    first, total = _resampled(outputs, len(factors), rng, resamples)
    shape = (-1, len(factors))  # scipy drops axes of length 1
    return Sensitivity(
        Estimated(np.reshape(found.first_order, shape), *_ends(first)),
        Estimated(np.reshape(found.total_order, shape), *_ends(total)),
    )


def _resampled(
    outputs: list[Floats], factors: int, rng: np.random.Generator, resamples: int
) -> tuple[Floats, Floats]:
    """First and total order indices (resamples, s, f) with points of the design drawn anew.

    Args:
        outputs: results under the designs A and B (s, n) and under A with one factor of B (s, n f),
            the factor running last.
        factors: how many, f.
        rng: for the points drawn.
        resamples: how often.
    """
    one, two, mixed = outputs
    centre = (one.mean(axis=1) + two.mean(axis=1))[:, None] / 2
    one, two = one - centre, two - centre
    mixed = mixed.reshape(*one.shape, factors) - centre[:, :, None]
    points = one.shape[1]
    share = rng.multinomial(points, np.full(points, 1 / points), resamples) / points

    def mean(of: Floats) -> Floats:
        return np.asarray(np.tensordot(share, of, (1, 1)))

    variance = mean(one**2 + two**2) / 2 - (mean(one + two) / 2) ** 2
    first = mean(two[:, :, None] * (mixed - one[:, :, None]))
    total = mean((mixed - one[:, :, None]) ** 2) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        found = [part / variance[:, :, None] for part in (first, total)]
    first, total = (np.where(np.isfinite(part), part, 0.0) for part in found)
    return first, total


def _ends(drawn: Floats) -> tuple[Floats, Floats]:
    lower, upper = np.quantile(drawn, [0.025, 0.975], axis=0)
    return lower, upper
