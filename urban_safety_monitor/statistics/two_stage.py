"""Variances of samples of two stages where both were drawn from short lists.

Where a good part of all primary sampling units (PSUs) is in the sample, the finite population
correction lessens the variance between them; what remains unknown within them must then be added.
PSUs taken with certainty add nothing between and everything within. Where the first stage's
sampled fraction is 0 or not known nothing is added: the ultimate-cluster variance.

Sources: Särndal, Swensson and Wretman, Model Assisted Survey Sampling (1992), ch. 4.3; Cochran,
Sampling Techniques (1977), ch. 11. As Lumley's R package `survey` with `fpc = ~fpc1 + fpc2`.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from urban_safety_monitor.statistics.linearisation import (
    Codes,
    Design,
    Floats,
    covariances,
    sums_by,
)
from urban_safety_monitor.statistics.linearisation import degrees_of_freedom as first_stage_degrees


class TwoStageDesign(NamedTuple):
    """The sampling design of rows that are secondary sampling units (SSUs).

    Attributes:
        psu: (n,) each row's PSU, numbered 0..p-1 over all surveys.
        ssus: (p,) SSUs *sampled* in each PSU, with or without members of a cell.
        ssu_fraction: (p,) SSUs sampled over SSUs of the PSU; 0 where not known.
        first: the design of the PSUs; its `stratum` (p,) has one entry per PSU.
    """

    psu: Codes
    ssus: NDArray[np.int64]
    ssu_fraction: Floats
    first: Design


class Stacked(NamedTuple):
    """Influences of both stages as rows of one design.

    Attributes:
        influence: (m, k) of PSUs and then, with what they count for, of SSUs.
        cell: (m,) the cell of each row.
        unit: (m,) PSUs numbered 0..p-1, SSUs from p on as their own numbers say.
        design: of the rows: strata of PSUs, then PSUs as strata of SSUs.
    """

    influence: Floats
    cell: Codes
    unit: Codes
    design: Design


def stacked(influence: Floats, cell: Codes, ssu: Codes, design: TwoStageDesign) -> Stacked:
    """Both stages as one: PSUs vary within strata, and SSUs within PSUs.

    What is within a PSU counts with the share of PSUs that were sampled: sums over rows scaled by
    its root give the variance between plus the share of that within.

    Args:
        influence: (n, k); rows are SSUs that have members of the cell.
        cell: (n,) the cell of each row.
        ssu: (n,) number of each row's SSU.
        design: PSUs of the rows and SSUs sampled in them.
    """
    first = design.first
    psus = _psu_rows(cell, design)
    fraction = first.sampled_fraction[first.stratum]
    # Where the first stage's share is 0 or not known, as if all SSUs of a PSU were known.
    known = np.where(fraction > 0, design.ssu_fraction, 1.0)
    both = Design(
        np.r_[psus.design.stratum, len(first.psus) + design.psu],
        np.r_[first.psus, design.ssus],
        np.r_[first.sampled_fraction, known],
        first.lonely_psu,
        np.repeat([0, 1], [len(first.psus), len(design.ssus)]),
    )
    between = sums_by(psus.row, len(psus.cell), influence)
    inside = influence * np.sqrt(fraction)[design.psu][:, None]
    return Stacked(
        np.concatenate([between, inside]),
        np.r_[psus.cell, cell],
        np.r_[psus.psu, len(design.ssus) + ssu],
        both,
    )


def two_stage_covariances(
    first: Floats, second: Floats, cell: Codes, cells: int, design: TwoStageDesign
) -> Floats:
    """Covariance of paired estimates, between PSUs and within them.

    Args:
        first: (n, k) influences; rows are SSUs that have members of the cell.
        second: (n, k) influences of the estimates paired with them; `first` for variances.
        cell: (n,) the cell of each row; an SSU stands at most once in a cell.
        cells: how many cells there are.
        design: PSUs of the rows and SSUs sampled in them.

    Returns:
        (cells, k), in the product of the two units. The rule for a stratum of one PSU holds
        alike for a PSU of one SSU that is not the only one it has.
    """
    k = first.shape[1]
    both = stacked(np.hstack([first, second]), cell, np.arange(len(cell)), design)
    pair = both.influence[:, :k], both.influence[:, k:]
    return covariances(*pair, both.cell, cells, both.design)


class _PsuRows(NamedTuple):
    """PSUs seen in each cell: a row each, and which row each row of SSUs belongs to."""

    row: Codes
    cell: Codes
    psu: Codes
    design: Design


def degrees_of_freedom(
    members: NDArray[np.bool_], cell: Codes, cells: int, design: TwoStageDesign
) -> Floats:
    """PSUs less strata among the members of each cell and term, as R's `degf`.

    Args:
        members: (n, k) whether the SSU has members in the term's universe.
        cell: (n,) the cell of each row.
        cells: how many cells there are.
        design: PSUs of the rows.

    Returns:
        (cells, k); the second stage adds none.
    """
    psus = _psu_rows(cell, design)
    inside = sums_by(psus.row, len(psus.cell), members.astype(float)) > 0
    return first_stage_degrees(inside, psus.cell, cells, psus.design)


def psus_with_members(
    members: NDArray[np.bool_], cell: Codes, cells: int, design: TwoStageDesign
) -> Floats:
    """PSUs (cells, k) that have members in each cell and term; arguments as before."""
    psus = _psu_rows(cell, design)
    inside = sums_by(psus.row, len(psus.cell), members.astype(float)) > 0
    return sums_by(psus.cell, cells, inside.astype(float))


def _psu_rows(cell: Codes, design: TwoStageDesign) -> _PsuRows:
    pairs, row = np.unique(cell * len(design.ssus) + design.psu, return_inverse=True)
    of_cell, of_psu = np.divmod(pairs, len(design.ssus))
    return _PsuRows(row, of_cell, of_psu, design.first.of_rows(of_psu))
