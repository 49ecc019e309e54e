"""Rank intervals: between which places a city may lie; never a single rank."""

import altair as alt

from urban_safety_monitor.report.charts.style import (
    AXIS,
    INK_2,
    MIDDLE,
    OWN,
    SMALL,
    STEP,
    Mark,
    Picture,
    caption_text,
    column_of_text,
    data_of,
    row_scale,
    text_at,
    width_of,
)
from urban_safety_monitor.report.records import CityOrder, OrderRow
from urban_safety_monitor.report.wording import translator

WIDTH = 360


def rank_intervals(order: CityOrder) -> Picture:
    """The ranks each city may have by sampling, and under other reasonable weights."""
    words = translator(order.language)
    marks = [_mark(order, row, y) for y, row in enumerate(order.rows)]
    left = width_of(mark["title"] for mark in marks)
    y = row_scale(len(marks))
    weighed = [mark for mark in marks if mark["weights_lower"] is not None]
    sampling, weights = words.gettext("by sampling"), words.gettext("under other weights")
    layers = [
        _bars(marks, ("rank_lower", "rank_upper"), (OWN, -4 if weighed else 0), y),
        *([_bars(weighed, ("weights_lower", "weights_upper"), (MIDDLE, 5), y)] if weighed else []),
        column_of_text(marks, "title", -left, y),
        column_of_text(marks, "value", WIDTH + 14, y),
        column_of_text(marks, "weights", WIDTH + 110, y, color=INK_2),
        text_at(WIDTH + 14, -4, sampling, baseline="bottom", color=OWN),
        *([text_at(WIDTH + 110, -4, weights, baseline="bottom", color=INK_2)] if weighed else []),
    ]
    subtitle = words.gettext(
        "{title}, {period}. Bar: ranks a city may have, 95%. Cities are in alphabetical order."
    ).format(title=order.title, period=order.period_text)
    if order.together:
        subtitle += " " + words.gettext("Bars by sampling hold for all cities at once.")
    return Picture(
        layers=layers,
        width=WIDTH,
        height=len(marks) * STEP,
        left=left,
        below=AXIS,
        headline=order.pairs_line,
        subtitle=subtitle,
        caption=caption_text(order.country_title, order),
        alt_text=f"{order.pairs_line} "
        + "; ".join(f"{mark['title']}: {mark['value']}" for mark in marks)
        + ".",
        marks=tuple(marks),
    )


def _mark(order: CityOrder, row: OrderRow, y: int) -> Mark:
    between = translator(order.language).gettext("{lower} to {upper}")

    def said(lower: float | None, upper: float | None) -> str:
        if lower is None or upper is None:
            return ""
        return between.format(lower=round(lower), upper=round(upper))

    return {
        "area": row.area,
        "title": row.title,
        "rank_lower": row.rank_lower,
        "rank_upper": row.rank_upper,
        "weights_lower": row.weights_lower,
        "weights_upper": row.weights_upper,
        "value": said(row.rank_lower, row.rank_upper),
        "weights": said(row.weights_lower, row.weights_upper),
        "cities": len(order.rows),
        "y": y,
    }


def _bars(marks: list[Mark], ends: tuple[str, str], look: tuple[str, int], y: alt.Y) -> alt.Chart:
    """Bars half a place longer at both ends, so that a single possible place can be seen."""
    colour, shift = look
    data = data_of([m | {"from": m[ends[0]] - 0.4, "to": m[ends[1]] + 0.4} for m in marks])
    last = max((mark["cities"] for mark in marks), default=1)
    scale = alt.Scale(domain=[0.5, last + 0.5], nice=False, zero=False)
    ticks = alt.Axis(title=None, values=list(range(1, last + 1)), format="d", labelFontSize=SMALL)
    return (
        alt.Chart(data)
        .mark_bar(color=colour, height=7, yOffset=shift)
        .encode(x=alt.X("from:Q", scale=scale, axis=ticks), x2="to:Q", y=y)
    )
