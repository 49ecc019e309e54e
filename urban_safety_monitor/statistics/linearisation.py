"""Estimates from primary-sampling-unit (PSU) totals and their design-based variances.

Proportions, means, prevalence, incidence and reporting rates are all ratios of two weighted
totals, so one estimator serves them all. PSU totals are sufficient for it: persons' records are
never needed here, and any engine that can group and sum can supply the input.

Arrays hold one row per PSU and cell and one column per term (a numerator with its denominator).
A cell is one group of people for whom an estimate is wanted (area, period, category).

Source: Wolter, Introduction to Variance Estimation (2007), ch. 6 (Taylor linearisation);
Lohr, Sampling (2010), ch. 9; "ultimate cluster" variance with the finite population correction
of the first stage. Strata with a single PSU are treated as Lumley's R package `survey` names it;
those whose only PSU was taken with certainty (sampled fraction 1) are no such case and add
nothing. For a second stage of sampling see `two_stage`.
"""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]
LonelyPsu = Literal["fail", "certainty", "adjust", "average"]


class Design(NamedTuple):
    """The sampling design the rows belong to.

    Attributes:
        stratum: (n,) each row's stratum, numbered 0..s-1 over all surveys.
        psus: (s,) PSUs *sampled* in each stratum, with or without members of a cell. Those
            without count as zeros: leaving them out understates a category's variance.
        sampled_fraction: (s,) PSUs sampled over PSUs in the population; 0 where not known.
        lonely_psu: what a stratum with one sampled PSU contributes: `certainty` nothing,
            `adjust` its squared distance from the mean of all, `average` the mean of the other
            strata, `fail` makes the variance missing.
        stage: (s,) the stage of sampling each stratum belongs to (`two_stage`): other strata are
            those of the same stage. One stage if not given.
    """

    stratum: Codes
    psus: NDArray[np.int64]
    sampled_fraction: Floats
    lonely_psu: LonelyPsu = "adjust"
    stage: Codes | None = None

    def of_rows(self, rows: NDArray[np.bool_] | Codes | slice) -> "Design":
        """The design of some of the rows."""
        return self._replace(stratum=self.stratum[rows])

    def others(self, of_stratum: Codes, within: Codes, lonely: NDArray[np.bool_]) -> Floats:
        """What strata count with so that those of one PSU take the mean of the others (`average`).

        Args:
            of_stratum: (p,) strata.
            within: (p,) the cell each is seen in.
            lonely: (p,) which have a single PSU.

        Returns:
            (p,) strata over strata that show their variance, by cell and stage; NaN without any.
        """
        stage = np.zeros_like(of_stratum) if self.stage is None else self.stage[of_stratum]
        group = within * (int(stage.max(initial=0)) + 1) + stage
        strata, shown = np.bincount(group), np.bincount(group, ~lonely)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(np.where(shown > 0, strata / shown, np.nan)[group])


class Linearised(NamedTuple):
    """Estimates and what each PSU adds to them.

    Attributes:
        value: (c, k), NaN where the denominator is empty.
        influence: (n, k), in the unit of the value; sums to 0 within each cell.
    """

    value: Floats
    influence: Floats


def sums_by(group: Codes, groups: int, values: Floats) -> Floats:
    """Sum rows of `values` (n, k) by `group` (n,), giving (groups, k)."""
    sums = np.zeros((groups, values.shape[1]))
    if group.size == 0:
        return sums
    if np.any(group[1:] < group[:-1]):
        order = np.argsort(group, kind="stable")
        group, values = group[order], values[order]
    starts = np.flatnonzero(np.r_[True, group[1:] > group[:-1]])
    sums[group[starts]] = np.add.reduceat(values, starts, axis=0)
    return sums


def ratios(numerator: Floats, denominator: Floats, cell: Codes, cells: int) -> Linearised:
    """Numerator over denominator for every cell and term, with each PSU's influence.

    Args:
        numerator: (n, k) weighted PSU totals of the quantity counted.
        denominator: (n, k) weighted PSU totals of what it is a share of.
        cell: (n,) the cell of each row, numbered 0..cells-1.
        cells: how many cells there are.
    """
    below = sums_by(cell, cells, denominator)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(below == 0, np.nan, sums_by(cell, cells, numerator) / below)
        influence = value[cell]
        influence *= denominator  # in place: memory takes longer than multiplying
        np.subtract(numerator, influence, out=influence)
        influence /= below[cell]
    return Linearised(value, influence)


