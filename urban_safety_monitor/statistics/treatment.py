"""Denominate indicators, and treat those whose few extreme values would rule the index.

An indicator has outliers where its skewness is 2 or more in size and its excess kurtosis 3.5 or
more. `winsorise` sets up to a few extreme values to the next one inside, `log` puts the values on a
logarithmic scale, `winsorise_or_log` does the second where the first does not suffice, to the
values as they came. Values that have no outliers stay as they are under all three.

    skewness  g1 = m3 / m2^(3/2),    G1 = g1 sqrt(n (n - 1)) / (n - 2)
    kurtosis  g2 = m4 / m2^2 - 3,    G2 = ((n + 1) g2 + 6) (n - 1) / ((n - 2) (n - 3))
    log       y = ln(x - min + 0.01 (max - min))

where mj is the mean j-th power of the distances from the mean.

Use it where units are compared with each other (min-max, z-scores) and one of them would press all
others together; fixed goalposts need none, as nothing counts beyond them.

Source: OECD/JRC, Handbook on Constructing Composite Indicators (2008), steps 2 and 5; thresholds
and order of the treatments as in Becker et al., COINr, Journal of Open Source Software 7 (2022)
4567. Unlike COINr, winsorising never leaves an indicator without any differences.
"""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]
Bools = NDArray[np.bool_]

SKEWNESS, KURTOSIS = 2.0, 3.5
MOST_WINSORISED = 5

TreatmentMethod = Literal["none", "winsorise", "log", "winsorise_or_log"]


class Treatment(NamedTuple):
    """What is done where an indicator has outliers, and to how many values at most."""

    method: TreatmentMethod
    most_winsorised: int = MOST_WINSORISED


UNTREATED = Treatment("none")


class Treated(NamedTuple):
    """Values (n, ...) after treatment, and what was done to each column (...)."""

    values: Floats
    winsorised: Codes
    """Values set to the next one inside; 0 where the column was put on a logarithmic scale."""
    logarithmic: Bools


class Winsorised(NamedTuple):
    """Values (n, ...) and how many of each column (...) were set to the next one inside."""

    values: Floats
    points: Codes


def denominate(values: Floats, denominators: Floats, of: Codes) -> Floats:
    """Divide each indicator by the quantity it is a share of.

    Args:
        values: (n, k).
        denominators: (n, m), such as population or area; 0 and NaN give NaN.
        of: (k,) which denominator belongs to each indicator; -1 is none.
    """
    below = np.where(of >= 0, denominators[:, of], 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(below != 0, values / below, np.nan)


def skewness(values: Floats) -> Floats:
    """Sample skewness of each column of (n, ...), as Excel and COINr compute it; NaN left out.

    NaN where a column has fewer than 3 values or no differences.
    """
    n, centred = _centred(values)
    with np.errstate(divide="ignore", invalid="ignore"):
        plain = np.sqrt(n) * (centred**3).sum(axis=0) / (centred**2).sum(axis=0) ** 1.5
        return np.where(n > 2, plain * np.sqrt(n * (n - 1)) / (n - 2), np.nan)


def kurtosis(values: Floats) -> Floats:
    """Sample excess kurtosis of each column of (n, ...), 0 for a normal one; NaN left out.

    NaN where a column has fewer than 4 values or no differences.
    """
    n, centred = _centred(values)
    with np.errstate(divide="ignore", invalid="ignore"):
        plain = n * (centred**4).sum(axis=0) / (centred**2).sum(axis=0) ** 2 - 3
        whole = ((n + 1) * plain + 6) * (n - 1) / ((n - 2) * (n - 3))
    return np.where(n > 3, whole, np.nan)


def has_outliers(values: Floats) -> Bools:
    """Whether each column of (n, ...) is both skewed and heavy in its tails."""
    skewed = np.abs(skewness(values)) >= SKEWNESS
    return np.asarray(skewed & (kurtosis(values) >= KURTOSIS))


def treated(values: Floats, treatment: Treatment) -> Treated:
    """Treat the columns of (n, ...) that have outliers as said; NaN stays NaN."""
    most = treatment.most_winsorised
    untouched = np.zeros(values.shape[1:], dtype=np.intp)
    match treatment.method:
        case "none":
            return Treated(values, untouched, untouched > 0)
        case "winsorise":
            return Treated(*winsorise(values, most), untouched > 0)
        case "log":
            return treat(values, 0)
        case "winsorise_or_log":
            return treat(values, most)


def treat(values: Floats, most_winsorised: int = MOST_WINSORISED) -> Treated:
    """Winsorise the columns of (n, ...) that have outliers, else put them on a log scale."""
    winsorised = winsorise(values, most_winsorised)
    logarithmic = has_outliers(winsorised.values)
    kept = np.where(logarithmic, logarithm(values), winsorised.values)
    return Treated(kept, np.where(logarithmic, 0, winsorised.points), logarithmic)


def winsorise(values: Floats, most: int = MOST_WINSORISED) -> Winsorised:
    """Set extreme values to the next one inside until a column of (n, ...) has no outliers.

    The end follows the sign of the skewness at each step. Values that tie are set together, so
    that a column may end with more than `most` of them.
    """
    treated = values.copy()
    counts = np.zeros((2, *values.shape[1:]), dtype=np.intp)  # at the low and at the high end
    for _ in range(most):
        high = skewness(treated) >= 0
        flipped = np.where(high, treated, -treated)
        top = flipped.max(axis=0, initial=-np.inf, where=~np.isnan(treated))
        extreme = flipped == top
        inside = np.isfinite(flipped) & ~extreme
        following = flipped.max(axis=0, initial=-np.inf, where=inside)
        lowest = flipped.min(axis=0, initial=np.inf, where=inside)
        pending = has_outliers(treated) & (counts.sum(axis=0) < most) & (following > lowest)
        if not pending.any():
            break
        treated = np.where(extreme & pending, np.where(high, following, -following), treated)
        for end, here in enumerate((pending & ~high, pending & high)):
            counts[end] = np.where(here, extreme.sum(axis=0), counts[end])
    return Winsorised(treated, counts.sum(axis=0))


def logarithm(values: Floats) -> Floats:
    """Logarithm of the distance from the smallest value of (n, ...), plus 1 % of the range."""
    known = ~np.isnan(values)
    lowest = values.min(axis=0, initial=np.inf, where=known)
    spread = values.max(axis=0, initial=-np.inf, where=known) - lowest
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.log(values - lowest + 0.01 * spread))


def _centred(values: Floats) -> tuple[Floats, Floats]:
    """How many values each column has, and their distances from its mean; 0 where missing."""
    known = ~np.isnan(values)
    n = known.sum(axis=0).astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(known, values, 0.0).sum(axis=0) / n
    return n, np.where(known, values - mean, 0.0)
