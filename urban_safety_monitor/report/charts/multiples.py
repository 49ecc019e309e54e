"""Small multiples: one panel a city, the same scale in all; no line across a gap or a break."""

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import altair as alt

from urban_safety_monitor.report.charts.style import (
    INK,
    INK_2,
    OWN,
    PAPER,
    RULE,
    Mark,
    Picture,
    caption_text,
    data_of,
    text_at,
)
from urban_safety_monitor.report.history import Course, History
from urban_safety_monitor.report.numbers import number_text
from urban_safety_monitor.report.wording import translator

PANEL, TALL = 170, 110
"""Width and height of a panel, in pixels."""

ACROSS, MOST = 4, 12
BESIDE, ABOVE = 34, 44
"""Room between panels, beside and above each."""

STEPS = (0.12, 0.88)
"""Where the first and the last round stand in a panel, as shares of its width."""

FINE: dict[str, Any] = {"color": INK_2, "fontSize": 11}


@dataclass(frozen=True)
class Panel:
    """One city's panel for a page that draws it itself, in pixels from its upper left corner.

    `points` are marks with x, value_at, lower_at and upper_at; `lines` lead from point to point,
    each with its `length` and `angle` in degrees; `breaks` are upright lines at x.
    """

    course: Course
    points: tuple[Mark, ...]
    lines: tuple[Mark, ...]
    breaks: tuple[Mark, ...]


def panels(history: History, page: int = 0) -> tuple[Panel, ...]:
    """The panels of a page, each drawn in its own place on the scale all pages share."""
    ends = _ends(history)
    return tuple(
        Panel(course, tuple(points), tuple(_joined(points)), tuple(_broken(points)))
        for course in shown_courses(history, page)
        for points in [_drawn(_marks(history, course, (0, 0)), ends)]
    )


def shown_courses(history: History, page: int) -> tuple[Course, ...]:
    """The cities of a page."""
    return history.courses[page * MOST : (page + 1) * MOST]


def scale_texts(history: History) -> tuple[str, str]:
    """Both ends of the scale all panels share, as they are written."""
    low, high = (number_text(end, 1, history.language) for end in _ends(history))
    return low, high


def small_multiples(history: History, own: str = "", page: int = 0) -> Picture:
    """The rounds of up to twelve cities; the own city in colour, the others grey."""
    words = translator(history.language)
    shown = shown_courses(history, page)
    marks = [m for i, course in enumerate(shown) for m in _marks(history, course, _corner(i))]
    drawn = [m | {"own": m["area"] == own} for m in _drawn(marks, _ends(history))]
    ends = scale_texts(history)
    layers = [*_frames(shown, ends), *_points(drawn), *_breaks(drawn)]
    subtitle = words.gettext(
        "{title}, {unit}. Line: 95% interval. Same scale in all panels, {low} to {high}. A dashed "
        "upright line is a break: values on either side are not comparable."
    ).format(title=history.title, unit=history.unit, low=ends[0], high=ends[1])
    return Picture(
        layers=layers,
        width=min(len(shown), ACROSS) * (PANEL + BESIDE),
        height=_corner(len(shown) - 1)[1] + TALL + ABOVE - 20,
        left=40,
        below=24,
        headline=history.headline,
        subtitle=subtitle,
        caption=caption_text(history.country_title, history),
        alt_text=_alt(history, shown),
        marks=tuple(marks),
    )


def _marks(history: History, course: Course, corner: tuple[int, int]) -> list[Mark]:
    steps = {period: i for i, (period, _) in enumerate(history.periods)}
    last = max(1, len(steps) - 1)
    (left, top), (first, end) = corner, STEPS
    return [
        {
            "area": course.area,
            "city": course.title,
            "period": moment.period,
            "period_text": moment.period_text,
            "value": moment.figure.value,
            "lower": moment.figure.lower,
            "upper": moment.figure.upper,
            "text": moment.figure.text,
            "flags": moment.figure.flag_text,
            "hollow": "u" in moment.figure.flags,
            "broken": moment.broken,
            "joined": moment.joined,
            "x": left + PANEL * (first + (end - first) * steps[moment.period] / last),
            "top": top,
        }
        for moment in course.moments
    ]


def _ends(history: History) -> tuple[float, float]:
    """Both ends of the scale: all intervals with a little room, never below 0 for nothing."""
    figures = [moment.figure for course in history.courses for moment in course.moments]
    ends = [end for f in figures for end in (f.value, f.lower, f.upper)]
    known = [end for end in ends if end is not None]
    low, high = min(known, default=0.0), max(known, default=1.0)
    room = (high - low) * 0.08 or 1.0
    return round(max(0.0, low - room) if low >= 0 else low - room, 1), round(high + room, 1)


def _drawn(marks: list[Mark], ends: tuple[float, float]) -> list[Mark]:
    """The marks that have a value, with the heights at which they are drawn."""
    return [
        mark | {f"{name}_at": _height(mark, name, ends) for name in ("value", "lower", "upper")}
        for mark in marks
        if mark["value"] is not None
    ]


