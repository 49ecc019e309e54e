"""Two rounds side by side: a grey line where the survey cannot confirm a change."""

from collections.abc import Sequence

import altair as alt

from urban_safety_monitor.report.charts.style import (
    AXIS,
    COLOURS,
    INK_2,
    PAPER,
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
    width_of,
)
from urban_safety_monitor.report.records import CLEAR, ChangeRow, CityProfile
from urban_safety_monitor.report.wording import SYMBOLS, translator

WIDTH = 380
MOST_ROWS = 20


def change_plot(profile: CityProfile, changes: Sequence[ChangeRow]) -> Picture:
    """Indicators in percent in two rounds, at most 20, confirmed changes first.

    The ring is the earlier round, the filled mark the later one. Rows across a break are text.
    """
    in_percent = [change for change in changes if change.after.value_text.endswith("%")]
    in_percent.sort(key=lambda c: (c.verdict.status not in CLEAR, -abs(c.verdict.z or 0.0)))
    words = translator(profile.language)
    between = words.gettext("{lower} to {upper}")
    marks = [_mark(change, between, y) for y, change in enumerate(in_percent[:MOST_ROWS])]
    left = width_of(mark["title"] for mark in marks)
    y = row_scale(len(marks))
    layers = [
        *_lines(marks, y, words.gettext("percent")),
        *status_marks(marks, alt.X("x:Q"), y),
        column_of_text(marks, "title", -left, y),
        *status_columns(marks, WIDTH, y),
    ]
    subtitle = words.gettext(
        "{city}, percent. Ring: {before}. Filled mark: {after}. Grey: no change that the survey "
        "can confirm (95%). Other units are in the table."
    )
    return Picture(
        layers=layers,
        width=WIDTH,
        height=len(marks) * STEP,
        left=left,
        below=AXIS,
        headline=profile.changes_line,
        subtitle=subtitle.format(
            city=profile.title, before=profile.previous_text, after=profile.period_text
        ),
        caption=caption_text(profile.title, profile),
        alt_text=_alt(profile, marks),
        marks=tuple(marks),
    )


def _mark(change: ChangeRow, between: str, y: int) -> Mark:
    return {
        "indicator": change.indicator,
        "title": change.title,
        "status": change.verdict.status,
        "symbol": change.verdict.symbol if change.verdict.status in SYMBOLS else "",
        "word": change.verdict.word,
        "value": between.format(lower=change.before.value_text, upper=change.after.value_text),
        "flags": change.after.flag_text,
        "x": change.after.value,
        "before": change.before.value,
        "drawn": change.verdict.z is not None or change.verdict.status in SYMBOLS,
        "y": y,
    }


def _lines(marks: list[Mark], y: alt.Y, unit: str) -> list[alt.Chart]:
    drawn = [mark for mark in marks if mark["drawn"]]
    ends = [mark[name] for mark in drawn for name in ("x", "before")] or [0.0, 100.0]
    scale = alt.Scale(domain=[max(0.0, min(ends) - 3), min(100.0, max(ends) + 3)], nice=False)
    axis = alt.Axis(title=unit, tickCount=6, labelFontSize=SMALL)
    start = alt.X("before:Q", scale=scale, axis=axis)
    layers = []
    for status in sorted({mark["status"] for mark in drawn}):
        data = data_of([mark for mark in drawn if mark["status"] == status])
        line = alt.Chart(data).mark_rule(color=COLOURS[status], strokeWidth=2)
        ring = alt.Chart(data).mark_point(
            shape="circle", size=70, stroke=COLOURS[status], fill=PAPER, opacity=1
        )
        layers += [line.encode(x=start, x2="x:Q", y=y), ring.encode(x=start, y=y)]
    empty = alt.Chart(data_of([{"before": scale.domain[0]}])).mark_point(opacity=0, color=INK_2)
    return [empty.encode(x=start), *layers]


def _alt(profile: CityProfile, marks: Sequence[Mark]) -> str:
    listed = "; ".join(f"{mark['title']}: {mark['value']}, {mark['word']}" for mark in marks)
    return f"{profile.title}. {profile.changes_line} {listed}."
