"""GeoJSON of districts into outlines by area, or every reason why it cannot be.

Source: RFC 7946 (GeoJSON): longitude and latitude on WGS 84, rings closed.
"""

import json
import math
from collections import Counter
from collections.abc import Collection, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pandas as pd
from pandera.typing.pandas import DataFrame

from urban_safety_monitor.errors import DataError
from urban_safety_monitor.tables import checked
from urban_safety_monitor.tables.boundaries import Boundaries

POLYGONS = ("Polygon", "MultiPolygon")
LARGEST_FILE = 50_000_000
"""Bytes; more detail than a page can show and than a person can see."""

SHOWN = 5

Feature = dict[str, Any]


def read_boundaries(path: Path, areas: Collection[str]) -> DataFrame[Boundaries]:
    """Outlines of those areas the file knows, by the property that holds their codes.

    Args:
        path: a GeoJSON FeatureCollection of polygons.
        areas: codes of the areas there are.

    Raises:
        DataError: the file is no such collection, or a feature cannot be used; all are named.
    """
    features = _features(path)
    name = _property_with_codes(path, features, areas)
    problems = [f"{path.name}: {problem}" for problem in _problems(features, name, areas)]
    if problems:
        raise DataError(problems)
    rows = [
        {"area": str(f["properties"][name]), "geometry": json.dumps(f["geometry"])}
        for f in features
    ]
    return checked(Boundaries, pd.DataFrame(rows, columns=["area", "geometry"]))


def _features(path: Path) -> list[Feature]:
    if not path.is_file():
        raise DataError(f"{path.name}: there is no such file")
    if path.stat().st_size > LARGEST_FILE:
        raise DataError(f"{path.name}: over 50 MB; simplify the outlines first")
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
        features = content["features"] if content["type"] == "FeatureCollection" else None
        usable = isinstance(features, list) and all(_is_feature(f) for f in features)
    except (ValueError, KeyError, TypeError, RecursionError):
        usable = False
    if not usable or not features:
        raise DataError(
            f"{path.name}: not a GeoJSON FeatureCollection with features; "
            "export the districts as GeoJSON (RFC 7946)"
        )
    return features


def _is_feature(feature: object) -> bool:
    return isinstance(feature, dict) and isinstance(feature.get("properties"), dict)


def _property_with_codes(path: Path, features: list[Feature], areas: Collection[str]) -> str:
    """The property whose values are codes of areas most often."""
    known = set(areas)
    found = Counter(
        name
        for feature in features
        for name, value in feature["properties"].items()
        if str(value) in known
    )
    if not found:
        names = ", ".join(sorted({n for f in features for n in f["properties"]})) or "none"
        raise DataError(
            f"{path.name}: no property holds codes of the table of areas; there are {names}"
        )
    return found.most_common(1)[0][0]


def _problems(features: list[Feature], name: str, areas: Collection[str]) -> Iterator[str]:
    codes = [str(feature["properties"].get(name)) for feature in features]
    unknown = sorted(set(codes) - set(areas))
    if unknown:
        more = f" and {len(unknown) - SHOWN} more" if len(unknown) > SHOWN else ""
        yield (
            f"{name} {', '.join(map(repr, unknown[:SHOWN]))}{more}: not in the table of areas; "
            "add them there or leave them out"
        )
    for code, count in Counter(codes).items():
        if count > 1:
            yield f"{name} {code!r}: {count} features; join them into one MultiPolygon"
    for code, feature in zip(codes, features, strict=True):
        problem = _problem_of_geometry(feature.get("geometry"))
        if problem:
            yield f"{name} {code!r}: {problem}"


def _problem_of_geometry(geometry: object) -> str:
    if not isinstance(geometry, dict) or geometry.get("type") not in POLYGONS:
        return "no polygon; an outline must be a Polygon or MultiPolygon"
    try:
        polygons = geometry["coordinates"]
        rings = polygons if geometry["type"] == "Polygon" else list(chain.from_iterable(polygons))
        points = [point[:2] for ring in rings for point in ring]
        inside = all(
            math.isfinite(x) and math.isfinite(y) and abs(x) <= 180 and abs(y) <= 90
            for x, y in points
        )
        closed = bool(rings) and all(len(r) >= 4 and r[0][:2] == r[-1][:2] for r in rings)
    except (KeyError, TypeError, ValueError, IndexError):
        return "coordinates that are no rings of longitude and latitude"
    if not inside:
        return (
            "coordinates that are no degrees; convert the file to longitude and latitude (WGS 84)"
        )
    return "" if closed else "a ring that is not closed; its last point must repeat its first"