def _height(mark: Mark, name: str, ends: tuple[float, float]) -> float | None:
    """Where a value stands on the page, in pixels from its top."""
    low, high = ends
    if mark[name] is None:
        return None
    return float(mark["top"] + TALL * (high - mark[name]) / (high - low))


def _corner(place: int) -> tuple[int, int]:
    """The upper left corner of a panel, in pixels."""
    return (place % ACROSS) * (PANEL + BESIDE), (place // ACROSS) * (TALL + ABOVE) + 20


def _frames(shown: Sequence[Course], ends: tuple[str, ...]) -> list[alt.Chart]:
    low, high = ends
    boxes, texts = [], []
    for place, course in enumerate(shown):
        x, y = _corner(place)
        boxes.append({"x": x, "y": y, "x2": x + PANEL, "y2": y + TALL})
        title = textwrap.shorten(course.title, PANEL // 7, placeholder=" …")
        texts += [
            text_at(x, y - 20, title, fontWeight=600),
            text_at(x - 6, y, high, align="right", **FINE),
            text_at(x - 6, y + TALL - 11, low, align="right", **FINE),
        ]
        outer = (course.moments[0], course.moments[-1])
        texts += [
            text_at(x + PANEL * share, y + TALL + 4, moment.period, align="center", **FINE)
            for share, moment in zip(STEPS, outer, strict=True)
        ]
    frame = alt.Chart(data_of(boxes)).mark_rect(fill=PAPER, stroke=RULE)
    return [frame.encode(x=_x(), x2="x2:Q", y=_y("y"), y2="y2:Q"), *texts]


def _x() -> alt.X:
    return alt.X("x:Q", scale=None, axis=None)


def _y(field: str) -> alt.Y:
    return alt.Y(f"{field}:Q", scale=None, axis=None)


def _points(marks: list[Mark]) -> list[alt.Chart]:
    layers = []
    for own, colour in ((False, INK_2), (True, OWN)):
        of_colour = [mark for mark in marks if mark["own"] is own]
        spans = [m for m in of_colour if m["lower"] is not None and m["upper"] is not None]
        whisker = alt.Chart(data_of(spans, "x", "lower_at", "upper_at")).mark_rule(color=colour)
        layers += [
            _lines(of_colour, colour),
            whisker.encode(x=_x(), y=_y("lower_at"), y2="upper_at:Q"),
        ]
        for hollow in (False, True):
            chosen = [mark for mark in of_colour if mark["hollow"] is hollow]
            look: dict[str, Any] = {"stroke": colour, "fill": PAPER if hollow else colour}
            point = alt.Chart(data_of(chosen, "x", "value_at", "city", "period_text", "text"))
            layers.append(
                point.mark_point(size=60, opacity=1, **look).encode(
                    x=_x(), y=_y("value_at"), tooltip=["city:N", "period_text:N", "text:N"]
                )
            )
    return layers


def _lines(marks: list[Mark], colour: str) -> alt.Chart:
    rule = alt.Chart(data_of(_joined(marks), "x", "y", "x2", "y2")).mark_rule(
        color=colour, strokeWidth=1.5
    )
    return rule.encode(x=_x(), x2="x2:Q", y=_y("y"), y2="y2:Q")


def _joined(marks: list[Mark]) -> list[Mark]:
    """A line from each point to the next of its city, but not over a gap or a break."""
    return [
        {
            "x": one["x"],
            "y": one["value_at"],
            "x2": other["x"],
            "y2": other["value_at"],
            "length": math.hypot(other["x"] - one["x"], rise),
            "angle": math.degrees(math.atan2(rise, other["x"] - one["x"])),
        }
        for one, other in pairwise(marks)
        if other["joined"] and one["area"] == other["area"]
        for rise in [other["value_at"] - one["value_at"]]
    ]


def _broken(marks: list[Mark]) -> list[Mark]:
    """An upright line half way before each value of another method."""
    return [
        {
            "x": (one["x"] + other["x"]) / 2,
            "y": other["top"],
            "y2": other["top"] + TALL,
        }
        for one, other in pairwise(marks)
        if other["broken"] and one["area"] == other["area"]
    ]


def _breaks(marks: list[Mark]) -> list[alt.Chart]:
    rule = alt.Chart(data_of(_broken(marks), "x", "y", "y2")).mark_rule(
        color=INK, strokeDash=[4, 3]
    )
    return [rule.encode(x=_x(), y=_y("y"), y2="y2:Q")]


def _alt(history: History, shown: Sequence[Course]) -> str:
    return f"{history.title}. {history.headline} {'; '.join(map(_said, shown))}."


def _said(course: Course) -> str:
    values = (f"{m.period_text} {m.figure.text or m.figure.flag_text}" for m in course.moments)
    return f"{course.title}: {', '.join(values)}"