def totals(numerator: Floats, cell: Codes, cells: int) -> Linearised:
    """Weighted total for every cell and term; a PSU's influence is its own total."""
    return Linearised(sums_by(cell, cells, numerator), numerator)


def covariances(first: Floats, second: Floats, cell: Codes, cells: int, design: Design) -> Floats:
    """Design-based covariance of paired estimates from their influences.

    Args:
        first: (n, k) influences; rows are PSUs that have members of the cell.
        second: (n, k) influences of the estimates paired with them; `first` for variances.
        cell: (n,) the cell of each row; a PSU stands at most once in a cell.
        cells: how many cells there are.
        design: strata of the rows and PSUs sampled in them.

    Returns:
        (cells, k), in the product of the two units. NaN where a stratum has one sampled PSU and
        the rule is `fail`. Whether the design can show a variance at all is for
        `degrees_of_freedom` to say.
    """
    pairs, pair = np.unique(cell * len(design.psus) + design.stratum, return_inverse=True)
    of_cell, of_stratum = np.divmod(pairs, len(design.psus))
    sampled = design.psus[of_stratum][:, None].astype(float)
    present = np.bincount(pair, minlength=len(pairs))[:, None]

    mean_first = sums_by(pair, len(pairs), first) / sampled
    mean_second = mean_first if second is first else sums_by(pair, len(pairs), second) / sampled
    lonely = (sampled[:, 0] == 1) & (design.sampled_fraction[of_stratum] < 1)
    if design.lonely_psu == "adjust":  # around 0, the mean of all influences
        mean_first, mean_second = (
            np.where(lonely[:, None], 0.0, m) for m in (mean_first, mean_second)
        )
    apart = first - mean_first[pair]
    other = apart if second is first else second - mean_second[pair]
    within = sums_by(pair, len(pairs), apart * other)
    without = (sampled - present) * mean_first * mean_second  # PSUs with no member of the cell

    scale = np.where(sampled > 1, sampled / np.maximum(sampled - 1, 1), 1.0)
    scale = scale * (1 - design.sampled_fraction[of_stratum][:, None])
    contribution = scale * (within + without)
    if design.lonely_psu == "fail":
        contribution[lonely] = np.nan
    if design.lonely_psu == "average":
        contribution = contribution * design.others(of_stratum, of_cell, lonely)[:, None]
    return sums_by(of_cell, cells, contribution)


def degrees_of_freedom(
    members: NDArray[np.bool_], cell: Codes, cells: int, design: Design
) -> Floats:
    """PSUs less strata among the members of each cell and term (as R's `degf` of a subset).

    Args:
        members: (n, k) whether the PSU has members in the term's universe.
        cell: (n,) cell of each row.
        cells: how many cells there are.
        design: strata of the rows.

    Returns:
        (cells, k); 0 or less where the design cannot show a variance.
    """
    pairs, pair = np.unique(cell * len(design.psus) + design.stratum, return_inverse=True)
    counted = members.astype(float)
    in_stratum = sums_by(pair, len(pairs), counted) > 0
    strata = sums_by(pairs // len(design.psus), cells, in_stratum.astype(float))
    return sums_by(cell, cells, counted) - strata


def covariance_matrix(influence: Floats, design: Design) -> Floats:
    """Covariances (k, k) between all estimates of one survey from influences (n, k).

    The same sums as `covariances`, as one product of matrices; rows are PSUs of one cell.
    """
    strata, row = np.unique(design.stratum, return_inverse=True)
    sampled = design.psus[strata].astype(float)
    mean = sums_by(row, len(strata), influence) / sampled[:, None]
    lonely = (sampled == 1) & (design.sampled_fraction[strata] < 1)
    if design.lonely_psu == "adjust":
        mean[lonely] = 0.0
    scale = np.where(sampled > 1, sampled / np.maximum(sampled - 1, 1), 1.0)
    scale = scale * (1 - design.sampled_fraction[strata])
    if design.lonely_psu == "fail":
        scale = np.where(lonely, np.nan, scale)
    if design.lonely_psu == "average":
        scale = scale * design.others(strata, np.zeros_like(strata), lonely)
    centred = influence - mean[row]
    within = centred.T @ (centred * scale[row][:, None])
    absent = scale * (sampled - np.bincount(row, minlength=len(strata)))
    return np.asarray(within + mean.T @ (mean * absent[:, None]))
