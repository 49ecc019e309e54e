"""District map from outlines the city supplies: drawn here, without tiles or any other host."""

from collections.abc import Mapping, Sequence
from itertools import groupby, pairwise
from typing import Any, NamedTuple

import altair as alt

from urban_safety_monitor.report.charts.style import (
    INK,
    INK_2,
    SMALL,
    Mark,
    Picture,
    caption_text,
    data_of,
    text_at,
)
from urban_safety_monitor.report.districts import DistrictMap, Region
from urban_safety_monitor.report.palette import LIGHT, MAP_CLASSES
from urban_safety_monitor.report.sentences import isolated
from urban_safety_monitor.report.wording import translator

WIDTH, HEIGHT = 320, 250

BOX = 16
KEY_STEP = 24

SOLID, DASHED = [1, 0], [4, 3]

Geometry = dict[str, Any]


class KeyRow(NamedTuple):
    """A box of the key: its fill as a token of the palette, its words, and its outline."""

    fill: str
    text: str
    dashed: bool


def choropleth(districts: DistrictMap, outlines: Mapping[str, Geometry]) -> Picture:
    """The districts that have an outline, filled by class; withheld and missing ones empty.

    Args:
        districts: the figures.
        outlines: GeoJSON polygons in longitude and latitude, by the district's code.
    """
    words = translator(districts.language)
    marks = district_marks(districts)
    drawn = [mark for mark in marks if mark["category"] in outlines]
    key = map_key(districts, drawn)
    layers = [_shapes(drawn, outlines), *_key(key)]
    subtitle = words.gettext(
        "{city}, {period}: {title}, {unit}. Five classes of equal numbers of districts over all "
        "rounds. White: withheld or not collected. Every value has its 95% interval in the table."
    ).format(
        city=districts.title,
        period=districts.period_text,
        title=districts.indicator_title,
        unit=districts.unit,
    )
    return Picture(
        layers=layers,
        width=WIDTH,
        height=HEIGHT,
        left=0,
        below=len(key) * KEY_STEP + 24,
        headline=districts.headline,
        subtitle=subtitle,
        caption=caption_text(districts.title, districts),
        alt_text=map_alt(districts),
        marks=tuple(marks),
    )


def district_marks(districts: DistrictMap) -> list[Mark]:
    """One entry a district; `fill` is a token of the palette."""
    return [_mark(region, districts) for region in districts.regions]


def _mark(region: Region, districts: DistrictMap) -> Mark:
    figure = region.row.figure
    return {
        "category": region.row.category,
        "title": region.row.category_title,
        "value": " ".join(filter(None, (figure.text, figure.flag_text))),
        "n": figure.n_text,
        "status": region.row.verdict.status,
        "word": region.row.verdict.word,
        "step": region.step,
        "fill": "paper" if region.step is None else _fill(region.step, len(districts.classes)),
        "dashed": "u" in figure.flags or region.step is None,
    }


def _fill(step: int, classes: int) -> str:
    return MAP_CLASSES[round(step * (len(MAP_CLASSES) - 1) / max(classes - 1, 1))]


def _shapes(marks: list[Mark], outlines: Mapping[str, Geometry]) -> alt.Chart:
    features = [
        {
            "type": "Feature",
            "geometry": wound(outlines[mark["category"]]),
            "properties": mark | {"fill": LIGHT[mark["fill"]]},
        }
        for mark in marks
    ]
    return (
        alt.Chart(alt.InlineData(values=features))
        .mark_geoshape(stroke=INK, strokeWidth=1)
        .project(type="mercator")
        .encode(
            fill=alt.Fill("properties.fill:N", scale=None),
            strokeDash=alt.condition(
                "datum.properties.dashed", alt.value(DASHED), alt.value(SOLID)
            ),
            tooltip=[
                alt.Tooltip("properties.title:N", title=" "),
                alt.Tooltip("properties.value:N", title="  "),
                alt.Tooltip("properties.n:N", title="n"),
            ],
        )
    )


def map_key(districts: DistrictMap, drawn: Sequence[Mark]) -> list[KeyRow]:
    """The classes from high to low, and what else is drawn."""
    say = translator(districts.language).gettext
    steps = reversed(list(enumerate(districts.classes)))
    rows = [KeyRow(_fill(step, len(districts.classes)), text, False) for step, text in steps]
    if any(mark["step"] is None for mark in drawn):
        rows.append(KeyRow("paper", say("Withheld or not collected"), True))
    if any(mark["dashed"] and mark["step"] is not None for mark in drawn):
        rows.append(KeyRow("surface", say("Dashed outline: low reliability [u]"), True))
    return rows


def _key(rows: list[KeyRow]) -> list[alt.Chart]:
    """The key, below the map: boxes of either outline, and a text beside each."""
    placed = [(HEIGHT + 16 + i * KEY_STEP, row) for i, row in enumerate(rows)]
    boxes = [
        _boxes(list(alike), DASHED if dashed else SOLID)
        for dashed, alike in groupby(placed, key=lambda placed: placed[1].dashed)
    ]
    texts = [text_at(BOX + 8, top, isolated(row.text), fontSize=SMALL) for top, row in placed]
    return [*boxes, *texts]


def _boxes(placed: list[tuple[int, KeyRow]], dash: list[int]) -> alt.Chart:
    boxes = [
        {"x": 0, "x2": BOX, "y": top, "y2": top + BOX, "fill": LIGHT[row.fill]}
        for top, row in placed
    ]
    return (
        alt.Chart(data_of(boxes))
        .mark_rect(stroke=INK_2, strokeDash=dash)
        .encode(
            x=alt.X("x:Q", scale=None, axis=None),
            x2="x2:Q",
            y=alt.Y("y:Q", scale=None, axis=None),
            y2="y2:Q",
            fill=alt.Fill("fill:N", scale=None),
        )
    )


def wound(geometry: Geometry) -> Geometry:
    """A polygon with its outer rings clockwise, as the drawing library takes them on a sphere.

    GeoJSON (RFC 7946) asks for the opposite, and many files keep no order at all.
    """
    polygons = geometry["coordinates"]
    if geometry["type"] == "Polygon":
        return geometry | {"coordinates": _wound(polygons)}
    return geometry | {"coordinates": [_wound(polygon) for polygon in polygons]}


def _wound(rings: list[list[list[float]]]) -> list[list[list[float]]]:
    outer, *holes = rings
    return [_turned(outer, clockwise=True), *(_turned(hole, clockwise=False) for hole in holes)]


def _turned(ring: list[list[float]], *, clockwise: bool) -> list[list[float]]:
    """Twice the signed area by the shoelace formula tells which way a ring runs."""
    area = sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring))
    return ring if (area < 0) is clockwise else ring[::-1]


def map_alt(districts: DistrictMap) -> str:
    """The map in words: every district with its value."""
    listed = "; ".join(
        f"{r.row.category_title}: {r.row.figure.text or r.row.figure.flag_text}"
        for r in districts.regions
    )
    return f"{districts.indicator_title}. {districts.headline} {listed}."
