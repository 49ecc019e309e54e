"""Benefit of the doubt: each unit is judged by the importance that suits it best.

    score_i = 100 max over w >= 0 of sum_j w_j x_ij,  where sum_j w_j x_hj <= 1 for every unit h
    and least <= w_j x_ij / sum_l w_l x_il <= most for every indicator j

Source: Cherchye, Moesen, Rogge and Van Puyenbroeck, An introduction to "benefit of the doubt"
composite indicators, Social Indicators Research 82 (2007) 111, with limits on each indicator's
share of the score.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class BestCase(NamedTuple):
    """Scores (n,) from 0 to 100, and each indicator's share (n, k) of the unit's own score."""

    score: Floats
    share: Floats


def benefit_of_the_doubt(scores: Floats, least: float = 0.0, most: float = 1.0) -> BestCase:
    """Score units by the weights best for each, under which nobody scores above 100.

    Args:
        scores: (n, k) scores, 0 or more. Units with a missing score are neither judged nor set
            a limit for others: impute before, or leave the indicator out.
        least: smallest share of a unit's score that each indicator must bear; at most 1 / k.
        most: largest share one indicator may bear; at least 1 / k.

    Returns:
        Scores relative to the best; NaN for units that miss a score, or that no weights within
        the limits can score (a score of 0 of an indicator that must bear a share).
    """
    whole = ~np.isnan(scores).any(axis=1)
    found = BestCase(np.full(len(scores), np.nan), np.full(scores.shape, np.nan))
    everybody = scores[whole]
    for unit in np.flatnonzero(whole):
        share = _best_shares(scores[unit], everybody, least, most)
        found.score[unit] = 100 * share.sum()
        found.share[unit] = share / share.sum()
    return found


def _best_shares(own: Floats, everybody: Floats, least: float, most: float) -> Floats:
    """What each indicator adds to the unit's score, (k,); NaN where there is no solution."""
    from scipy.optimize import linprog

    identity = np.eye(len(own))
    limits = np.vstack([(identity - most) * own, (least - identity) * own])
    above = np.vstack([everybody, limits])
    upper = np.concatenate([np.ones(len(everybody)), np.zeros(len(limits))])
    solution = linprog(-own, A_ub=above, b_ub=upper, method="highs")
    if solution.status != 0 or solution.fun >= 0:
        return np.full(len(own), np.nan)
    return np.asarray(solution.x * own)
