"""The map of the page: what the picture draws, in as few words as the eye needs."""

import math
import re
from dataclasses import replace
from typing import Any

import pytest

from tests.unit.report import factory
from urban_safety_monitor.report.charts.choropleth import choropleth
from urban_safety_monitor.report.charts.style import to_svg
from urban_safety_monitor.report.districts import DistrictMap, district_map
from urban_safety_monitor.report.view import View
from urban_safety_monitor.ui.outlines import BOX, district_shapes
from urban_safety_monitor.ui.parts import filled
from urban_safety_monitor.ui.visit import Visit

Point = tuple[float, float]

GEOSHAPE = re.compile(r'<path[^>]*"geoshape"[^>]* d="([^"]*)"')
POINT = re.compile(r"(-?[\d.]+),(-?[\d.]+)")


@pytest.fixture(scope="module")
def districts() -> DistrictMap:
    results = factory.with_districts(factory.make_results())
    return district_map(View(results, factory.catalogue(), "en"), "c0", factory.PERIOD, "safe_day")


def square(x: float, y: float, side: float) -> list[list[float]]:
    return [[x, y], [x, y + side], [x + side, y + side, 5.0], [x + side, y], [x, y]]


def outlines_of(districts: DistrictMap) -> dict[str, dict[str, Any]]:
    """Outlines far from the equator: squares in a row, one with a hole and one of two parts."""
    codes = [region.row.category for region in districts.regions][:-1]
    alone = {"type": "Polygon", "coordinates": [square(-103.0, 60.0, 0.4), square(-103, 60.1, 0.1)]}
    apart = [[square(-102.2, 60.7, 0.3)], [square(-102.2, 60.0, 0.5)]]
    row = [
        {"type": "Polygon", "coordinates": [square(-102 + number / 2, 60.2, 0.5)]}
        for number in range(len(codes) - 2)
    ]
    shapes = [alone, {"type": "MultiPolygon", "coordinates": apart}, *row]
    return dict(zip(codes, shapes, strict=True))


def points_of(path: str) -> list[Point]:
    return [(float(x), float(y)) for x, y in POINT.findall(path)]


def nearest(point: Point, others: list[Point]) -> float:
    return min(math.dist(point, other) for other in others)


def test_the_page_draws_what_the_picture_draws(districts: DistrictMap) -> None:
    outlines = outlines_of(districts)
    picture = choropleth(districts, outlines)
    drawn = district_shapes(districts, outlines)
    assert [mark for mark, _ in drawn.shapes] == list(picture.marks)[:-1]
    assert drawn.alt_text == picture.alt_text
    pictured = GEOSHAPE.findall(to_svg(picture.plain))
    assert len(pictured) == len(outlines)
    for (_, path), other in zip(drawn.shapes, pictured, strict=True):
        ours = points_of(path)
        theirs = [(2 * x, 2 * y) for x, y in points_of(other)]
        assert path.count("M") == path.count("Z") == other.count("M")
        assert all(nearest(point, theirs) < 1 for point in ours)
        assert all(nearest(point, ours) < 1 for point in theirs)


def test_outlines_fill_the_box_with_north_above(districts: DistrictMap) -> None:
    codes = [region.row.category for region in districts.regions][:2]
    tall = [square(10, 20, 0.1), square(10, 20.4, 0.1)]
    outlines = {
        c: {"type": "Polygon", "coordinates": [s]} for c, s in zip(codes, tall, strict=True)
    }
    (south, north) = (points_of(path) for _, path in district_shapes(districts, outlines).shapes)
    heights = [y for _, y in (*south, *north)]
    assert (min(heights), max(heights)) == (0, BOX[1])
    assert max(y for _, y in north) < min(y for _, y in south)
    sides = [x for x, _ in south]
    assert min(sides) + max(sides) == pytest.approx(BOX[0], abs=1)


def test_what_cannot_be_placed_well_is_drawn_all_the_same(districts: DistrictMap) -> None:
    assert district_shapes(districts, {}).shapes == ()
    code = districts.regions[0].row.category
    for ring in ([[0, 89], [9, 90], [0, 90], [0, 89]], [[9, 9]] * 4):
        outlines = {code: {"type": "Polygon", "coordinates": [ring]}}
        ((_, path),) = district_shapes(districts, outlines).shapes
        assert all(0 <= x <= BOX[0] and 0 <= y <= BOX[1] for x, y in points_of(path))
    assert points_of(path) == [(BOX[0] / 2, BOX[1] / 2)]


def test_an_outline_of_more_points_than_can_be_seen_stays_small(districts: DistrictMap) -> None:
    code = districts.regions[0].row.category
    turns = [math.tau * number / 50_000 for number in range(50_001)]
    ring = [[math.cos(turn), math.sin(turn)] for turn in turns]
    outlines = {code: {"type": "Polygon", "coordinates": [ring]}}
    ((_, path),) = district_shapes(districts, outlines).shapes
    assert 500 < len(points_of(path)) < 2500
    assert len(path) < 20_000


def test_the_key_says_what_is_drawn_and_names_stay_text(districts: DistrictMap) -> None:
    drawn = district_shapes(districts, outlines_of(districts))
    (first, path), *others = drawn.shapes
    hostile = first | {"title": "<b>Old\n\n*town*", "dashed": True}
    shown = replace(drawn, shapes=((hostile, path), *others))
    html = filled("city_outlines", Visit("en", ""), drawn=shown, box=BOX)
    assert "<title>&lt;b&gt;Old" in html
    assert html.count("<path") == len(drawn.shapes) and html.count("<li>") == len(drawn.key)
    assert html.count('class="district dashed"') == 2  # the one made so, and the withheld one
    assert [row.dashed for row in drawn.key] == [False] * len(districts.classes) + [True]
    assert drawn.key[-1].fill == "paper" and html.count("var(--paper)") == 2
