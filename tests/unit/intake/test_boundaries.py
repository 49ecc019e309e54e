"""Outlines of districts: read by whichever property holds their codes, or refused with reasons."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from urban_safety_monitor.errors import DataError
from urban_safety_monitor.intake.boundaries import read_boundaries

AREAS = ["A-1", "A-2"]
SQUARE = [[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]]]


def feature(code: object, coordinates: object = None, kind: str = "Polygon") -> dict[str, Any]:
    geometry = {"type": kind, "coordinates": coordinates or SQUARE}
    return {"type": "Feature", "properties": {"clave": code, "n": 1}, "geometry": geometry}


def written(folder: Path, *features: object) -> Path:
    path = folder / "districts.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": list(features)}))
    return path


def test_outlines_by_the_property_that_holds_codes(tmp_path: Path) -> None:
    several = [SQUARE, [[[2, 2], [3, 2], [3, 3], [2, 2]]]]
    path = written(tmp_path, feature("A-2"), feature("A-1", several, "MultiPolygon"))
    found = read_boundaries(path, AREAS).set_index("area")["geometry"].map(json.loads)
    assert found["A-2"] == {"type": "Polygon", "coordinates": SQUARE}
    assert found["A-1"] == {"type": "MultiPolygon", "coordinates": several}


def test_every_problem_is_named_at_once(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        feature("A-1"),
        feature("A-1"),
        feature("B-9", [[[0, 0], [1, 0], [1, 1]]]),
        feature("A-2", [[[650000.0, 2280000.0]] * 4]),
        {"type": "Feature", "properties": {"clave": "A-2"}, "geometry": None},
    )
    with pytest.raises(DataError) as caught:
        read_boundaries(path, AREAS)
    assert [problem.split(": ", 1)[1] for problem in caught.value.problems] == [
        "clave 'B-9': not in the table of areas; add them there or leave them out",
        "clave 'A-1': 2 features; join them into one MultiPolygon",
        "clave 'A-2': 2 features; join them into one MultiPolygon",
        "clave 'B-9': a ring that is not closed; its last point must repeat its first",
        "clave 'A-2': coordinates that are no degrees; convert the file to longitude and latitude "
        "(WGS 84)",
        "clave 'A-2': no polygon; an outline must be a Polygon or MultiPolygon",
    ]


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", '{"type": "FeatureCollection", "features": []}', "[" * 100_000, "\x00"],
)
def test_another_kind_of_file_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "x.geojson"
    path.write_text(content)
    with pytest.raises(DataError, match=r"x\.geojson: not a GeoJSON FeatureCollection"):
        read_boundaries(path, AREAS)


def test_codes_that_nobody_knows_are_told_with_the_properties_there_are(tmp_path: Path) -> None:
    path = written(tmp_path, feature("Z"))
    with pytest.raises(DataError, match=r"no property holds codes .* there are clave, n"):
        read_boundaries(path, AREAS)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(geometry=JSON)
def test_no_geometry_ends_in_a_traceback(
    tmp_path_factory: pytest.TempPathFactory, geometry: object
) -> None:
    folder = tmp_path_factory.mktemp("outlines")
    path = written(folder, feature("A-1") | {"geometry": geometry}, feature("A-2", geometry))
    with pytest.raises(DataError):
        read_boundaries(path, AREAS)
