"""Draws of every scored indicator in every area and period, from what each estimate rests on."""

from collections.abc import Sequence
from zlib import crc32

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandera.typing.pandas import DataFrame

from urban_safety_monitor.catalogue.indicator import Indicator
from urban_safety_monitor.pipeline.recorded import (
    by_groups,
    estimate_recorded,
    recorded_draws,
    totals_of_records,
)
from urban_safety_monitor.statistics.draws import joint_normal, normal
from urban_safety_monitor.tables import Administrative
from urban_safety_monitor.tables.inputs import TOTAL

Floats = NDArray[np.float64]


def generator(seed: int, *names: str) -> np.random.Generator:
    """Random numbers of their own for each named thing: no draw depends on what else is run."""
    return np.random.default_rng([seed, *(crc32(name.encode()) for name in names)])


def _generators(seed: int, name: str, units: pd.DataFrame) -> list[np.random.Generator]:
    """One for each area and period, the same whichever others there are."""
    pairs = zip(units["area"], units["period"], strict=True)
    return [generator(seed, name, area, period) for area, period in pairs]


def survey_draws(
    estimates: pd.DataFrame,
    covariances: dict[tuple[str, str], pd.DataFrame],
    units: pd.DataFrame,
    draws: int,
    seed: int,
) -> dict[str, Floats]:
    """Draws (u, 1 + draws) of survey indicators; those of one survey keep their covariance.

    Withheld values are missing already and stay so; the variance on the diagonal is that of the
    estimate shown, also where the sample itself shows none.
    """
    total = estimates[estimates["disaggregation"] == TOTAL]
    values = total.pivot(index=["area", "period"], columns="indicator", values="value")
    errors = total.pivot(index=["area", "period"], columns="indicator", values="standard_error")
    names = list(values.columns)
    drawn = {name: np.full((len(units), 1 + draws), np.nan) for name in names}
    for row, (area, period) in enumerate(zip(units["area"], units["period"], strict=True)):
        if (area, period) not in covariances:
            continue
        matrix = covariances[area, period].reindex(index=names, columns=names).to_numpy(copy=True)
        np.fill_diagonal(matrix, errors.loc[(area, period)].to_numpy(dtype=float) ** 2)
        rng = generator(seed, "survey", area, period)
        part = joint_normal(values.loc[(area, period)].to_numpy(dtype=float), matrix, draws, rng)
        for name, one in zip(names, part, strict=True):
            drawn[name][row] = one
    return drawn


def record_draws(
    records: DataFrame[Administrative],
    indicators: Sequence[Indicator],
    units: pd.DataFrame,
    draws: int,
    seed: int,
) -> dict[str, Floats]:
    """Draws (u, 1 + draws) of indicators measured from records.

    A rate made of several groups' figures is drawn normal around its estimate, like policies.
    """
    areas = pd.MultiIndex.from_frame(units[["area", "period"]])
    wide = totals_of_records(records, areas)
    single = [i for i in indicators if not by_groups(i)]
    of_groups = estimate_recorded(records, [i for i in indicators if by_groups(i)])
    totals = of_groups[of_groups["disaggregation"] == TOTAL]
    return policy_draws(totals, units, draws, seed) | {
        i.id: recorded_draws(wide, i, draws, _generators(seed, i.id, units)) for i in single
    }


def policy_draws(
    estimates: pd.DataFrame, units: pd.DataFrame, draws: int, seed: int
) -> dict[str, Floats]:
    """Draws (u, 1 + draws) of checklist indicators, normal around their levels."""
    areas = pd.MultiIndex.from_frame(units[["area", "period"]])
    drawn = {}
    for name, rows in estimates.groupby("indicator"):
        found = rows.set_index(["area", "period"]).reindex(areas)
        drawn[str(name)] = normal(
            found["value"].to_numpy(dtype=float),
            found["standard_error"].to_numpy(dtype=float),
            draws,
            _generators(seed, str(name), units),
        )
    return drawn
