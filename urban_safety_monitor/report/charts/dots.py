"""Values as dots with their intervals as lines: cities of one indicator, or a city's domains."""

import math
from collections.abc import Sequence
from typing import Any

import altair as alt

from urban_safety_monitor.report.charts.style import (
    AXIS,
    INK,
    INK_2,
    OWN,
    SMALL,
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
from urban_safety_monitor.report.records import (
    CityComparison,
    CityProfile,
    CityRow,
    Figure,
    Row,
    ScoreLine,
    Verdict,
)
from urban_safety_monitor.report.wording import SYMBOLS, translator

WIDTH = 380
CITIES_A_PAGE = 30
QUARTERS = (0, 25, 50, 75, 100)


def dot_whisker(
    comparison: CityComparison, *, own: str | None = None, by_value: bool = False, page: int = 0
) -> Picture:
    """One indicator over cities: dot, 95% interval, n, and the benchmark with its number.

    Cities that cannot be compared or have no value are rows of text. Names are in alphabetical
    order, or by value from the best where `by_value`.

    Args:
        comparison: the cities' values.
        own: a city to set apart by a bold name.
        by_value: order by value and not by name.
        page: 30 cities are shown at a time; the first page is 0.
    """
    marks = dot_marks(comparison, own=own, by_value=by_value, page=page)
    words = translator(comparison.language)
    left = width_of(mark["title"] for mark in marks) + 70
    layers = [
        *_benchmark(comparison, len(marks)),
        *_dots(marks, comparison.unit, _domain(marks, comparison)),
        column_of_text([m for m in marks if not m["own"]], "title", -left, _y(marks)),
        column_of_text([m for m in marks if m["own"]], "title", -left, _y(marks), fontWeight=600),
        column_of_text(marks, "n", -12, _y(marks), align="right", color=INK_2),
        text_at(-12, -4, "n", align="right", baseline="bottom", color=INK_2),
        *status_columns(marks, WIDTH, _y(marks)),
    ]
    subtitle = words.gettext(
        "{title}: {unit}, {period}, compared with {benchmark}. Line: 95% interval."
    )
    return Picture(
        layers=layers,
        width=WIDTH,
        height=len(marks) * STEP,
        left=left,
        below=AXIS,
        headline=comparison.headline,
        subtitle=subtitle.format(
            title=comparison.title,
            unit=comparison.unit,
            period=comparison.period_text,
            benchmark=comparison.benchmark_name,
        ),
        caption=caption_text(comparison.country_title, comparison),
        alt_text=_described(f"{comparison.title}. {comparison.headline}", marks),
        marks=tuple(marks),
    )


def dot_marks(
    comparison: CityComparison, *, own: str | None = None, by_value: bool = False, page: int = 0
) -> list[Mark]:
    """The rows of `dot_whisker` as data: where each dot and interval stands, and its words."""
    rows = _ordered(comparison, by_value)[page * CITIES_A_PAGE : (page + 1) * CITIES_A_PAGE]
    return [_city_mark(row, y, row.area == own) for y, row in enumerate(rows)]


def indicator_dots(profile: CityProfile, rows: Sequence[Row]) -> Picture:
    """A city's indicators in percent, each with its benchmark: where cities are too few to range.

    Indicators in other units are rows of text: they have no common axis with percentages.
    """
    marks = [_indicator_mark(row, y) for y, row in enumerate(rows)]
    words = translator(profile.language)
    left = width_of(mark["title"] for mark in marks)
    ticks = [mark for mark in marks if mark["drawn"] and mark["against"] is not None]
    benchmark = (
        alt.Chart(data_of(ticks))
        .mark_tick(color=INK_2, thickness=3, height=STEP * 0.6, width=STEP * 0.6, orient="vertical")
        .encode(x=alt.X("against:Q"), y=_y(marks))
    )
    layers = [
        benchmark,
        *_dots(marks, words.gettext("percent"), [0, 100]),
        column_of_text(marks, "title", -left, _y(marks)),
        *status_columns(marks, WIDTH, _y(marks)),
    ]
    subtitle = words.gettext(
        "{city}, {period}. Mark: the city. Line: 95% interval. Short bar: {benchmark}."
    )
    return Picture(
        layers=layers,
        width=WIDTH,
        height=len(marks) * STEP,
        left=left,
        below=AXIS,
        headline=profile.headline,
        subtitle=subtitle.format(
            city=profile.title, period=profile.period_text, benchmark=profile.benchmark_name
        ),
        caption=caption_text(profile.title, profile),
        alt_text=_described(f"{profile.title}. {profile.headline}", marks),
        marks=tuple(marks),
    )


def domain_strip(profile: CityProfile, width: int = WIDTH) -> Picture:
    """The scores of the domains on one scale from 0 to 100, each with its interval.

    Args:
        profile: the city.
        width: of the plot itself, in pixels.
    """
    words = translator(profile.language)
    marks = [_score_mark(line, y) for y, line in enumerate(profile.domains)]
    left = width_of(mark["title"] for mark in marks)
    layers = [
        *_dots(marks, words.gettext("score, 0 to 100, more is better"), QUARTERS),
        column_of_text(marks, "title", -left, _y(marks)),
        column_of_text(marks, "value", width + 14, _y(marks)),
    ]
    subtitle = words.gettext("{city}, {period}. Dot: score. Line: 95% interval from sampling.")
    return Picture(
        layers=layers,
        width=width,
        height=len(marks) * STEP,
        left=left,
        below=AXIS,
        headline=words.gettext("Scores of the six domains")
        if len(marks) == 6
        else words.gettext("Scores of the domains"),
        subtitle=subtitle.format(city=profile.title, period=profile.period_text),
        caption=caption_text(profile.title, profile),
        alt_text=_described(f"{profile.title}, {profile.period_text}", marks),
        marks=tuple(marks),
    )


def _ordered(comparison: CityComparison, by_value: bool) -> list[CityRow]:
    if not by_value:
        return list(comparison.rows)
    sign = -1 if comparison.higher_is_better in (True, None) else 1
    return sorted(
        comparison.rows,
        key=lambda row: (not row.comparable, sign * (row.figure.value or 0.0)),
    )


def _city_mark(row: CityRow, y: int, own: bool) -> Mark:
    drawn = row.comparable and row.figure.value is not None
    return {"area": row.area, "title": row.title, "own": own, "n": row.figure.n_text, "y": y} | (
        _dot(row.figure, row.verdict, drawn)
    )


def _indicator_mark(row: Row, y: int) -> Mark:
    drawn = row.percent and row.figure.value is not None and "d" not in row.figure.flags
    return {
        "indicator": row.indicator,
        "title": row.title,
        "against": row.verdict.benchmark_value,
        "y": y,
    } | _dot(row.figure, row.verdict, drawn)


def _dot(figure: Figure, verdict: Verdict, drawn: bool) -> Mark:
    return {
        "status": verdict.status,
        "symbol": verdict.symbol if verdict.status in SYMBOLS else "",
        "word": verdict.word,
        "value": figure.text,
        "flags": figure.flag_text,
        "x": figure.value,
        "from": figure.lower,
        "to": figure.upper,
        "whisker": bool(figure.interval_text),
        "hollow": "u" in figure.flags,
        "drawn": drawn,
    }


def _score_mark(line: ScoreLine, y: int) -> Mark:
    return {
        "component": line.component,
        "title": line.title,
        "value": line.text or line.note,
        "status": "score",
        "x": line.score,
        "from": line.lower,
        "to": line.upper,
        "whisker": line.lower is not None,
        "hollow": False,
        "drawn": line.score is not None,
        "y": y,
    }


def _y(marks: Sequence[Mark]) -> alt.Y:
    return row_scale(len(marks))


def _domain(marks: Sequence[Mark], comparison: CityComparison) -> list[float]:
    """The axis: from the lowest to the highest interval end, with a little room."""
    drawn = [mark for mark in marks if mark["drawn"]]
    ends = [mark[k] for mark in drawn for k in ("x", "from", "to") if mark[k] is not None]
    ends += [] if comparison.benchmark_value is None else [comparison.benchmark_value]
    if not ends:
        return [0.0, 100.0] if comparison.percent else [0.0, 1.0]
    room = (max(ends) - min(ends)) * 0.06 or 1.0
    low, high = min(ends) - room, max(ends) + room
    if min(ends) >= 0:
        low = max(0.0, low)
    return [low, min(100.0, high) if comparison.percent and max(ends) <= 100 else high]


def _dots(marks: list[Mark], title: str, domain: Sequence[float]) -> list[alt.Chart]:
    """Dots and intervals on an axis; a domain of more than two numbers is where its ticks stand."""
    scale = alt.Scale(domain=[domain[0], domain[-1]], nice=False, zero=False)
    ticks: dict[str, Any] = {"values": list(domain)} if len(domain) > 2 else {"tickCount": 6}
    axis = alt.Axis(title=title, grid=True, labelFontSize=SMALL, **ticks)
    x = alt.X("x:Q", scale=scale, axis=axis)
    start = alt.X("from:Q", scale=scale, axis=axis)
    y = _y(marks)
    scored = [mark for mark in marks if mark["drawn"] and mark["status"] == "score"]
    points = alt.Chart(data_of(scored)).mark_point(
        shape="circle", size=45, fill=OWN, color=OWN, opacity=1
    )
    empty = alt.Chart(data_of([{"x": domain[0]}])).mark_point(opacity=0).encode(x=x)
    return [
        empty,
        *whiskers(marks, start, "to:Q", y),
        *status_marks(marks, x, y),
        *([points.encode(x=x, y=y)] if scored else []),
    ]


def _benchmark(comparison: CityComparison, rows: int) -> list[alt.Chart]:
    against = comparison.benchmark_value
    if against is None or math.isnan(against):
        return []
    label = f"{comparison.benchmark_name} {comparison.benchmark_text}"
    data = data_of([{"x": against, "label": label}])
    rule = alt.Chart(data).mark_rule(color=INK_2, strokeDash=[5, 3])
    text = alt.Chart(data).mark_text(fontSize=SMALL, color=INK, baseline="bottom", dy=-4)
    return [
        rule.encode(x=alt.X("x:Q"), y=alt.YValue(0), y2=alt.Y2Value(rows * STEP)),
        text.encode(x=alt.X("x:Q"), y=alt.YValue(0), text="label:N"),
    ]


def _described(opening: str, marks: Sequence[Mark]) -> str:
    listed = "; ".join(
        f"{mark['title']}: {mark['value'] or '–'}"
        + (f", {mark['word']}" if mark.get("word") else "")
        for mark in marks
    )
    return f"{opening} {listed}."
