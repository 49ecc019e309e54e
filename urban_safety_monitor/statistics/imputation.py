"""Fill what is missing, only where a framework says so, and say which values were filled.

    x_i = mean of x over the units of i's group that have it

Use it to see whether an order of units hangs on a few gaps; a filled value says nothing about its
own unit, so coverage is counted before, and scores made of filled values are flagged `E`.

Source: OECD/JRC, Handbook on Constructing Composite Indicators (2008), step 3 (unconditional mean
imputation within groups).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]
Bools = NDArray[np.bool_]


class Imputed(NamedTuple):
    """Values, and which of them are not observed but filled in: to be flagged as estimated."""

    values: Floats
    filled: Bools


def impute_group_mean(values: Floats, group: Codes) -> Imputed:
    """Fill each missing value with the mean of its indicator among the units of its group.

    Args:
        values: (n, ...) one row a unit; NaN is missing.
        group: (n,) the unit's group, numbered 0..g-1; all 0 gives the mean of everybody.

    Returns:
        Values of which those stay NaN that nobody of their group has.
    """
    known = ~np.isnan(values)
    groups = np.arange(group.max(initial=-1) + 1)
    member = (group == groups[:, None]).astype(float)
    with np.errstate(invalid="ignore"):
        total = np.tensordot(member, np.where(known, values, 0.0), 1)
        mean = total / np.tensordot(member, known.astype(float), 1)
    filled = np.where(known, values, mean[group])
    return Imputed(filled, ~known & ~np.isnan(filled))
