"""The districts of a city as shapes on one plane, for the page that shows them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, groupby

import numpy as np
from numpy.typing import NDArray

from urban_safety_monitor.report.charts.choropleth import (
    HEIGHT,
    WIDTH,
    Geometry,
    KeyRow,
    district_marks,
    map_alt,
    map_key,
)
from urban_safety_monitor.report.charts.style import Mark
from urban_safety_monitor.report.districts import DistrictMap

BOX = (2 * WIDTH, 2 * HEIGHT)
"""Width and height of the plane; its unit, half a pixel of the picture, is what is kept."""

HIGHEST = 85.0
"""Degrees of latitude; the projection has no poles."""

LEAST = 1e-9
"""Radians; an outline without any extent is a point in the middle."""

Points = NDArray[np.float64]


@dataclass(frozen=True)
class DistrictShapes:
    """Each district that has an outline with its mark and path, as SVG writes it, and the key.

    The picture of the same map is drawn of the figures and the outlines.
    """

    districts: DistrictMap
    outlines: Mapping[str, Geometry]
    shapes: tuple[tuple[Mark, str], ...]
    key: tuple[KeyRow, ...]
    alt_text: str


def district_shapes(districts: DistrictMap, outlines: Mapping[str, Geometry]) -> DistrictShapes:
    """The districts that have an outline, as `choropleth` draws them.

    Args:
        districts: the figures.
        outlines: GeoJSON polygons in longitude and latitude, by the district's code.
    """
    marks = [mark for mark in district_marks(districts) if mark["category"] in outlines]
    paths = _paths([outlines[mark["category"]] for mark in marks])
    return DistrictShapes(
        districts=districts,
        outlines=outlines,
        shapes=tuple(zip(marks, paths, strict=True)),
        key=tuple(map_key(districts, marks)),
        alt_text=map_alt(districts),
    )


def _paths(geometries: Sequence[Geometry]) -> list[str]:
    """Outlines in Mercator's projection, north up, in the middle of the box that they fill."""
    if not geometries:
        return []
    rings = [list(map(_projected, _rings(geometry))) for geometry in geometries]
    points = np.concatenate(list(chain.from_iterable(rings)))
    low, high = points.min(axis=0), points.max(axis=0)
    scale = (BOX / np.maximum(high - low, LEAST)).min()
    middle = np.array(BOX) / 2 - scale * (low + high) / 2
    return ["".join(_path(scale * ring + middle) for ring in outline) for outline in rings]


def _rings(geometry: Geometry) -> Iterator[list[list[float]]]:
    polygons = geometry["coordinates"]
    return chain.from_iterable([polygons] if geometry["type"] == "Polygon" else polygons)


def _projected(ring: list[list[float]]) -> Points:
    longitude, latitude = np.radians(np.array([point[:2] for point in ring])).T
    within = np.clip(latitude, -np.radians(HIGHEST), np.radians(HIGHEST))
    return np.column_stack([longitude, -np.arctanh(np.sin(within))])


def _path(ring: Points) -> str:
    """A closed line; points that fall together are said once."""
    points = groupby(ring.round().astype(int).tolist())
    return f"M{' '.join(f'{x},{y}' for (x, y), _ in points)}Z"
