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
    orders of magnitude, so logs are taken (of 1 more than the value, as 0 is possible), and each
    variable is scaled by its standard deviation over the country's cities.

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
    for _, group in units.groupby(["country", "period"]):
        context = cities.loc[cities.index.isin(group["area"]), variables].astype(float).dropna()
        if len(context) > 1 and variables:
            nearest = _nearest(context, framework.peers)
            frames.append(nearest.assign(period=group["period"].iloc[0]))
    return pd.concat(frames, ignore_index=True)[columns]


def _nearest(context: pd.DataFrame, peers: int) -> pd.DataFrame:
    logged = context.apply(np.log1p)
    spread = logged.std().replace(0.0, 1.0)
    scaled = (logged / spread).to_numpy()
    distance = np.sqrt(((scaled[:, None] - scaled[None]) ** 2).sum(axis=2))
    np.fill_diagonal(distance, np.inf)
    order = np.argsort(distance, axis=1, kind="stable")[:, : min(peers, len(context) - 1)]
    row = np.repeat(np.arange(len(context)), order.shape[1])
    found = context.iloc[order.reshape(-1)].reset_index(names="peer")
    return found.assign(area=context.index[row], distance=distance[row, order.reshape(-1)])
