"""Peers: the cities of a country most alike in their context, with the figures that say why."""

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from urban_safety_monitor.catalogue.framework import Framework
from urban_safety_monitor.tables import Areas


def nearest_peers(
    areas: DataFrame[Areas], units: pd.DataFrame, framework: Framework
) -> pd.DataFrame:
    """The nearest cities of the same country for each city and period.

    Distance is Euclidean over the framework's context variables; counts and densities span
    orders of magnitude, so logs are taken of values above 0, and each variable is scaled by its
    standard deviation over the country's cities.

    Args:
        areas: with the context variables as columns.
        units: area and period of the cities that have results.
        framework: `peers_by` and how many `peers`.

    Returns:
        area, period, peer, distance and the peer's own context variables.
    """
    variables = [name for name in framework.peers_by if name in areas]
    columns = ["area", "period", "peer", "distance", *variables]
    cities = areas[areas["level"] == "city"].set_index("area")
    frames = [pd.DataFrame(columns=columns)]
    for (country, period), group in units.groupby(["country", "period"]):
        of_country = cities[cities["country"] == country].loc[lambda c: c.index.isin(group["area"])]
        context = of_country[variables].astype(float).dropna()
        if len(context) > 1 and variables:
            frames.append(_nearest(context, framework.peers).assign(period=period))
    return pd.concat(frames, ignore_index=True)[columns]


def _nearest(context: pd.DataFrame, peers: int) -> pd.DataFrame:
    logged = np.log(context.where(context > 0, np.nan)).fillna(0.0)
    spread = logged.std().replace(0.0, 1.0)
    scaled = (logged / spread).to_numpy()
    distance = np.sqrt(((scaled[:, None] - scaled[None]) ** 2).sum(axis=2))
    np.fill_diagonal(distance, np.inf)
    order = np.argsort(distance, axis=1, kind="stable")[:, : min(peers, len(context) - 1)]
    row = np.repeat(np.arange(len(context)), order.shape[1])
    found = context.iloc[order.reshape(-1)].reset_index(names="peer")
    return found.assign(area=context.index[row], distance=distance[row, order.reshape(-1)])
