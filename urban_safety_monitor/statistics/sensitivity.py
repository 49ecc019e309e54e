"""Which uncertain factor matters most: Sobol indices of an index's results.

First order: the share of the variance that would go on average if the factor were known. Total
order: the share that would remain if all the others were. Both with bootstrap intervals.

Source: Saltelli et al., Computer Physics Communications 181 (2010) 259, as `scipy.stats` computes
it; applied to composite indicators by Saisana, Saltelli and Tarantola, Journal of the Royal
Statistical Society A 168 (2005) 307.
"""

from collections.abc import Callable
from typing import NamedTuple
from warnings import catch_warnings, filterwarnings

import numpy as np
from numpy.typing import NDArray
from scipy.stats import DegenerateDataWarning, sobol_indices, uniform

from urban_safety_monitor.statistics.index import Index
from urban_safety_monitor.statistics.ranking import ranks
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
    usual = ranks(point)[:, None]
    return lambda scores: np.abs(ranks(scores) - usual).mean(axis=0, keepdims=True)


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
        resamples: of the bootstrap.

    Returns:
        Indices, 0 where a result does not vary at all. An interval is NaN where the index has no
        doubt, as of a factor that changes nothing.
    """

    def results(places: Floats) -> Floats:
        chosen = {
            name: np.minimum((row * len(factors[name])).astype(np.intp), len(factors[name]) - 1)
            for name, row in zip(factors, places, strict=True)
        }
        return output(evaluate(index, factors, chosen))

    dists = [uniform()] * len(factors)
    with np.errstate(divide="ignore", invalid="ignore"), catch_warnings():
        filterwarnings("ignore", category=DegenerateDataWarning)  # said by a missing interval
        found = sobol_indices(func=results, n=replications, dists=dists, rng=rng)
        drawn = found.bootstrap(n_resamples=resamples)
    first, total = (part.confidence_interval for part in (drawn.first_order, drawn.total_order))
    shape = (-1, len(factors))  # scipy drops axes of length 1
    return Sensitivity(
        Estimated(*(np.reshape(p, shape) for p in (found.first_order, first.low, first.high))),
        Estimated(*(np.reshape(p, shape) for p in (found.total_order, total.low, total.high))),
    )
