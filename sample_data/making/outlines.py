"""Made outlines of districts: a jittered grid that tiles each city, far from any real place.

All lie around 0 degrees north and east, in the sea, so that nobody takes them for real boundaries.
"""

import json

import numpy as np
from numpy.typing import NDArray

from .plan import City, Plan
from .tables import NOTE

SIDE = 0.02
"""Degrees of a grid cell, about two kilometres."""

JITTER = 0.28
"""How far a corner may lie from its place, as a share of a cell."""

CITIES_IN_A_ROW = 6

Corners = NDArray[np.float64]


def geojson(plan: Plan) -> str:
    """A FeatureCollection of all districts of all cities, one feature a line."""
    features = [
        json.dumps(
            {
                "type": "Feature",
                "properties": {"area": area, "demonstration": NOTE},
                "geometry": {"type": "Polygon", "coordinates": [ring]},
            }
        )
        for number, city in enumerate(plan.cities)
        for area, ring in zip(city.district_ids(), _rings(plan, city, number), strict=True)
    ]
    lines = ",\n".join(features)
    return f'{{"type": "FeatureCollection", "name": "{NOTE}", "features": [\n{lines}\n]}}\n'


def _rings(plan: Plan, city: City, number: int) -> list[list[list[float]]]:
    """Closed rings that share their corners; the last row's cells are as wide as they must be."""
    districts = len(city.district_ids())
    across = int(np.ceil(np.sqrt(districts)))
    rows = [min(across, districts - start) for start in range(0, districts, across)]
    west = SIDE * 8 * (number % CITIES_IN_A_ROW)
    south = SIDE * 8 * (number // CITIES_IN_A_ROW)
    corners = _corners(plan, city, (len(rows), across))
    corners[..., 0] = corners[..., 0] * SIDE + west
    corners[..., 1] = south - corners[..., 1] * SIDE
    rings = []
    for row, cells in enumerate(rows):
        for cell in range(cells):
            last = across if cell == cells - 1 else cell + 1
            top = corners[row, cell : last + 1]
            bottom = corners[row + 1, cell : last + 1][::-1]
            ring = np.vstack([top, bottom, top[:1]])[::-1]
            rings.append(np.round(ring, 5).tolist())
    return rings


def _corners(plan: Plan, city: City, size: tuple[int, int]) -> Corners:
    """Corners (rows + 1, columns + 1, 2) of a grid, moved a little at random."""
    rows, columns = size
    grid = np.stack(np.meshgrid(np.arange(columns + 1), np.arange(rows + 1)), axis=-1)
    rng = plan.rng(city.area, "outlines")
    return grid + rng.uniform(-JITTER, JITTER, grid.shape)
