"""The spine: all indicators of one city, each placed among the comparable cities.

Signed scale: x = s (v - b) / max(|lowest - b|, |highest - b|) with benchmark b and s = 1 where
high is good, -1 where low is good. So right is always better, the benchmark is always in the
middle, and values that cross zero do no harm.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import altair as alt

from urban_safety_monitor.report.charts.style import (
    INK_2,
    MIDDLE,
    NO_AXIS,
    RANGE,
    STEP,
    Mark,
    Picture,
    caption_text,
    column_of_text,
    data_of,
    row_scale,
    status_columns,
    status_marks,
    text_at,
    whiskers,
    width_of,
)
from urban_safety_monitor.report.records import CityProfile, Row
from urban_safety_monitor.report.wording import translator

FEWEST_CITIES = 5
"""Fewer comparable cities have no meaningful range."""

WIDTH = 330
BAR = 11
EDGE = 1.15
"""Intervals that go beyond the range of the cities are cut here."""

DRAWN = ("better", "worse", "similar")


def has_ranges(rows: Sequence[Row]) -> bool:
    """Whether a spine can be drawn: some row has a benchmark and enough comparable cities."""
    return any(_drawable(row) for row in rows)


def spine(profile: CityProfile, rows: Sequence[Row]) -> Picture:
    """The spine of the given rows; rows without a status keep their value and lose their mark."""
    words = translator(profile.language)
    marks = spine_marks(profile, rows)
    left = width_of(mark.get("title") or mark["heading"] for mark in marks)
    subtitle = words.gettext(
        "{city}, {period}, compared with {benchmark}. Mark: the city. Line: 95% interval. "
        "Bar: comparable cities, darker: their middle half."
    ).format(city=profile.title, period=profile.period_text, benchmark=profile.benchmark_name)
    return Picture(
        layers=_layers(profile, marks, left),
        width=WIDTH,
        height=len(marks) * STEP,
        left=left,
        below=NO_AXIS,
        headline=profile.headline,
        subtitle=subtitle,
        caption=caption_text(profile.title, profile),
        alt_text=_alt(profile, rows),
        marks=tuple(marks),
    )


def spine_marks(profile: CityProfile, rows: Sequence[Row]) -> list[Mark]:
    """One entry a line of the picture: a heading per domain, then its rows."""
    scores = {line.component: line.text for line in profile.domains}
    score = translator(profile.language).gettext("{domain}: score {score}")
    marks: list[Mark] = []
    for (domain, title), inside in groupby(rows, key=lambda row: (row.domain, row.domain_title)):
        heading = score.format(domain=title, score=scores[domain]) if scores.get(domain) else title
        marks.append({"heading": heading, "drawn": False})
        marks.extend(_mark(row) for row in inside)
    return [mark | {"y": y} for y, mark in enumerate(marks)]


def _drawable(row: Row) -> bool:
    return (
        (row.verdict.status in DRAWN or "u" in row.figure.flags)
        and row.figure.value is not None
        and row.spread is not None
        and row.spread.cities >= FEWEST_CITIES
        and row.higher_is_better is not None
        and row.verdict.benchmark_value is not None
    )


def _mark(row: Row) -> Mark:
    said = {
        "indicator": row.indicator,
        "title": row.title,
        "status": row.verdict.status,
        "symbol": row.verdict.symbol if row.verdict.status in DRAWN else "",
        "word": row.verdict.word,
        "value": row.figure.text,
        "flags": row.figure.flag_text,
        "hollow": "u" in row.figure.flags,
    }
    return said | ({"drawn": True} | _places(row) if _drawable(row) else {"drawn": False})


def _places(row: Row) -> Mark:
    """Where the row's mark, interval and bars stand on the signed scale."""
    spread, against = row.spread, row.verdict.benchmark_value
    if spread is None or against is None:
        return {}
    sign = 1 if row.higher_is_better else -1
    furthest = max(abs(spread.lowest - against), abs(spread.highest - against))

    def place(value: float) -> float:
        return sign * (value - against) / furthest if furthest else 0.0

    def within(value: float) -> float:
        return min(EDGE, max(-EDGE, place(value)))

    figure = row.figure
    ends = [v for v in (figure.lower, figure.upper) if v is not None and figure.interval_text]
    return {
        "x": within(figure.value or 0.0),
        "from": min(map(within, ends), default=None),
        "to": max(map(within, ends), default=None),
        "whisker": bool(ends),
        "low": place(spread.lowest),
        "high": place(spread.highest),
        "quartile_1": place(spread.quartile_1),
        "quartile_3": place(spread.quartile_3),
    }


def _layers(profile: CityProfile, marks: list[Mark], left: int) -> list[alt.Chart]:
    rows = [mark for mark in marks if "indicator" in mark]
    headings = [mark for mark in marks if "heading" in mark]
    drawn = [mark for mark in rows if mark["drawn"]]
    y = row_scale(len(marks))
    middle = (
        alt.Chart(data_of([{"x": 0}]))
        .mark_rule(color=INK_2, strokeDash=[5, 3])
        .encode(x=_on_scale("x"), y=alt.YValue(0), y2=alt.Y2Value(len(marks) * STEP))
    )
    return [
        _bars(drawn, ("low", "high", RANGE), y),
        _bars(drawn, ("quartile_1", "quartile_3", MIDDLE), y),
        middle,
        *whiskers(drawn, _on_scale("from"), "to:Q", y),
        *status_marks(drawn, _on_scale("x"), y),
        column_of_text(rows, "title", -left, y),
        column_of_text(headings, "heading", -left, y, fontWeight=600),
        *status_columns(rows, WIDTH, y),
        *_directions(profile),
    ]


def _on_scale(field: str) -> alt.X:
    return alt.X(f"{field}:Q", scale=alt.Scale(domain=[-EDGE, EDGE], nice=False), axis=None)


def _bars(drawn: list[Mark], ends: tuple[str, str, str], y: alt.Y) -> alt.Chart:
    start, end, colour = ends
    return (
        alt.Chart(data_of(drawn, "y", start, end))
        .mark_bar(color=colour, height=BAR)
        .encode(x=_on_scale(start), x2=f"{end}:Q", y=y)
    )


def _directions(profile: CityProfile) -> list[alt.Chart]:
    """What left, middle and right mean, above the plot."""
    words = translator(profile.language)
    look: dict[str, Any] = {"baseline": "bottom", "color": INK_2}
    return [
        text_at(0, -4, words.gettext("worse"), **look),
        text_at(WIDTH / 2, -4, profile.benchmark_name, align="center", **look),
        text_at(WIDTH, -4, words.gettext("better"), align="right", **look),
    ]


def _alt(profile: CityProfile, rows: Sequence[Row]) -> str:
    listed = "; ".join(f"{row.title}: {row.figure.text or '–'}, {row.verdict.word}" for row in rows)
    return f"{profile.title}, {profile.period_text}. {profile.headline} {listed}."
