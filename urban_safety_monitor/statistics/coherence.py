"""Does a framework hang together? Correlations, Cronbach's alpha, principal components.

    correlation   r_jl = cov(x_j, x_l) / (sd(x_j) sd(x_l)), over the units that have both
    alpha         k / (k - 1) (1 - sum of variances / variance of the sum)
    components    eigenvectors of the correlations; loadings = eigenvector sqrt(eigenvalue)

Parts of one component should agree (correlations above 0.3, alpha above 0.7, one principal
component that explains most); a negative correlation means that they pull their mean apart.

Source: OECD/JRC, Handbook on Constructing Composite Indicators (2008), step 4; Cronbach,
Psychometrika 16 (1951) 297.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Components(NamedTuple):
    """Principal components of standardised indicators, the one that explains most first."""

    variance: Floats
    """(c,) variance along each component; they sum to the number of indicators."""
    explained: Floats
    """(c,) share of all variance, 0 to 1."""
    loadings: Floats
    """(k, c) correlation of each indicator with each component; largest ones positive."""


def correlations(scores: Floats) -> Floats:
    """Pearson correlations (k, k) of the columns of (n, k), each of the units that have both.

    NaN where fewer than 3 units have both or one does not differ among them.
    """
    known = (~np.isnan(scores)).astype(float)
    # Any centre gives the same correlations; the mean keeps the digits.
    n = known.T @ known
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(known > 0, scores, 0.0).sum(axis=0) / known.sum(axis=0)
        centred = np.where(known > 0, scores - mean, 0.0)
        first = centred.T @ known  # sums of the row's indicator over the units that have both
        products = centred.T @ centred - first * first.T / n
        squares = (centred**2).T @ known - first**2 / n
        scale = np.sqrt(squares * squares.T)
        flat = squares <= 1e-12 * np.diag(squares)[:, None]
        found = products / np.where(flat | flat.T, np.nan, scale)
    return np.where(n >= 3, np.clip(found, -1, 1), np.nan)


def cronbach_alpha(scores: Floats) -> float:
    """How far indicators (n, k) measure one thing: 1 if they are the same, 0 if unrelated.

    Over units that have all indicators; NaN with fewer than two of either.
    """
    whole = scores[~np.isnan(scores).any(axis=1)]
    units, k = whole.shape
    if units < 2 or k < 2:
        return float("nan")
    covariance = np.cov(whole, rowvar=False)
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(k / (k - 1) * (1 - np.trace(covariance) / covariance.sum()))


def principal_components(scores: Floats) -> Components:
    """Principal components of the correlations of (n, k) scores.

    NaN throughout where a correlation is missing.
    """
    matrix = correlations(scores)
    if np.isnan(matrix).any():
        nothing = np.full(len(matrix), np.nan)
        return Components(nothing, nothing, matrix * np.nan)
    variance, vectors = np.linalg.eigh(matrix)
    variance, vectors = np.maximum(variance[::-1], 0), vectors[:, ::-1]
    sign = np.sign(vectors[np.abs(vectors).argmax(axis=0), np.arange(len(matrix))])
    return Components(variance, variance / len(matrix), sign * vectors * np.sqrt(variance))
