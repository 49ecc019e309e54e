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


class _PsuRows(NamedTuple):
    """One row per PSU and cell: which they are, and where each row of SSUs belongs."""

    row: Codes
    rows: int
    cell: Codes
    design: Design


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
    psus = _psu_rows(cell, design)
    between = covariances(
        sums_by(psus.row, psus.rows, first),
        sums_by(psus.row, psus.rows, second),
        psus.cell,
        cells,
        psus.design,
    )
    # What is within a PSU counts with the share of PSUs that were sampled: where that is 0, as if
    # all its SSUs were known.
    fraction = design.first.sampled_fraction[design.first.stratum]
    known = np.where(fraction > 0, design.ssu_fraction, 1.0)
    inside = Design(design.psu, design.ssus, known, design.first.lonely_psu)
    kept = np.sqrt(fraction)[design.psu][:, None]
    return between + covariances(first * kept, second * kept, cell, cells, inside)


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
    inside = sums_by(psus.row, psus.rows, members.astype(float)) > 0
    return first_stage_degrees(inside, psus.cell, cells, psus.design)


def _psu_rows(cell: Codes, design: TwoStageDesign) -> _PsuRows:
    pairs, row = np.unique(cell * len(design.ssus) + design.psu, return_inverse=True)
    of_cell, of_psu = np.divmod(pairs, len(design.ssus))
    stratum = design.first.stratum[of_psu]
    return _PsuRows(row, len(pairs), of_cell, design.first._replace(stratum=stratum))
