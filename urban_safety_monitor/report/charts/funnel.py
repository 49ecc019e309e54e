"""The funnel: which cities differ from a benchmark by more than chance, given their samples.

The horizontal axis is the effective sample size the pipeline's test implies: with the standard
error S = difference / z it used, n = b (100 - b) / S^2 for percentages and 1 / S^2 otherwise. The
limits b +- k S(n) then agree with interval and status exactly.

Source: Spiegelhalter, Funnel plots for comparing institutional performance, Statistics in
Medicine 24 (2005).
"""

import math
from collections.abc import Sequence
from typing import Any

import altair as alt

from urban_safety_monitor.report.charts.style import (
    AXIS,
    INK,
    INK_2,
    PAPER,
    SMALL,
    Mark,
    Picture,
    caption_text,
    data_of,
    status_marks,
)
from urban_safety_monitor.report.records import CityComparison, CityRow
from urban_safety_monitor.report.wording import translator
from urban_safety_monitor.statistics.intervals import normal_quantile

FEWEST_CITIES = 8
WIDTH, HEIGHT = 560, 360
LEVELS = {"95%": normal_quantile(0.95), "99.8%": normal_quantile(0.998)}
STEPS = 60


def can_funnel(comparison: CityComparison) -> bool:
    """Whether there are enough cities tested against one benchmark."""
    return comparison.benchmark_value is not None and len(_tested(comparison)) >= FEWEST_CITIES


def funnel(comparison: CityComparison) -> Picture:
    """Values against effective sample size, with limits of 95% and 99.8% around the benchmark.

    Cities beyond the 95% limits are named.
    """
    words = translator(comparison.language)
    marks = [_mark(comparison, row) for row in _tested(comparison)]
    limits = _limits(comparison, max(mark["x"] for mark in marks))
    outside = [mark for mark in marks if mark["outside"]]
    headline = words.ngettext(
        "{outside} of {n} city lies outside the 95% limits.",
        "{outside} of {n} cities lie outside the 95% limits.",
        len(marks),
    ).format(outside=len(outside), n=len(marks))
    subtitle = words.gettext(
        "{title}: {unit}, {period}, around {benchmark} ({against}), taken as fixed. {chance}"
    ).format(
        title=comparison.title,
        unit=comparison.unit,
        period=comparison.period_text,
        benchmark=comparison.benchmark_name,
        against=comparison.benchmark_text,
        chance=comparison.chance_line,
    )
    return Picture(
        layers=_layers(comparison, marks, limits),
        width=WIDTH,
        height=HEIGHT,
        left=60,
        below=AXIS,
        headline=headline,
        subtitle=subtitle,
        caption=caption_text(comparison.country_title, comparison),
        alt_text=_alt(comparison.title, headline, outside),
        marks=tuple(marks),
    )


def _tested(comparison: CityComparison) -> list[CityRow]:
    """Cities with a test; complete counts without any error have no place on the axis."""
    rows = [row for row in comparison.rows if row.comparable and row.verdict.z is not None]
    return [row for row in rows if math.isfinite(row.verdict.z or 0.0)]


def _mark(comparison: CityComparison, row: CityRow) -> Mark:
    z = row.verdict.z or 0.0
    return {
        "area": row.area,
        "title": row.title,
        "value": row.figure.text,
        "status": row.verdict.status,
        "x": _precision(comparison, row),
        "y": row.figure.value,
        "outside": abs(z) > LEVELS["95%"],
        "drawn": True,
    }


def _spread(comparison: CityComparison) -> float:
    """Variance of one observation around the benchmark, in the unit squared."""
    against = comparison.benchmark_value or 0.0
    inside = comparison.percent and 0 < against < 100
    return against * (100 - against) if inside else 1.0


def _precision(comparison: CityComparison, row: CityRow) -> float:
    z, difference = row.verdict.z, row.verdict.difference
    if z and difference:
        return _spread(comparison) * (z / difference) ** 2
    error = row.figure.standard_error or 0.0
    return _spread(comparison) / error**2 if error else row.figure.n_effective or 1.0


def _limits(comparison: CityComparison, most: float) -> list[Mark]:
    """Both limits of each level at growing sample sizes, kept within 0 and 100 for percentages."""
    against = comparison.benchmark_value or 0.0
    top = 100.0 if comparison.percent else math.inf
    limits = []
    for level, k in LEVELS.items():
        for step in range(STEPS + 1):
            n = most * 1.1 * (0.05 + 0.95 * step / STEPS)
            width = k * math.sqrt(_spread(comparison) / n)
            limits.append(
                {
                    "level": level,
                    "x": n,
                    "lower": max(0.0, against - width) if against >= 0 else against - width,
                    "upper": min(top, against + width),
                }
            )
    return limits


def _layers(comparison: CityComparison, marks: list[Mark], limits: list[Mark]) -> list[alt.Chart]:
    words = translator(comparison.language)
    x_title = (
        words.gettext("effective number of interviews")
        if comparison.percent
        else words.gettext("precision of the value (1 / squared standard error)")
    )
    ends = [mark["y"] for mark in marks] + [comparison.benchmark_value]
    room = (max(ends) - min(ends)) * 0.25 or 1.0
    low, high = min(ends) - room, max(ends) + room
    scale = alt.Scale(domain=[max(0.0, low) if min(ends) >= 0 else low, high], nice=False)
    x = alt.X(
        "x:Q", axis=alt.Axis(title=x_title, grid=False, format=",.0f"), scale=alt.Scale(zero=True)
    )
    y = alt.Y("y:Q", axis=alt.Axis(title=comparison.unit, grid=False), scale=scale)
    curves = [_curve(limits, side, level, scale) for side in ("lower", "upper") for level in LEVELS]
    middle = alt.Chart(data_of([{"y": comparison.benchmark_value}])).mark_rule(
        color=INK_2, strokeDash=[5, 3]
    )
    return [
        *curves,
        middle.encode(y=y),
        *_level_names(limits),
        *status_marks(marks, x, y),
        *_names(marks, x, y),
    ]


def _curve(limits: list[Mark], side: str, level: str, scale: alt.Scale) -> alt.Chart:
    dash = [1, 0] if level == "95%" else [3, 3]
    data = data_of([limit for limit in limits if limit["level"] == level])
    return (
        alt.Chart(data)
        .mark_line(color=INK_2, strokeWidth=1, strokeDash=dash, clip=True)
        .encode(x=alt.X("x:Q"), y=alt.Y(f"{side}:Q", scale=scale))
    )


def _level_names(limits: list[Mark]) -> list[alt.Chart]:
    """The level of each limit, at its upper right end."""
    last = {limit["level"]: limit for limit in limits}
    look: dict[str, Any] = {"align": "left", "dx": 4, "fontSize": SMALL, "color": INK_2}
    text = alt.Chart(data_of(list(last.values()))).mark_text(**look)
    return [text.encode(x=alt.X("x:Q"), y=alt.Y("upper:Q"), text="level:N")]


def _names(marks: list[Mark], x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """Names of cities outside the limits, on a white halo."""
    data = data_of([mark for mark in marks if mark["outside"]])
    look: dict[str, Any] = {"align": "left", "dx": 9, "fontSize": SMALL}
    halo = alt.Chart(data).mark_text(**look, stroke=PAPER, strokeWidth=4)
    name = alt.Chart(data).mark_text(**look, color=INK)
    return [layer.encode(x=x, y=y, text="title:N") for layer in (halo, name)]


def _alt(title: str, headline: str, outside: Sequence[Mark]) -> str:
    named = ", ".join(mark["title"] for mark in outside)
    return f"{title}. {headline} {named}".strip()
