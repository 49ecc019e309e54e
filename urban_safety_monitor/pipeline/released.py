"""What earlier runs have told of the cells of this one: it cannot be taken back, only kept to."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from urban_safety_monitor.pipeline.additive import KEY

Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]


class Released(NamedTuple):
    """What was told before of each cell (n,).

    Attributes:
        withheld: some run withheld it.
        sizeless: some run gave its value without its size.
        published: some run gave its size, the same as now.
        change: the smallest change, other than none, of a size that was given; else infinite.
    """

    withheld: Truths
    sizeless: Truths
    published: Truths
    change: Floats


def released_cells(cells: pd.DataFrame, released: Sequence[pd.DataFrame]) -> Released:
    """What earlier estimates of the same indicator, area, period and group have told.

    Args:
        cells: estimates with the sizes that would be published now.
        released: estimates as earlier runs published them.
    """
    withheld, sizeless, published = np.zeros((3, len(cells)), dtype=np.bool_)
    found = Released(withheld, sizeless, published, np.full(len(cells), np.inf))
    rows = pd.MultiIndex.from_frame(cells[KEY])
    for run in released:
        earlier = run.merge(cells[["area", "period"]].drop_duplicates(), on=["area", "period"])
        if earlier.empty:
            continue
        place = pd.MultiIndex.from_frame(earlier[KEY]).get_indexer(rows)
        told = earlier.iloc[place]
        there = place >= 0
        found.withheld[:] |= there & (told["conf_status"] == "C").to_numpy()
        without = told["n"].isna() & told["value"].notna()
        found.sizeless[:] |= there & without.to_numpy()
        change = np.abs(told["n"].to_numpy(dtype=float) - cells["n"].to_numpy(dtype=float))
        found.published[:] |= there & (change == 0)
        is_change = there & (change > 0)
        found.change[is_change] = np.minimum(found.change, change)[is_change]
    return found
