"""Index weights ("importance"): what they should be, and what they turn out to be.

    share            w_j = importance_j / sum of importance of all parts of the same parent
    effective        W_j = w_j W_parent, and 1 at the top
    main effect      S_j = cor(x_j, index)^2
    from components  w_j proportional to the largest of l_jc^2 over the rotated components c kept
                     (those whose variance is above 1; at least one)

where l_jc is the loading of indicator j on component c after a varimax rotation.

Use given importance where it can be argued for, equal importance where nothing better can; that of
principal components only where parts are meant to overlap and no part may count twice.

Source: OECD/JRC, Handbook on Constructing Composite Indicators (2008), step 6, with Nicoletti,
Scarpetta and Boylaud (2000) for principal components; Paruolo, Saisana and Saltelli, Ratings and
Rankings: Voodoo or Science?, Journal of the Royal Statistical Society A 176 (2013) 609, for main
effects; effective weights as COINr (2022).
"""

import numpy as np
from numpy.typing import NDArray

from urban_safety_monitor.statistics.coherence import principal_components

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]

KAISER = 1.0
"""A component kept explains more than one indicator does on its own."""


def within_parent(importance: Floats, parent: Codes) -> Floats:
    """Importance (k, ...) scaled to sum to 1 among the children of each parent.

    Args:
        importance: (k, ...) weights.
        parent: (k,) number of each one's parent.
    """
    sums = np.zeros((parent.max(initial=-1) + 1, *importance.shape[1:]))
    np.add.at(sums, parent, importance)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(importance / sums[parent])


def effective_importance(importance: Floats, parent: Codes) -> Floats:
    """What each node of a hierarchy contributes to the top: its share times its parent's.

    Args:
        importance: (m, ...) weights of the nodes, each before its parent.
        parent: (m,) number of each node's parent; -1 for a node at the top.

    Returns:
        (m, ...); the indicators' sum to 1 where there is one top.
    """
    found = np.ones(importance.shape)
    below = np.flatnonzero(parent >= 0)
    share = within_parent(importance[below], parent[below])
    for own, node in zip(share[::-1], below[::-1], strict=True):
        found[node] = own * found[parent[node]]
    return found


def main_effects(scores: Floats, total: Floats) -> Floats:
    """Share of an index's variance that goes with each indicator alone, (k,), 0 to 1.

    The squared correlation: what is expected to remain of the index's variance were the indicator
    held fixed, where the relation is linear. Indicators that move together share what they
    explain, so these need not sum to 1.

    Args:
        scores: (n, k) scores of the indicators.
        total: (n,) the index made of them.
    """
    known = ~np.isnan(scores) & ~np.isnan(total)[:, None]
    n = known.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        x, y = (
            np.where(known, part - np.where(known, part, 0.0).sum(axis=0) / n, 0.0)
            for part in (scores, np.broadcast_to(total[:, None], scores.shape))
        )
        return np.asarray((x * y).sum(axis=0) ** 2 / ((x**2).sum(axis=0) * (y**2).sum(axis=0)))


def pca_importance(scores: Floats) -> Floats:
    """Importance (k,) of indicators (n, k) from their rotated principal components; sums to 1.

    Each indicator stands for the component it loads on most, by the share of that component's
    variance it bears, and components count by the variance they explain. It follows what moves
    together in the data and says nothing about what matters. NaN where a correlation is missing.
    """
    found = principal_components(scores)
    if np.isnan(found.variance).any():
        return found.variance
    kept = max(int((found.variance > KAISER + 1e-9).sum()), 1)
    squared = _varimax(found.loadings[:, :kept]) ** 2
    # A component's share of its own variance, times that variance, is the squared loading.
    borne = squared.max(axis=1)
    return np.asarray(borne / borne.sum())


def _varimax(loadings: Floats, steps: int = 200, tolerance: float = 1e-12) -> Floats:
    """Rotate loadings (k, c) so that each indicator belongs mostly to one component.

    Source: Kaiser, Psychometrika 23 (1958) 187, by singular values.
    """
    rotation, reached = np.eye(loadings.shape[1]), 0.0
    for _ in range(steps):
        turned = loadings @ rotation
        slope = loadings.T @ (turned**3 - turned * (turned**2).mean(axis=0))
        left, values, right = np.linalg.svd(slope)
        rotation = left @ right
        if values.sum() <= reached * (1 + tolerance):
            break
        reached = values.sum()
    return np.asarray(loadings @ rotation)
