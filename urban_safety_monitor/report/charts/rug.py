"""Tartan rug: all cities by all indicators as light tints with a symbol, domain by domain."""

import textwrap
from typing import Any

import altair as alt

from urban_safety_monitor.report.charts.style import (
    INK,
    INK_2,
    PAPER,
    RULE,
    SMALL,
    SYMBOL_FONT,
    Mark,
    Picture,
    caption_text,
    data_of,
    text_at,
    width_of,
)
from urban_safety_monitor.report.overview import Overview
from urban_safety_monitor.report.palette import LIGHT
from urban_safety_monitor.report.wording import SYMBOLS, translator

TINTED = ("better", "similar", "worse", "higher", "lower")
TINTS = {status: LIGHT[f"tint-{status}"] for status in TINTED} | {
    "not_comparable": PAPER,
    "no_status": PAPER,
}
"""Light enough that the symbol on each keeps its contrast; the symbol is never dropped."""

CELL = 26
GAP = 10
"""Room between domains, in pixels."""

LONGEST = 28
"""Letters of a city's name above its column."""

KEY = 28
"""Room for the key below the rug, in pixels."""


def rug(overview: Overview) -> Picture:
    """Indicators down, grouped by domain; cities across, in alphabetical order."""
    words = translator(overview.language)
    marks = rug_marks(overview)
    titles = {mark["y"]: mark["title"] for mark in marks}
    left = max(width_of(titles.values()), width_of(d.title for d in overview.domains))
    height = max((mark["y"] for mark in marks), default=0) + CELL
    width = len(overview.lines) * CELL
    layers = [
        _tints(marks),
        *_symbols(marks),
        *(text_at(-left, y + 5, title) for y, title in titles.items()),
        *(text_at(-left, y, title, fontWeight=600) for y, title in _headings(overview).items()),
        *(
            text_at(i * CELL + 8, -8, _short(line.title), angle=300, baseline="middle", color=INK)
            for i, line in enumerate(overview.lines)
        ),
        *_key(marks, -left, height + GAP),
    ]
    subtitle = words.gettext(
        "{country}, {period}. Compared with {benchmark}; a value differs where its 95% interval "
        "says so. White: not comparable, withheld, or not collected."
    ).format(
        country=overview.country_title,
        period=overview.period_text,
        benchmark=overview.benchmark_name,
    )
    return Picture(
        layers=layers,
        width=width,
        height=height,
        left=left,
        below=GAP + KEY,
        headline=overview.headline,
        subtitle=subtitle,
        caption=caption_text(overview.country_title, overview),
        alt_text=_alt(overview),
        marks=tuple(marks),
    )


def _short(title: str) -> str:
    """A city's name without what would make the picture high; the words beside it have it whole."""
    return textwrap.shorten(title, LONGEST, placeholder=" …")


def _headings(overview: Overview) -> dict[int, str]:
    """Where each domain's title stands."""
    places, y = {}, 0
    for domain in overview.domains:
        places[y] = domain.title
        y += CELL + len(domain.indicators) * CELL + GAP
    return places


def rug_marks(overview: Overview) -> list[Mark]:
    """The cells of `rug` as data: where each stands, and its status in words."""
    marks: list[Mark] = []
    column, heading = 0, iter(_headings(overview))
    for domain in overview.domains:
        top = next(heading) + CELL
        for row, (indicator, title) in enumerate(domain.indicators):
            for across, line in enumerate(overview.lines):
                cell = line.cells[column]
                marks.append(
                    {
                        "indicator": indicator,
                        "title": title,
                        "area": line.area,
                        "city": line.title,
                        "status": cell.verdict.status,
                        "symbol": cell.verdict.symbol if cell.verdict.status in SYMBOLS else "",
                        "flags": "" if cell.verdict.status in SYMBOLS else cell.figure.flag_text,
                        "value": cell.figure.text,
                        "word": cell.verdict.word,
                        "x": across * CELL,
                        "y": top + row * CELL,
                    }
                )
            column += 1
    return marks


def _tints(marks: list[Mark]) -> alt.Chart:
    tint = alt.Color(
        "status:N",
        scale=alt.Scale(domain=list(TINTS), range=list(TINTS.values())),
        legend=None,
    )
    ends = [mark | {"x2": mark["x"] + CELL - 2, "y2": mark["y"] + CELL - 2} for mark in marks]
    return (
        alt.Chart(data_of(ends))
        .mark_rect(stroke=RULE, strokeWidth=0.5)
        .encode(
            x=alt.X("x:Q", scale=None, axis=None),
            x2="x2:Q",
            y=alt.Y("y:Q", scale=None, axis=None),
            y2="y2:Q",
            color=tint,
            tooltip=["city:N", "title:N", "value:N", "word:N"],
        )
    )


def _symbols(marks: list[Mark]) -> list[alt.Chart]:
    looks: dict[str, dict[str, Any]] = {
        "symbol": {"font": SYMBOL_FONT, "fontSize": SMALL, "color": INK},
        "flags": {"fontSize": 10, "color": INK_2},
    }
    return [
        alt.Chart(data_of([mark for mark in marks if mark[field]], "x", "y", field))
        .mark_text(dx=CELL / 2 - 1, dy=CELL / 2 - 1, **look)
        .encode(
            x=alt.X("x:Q", scale=None, axis=None),
            y=alt.Y("y:Q", scale=None, axis=None),
            text=f"{field}:N",
        )
        for field, look in looks.items()
    ]


def _key(marks: list[Mark], x: float, y: float) -> list[alt.Chart]:
    """Each symbol that occurs, with its word."""
    layers = []
    for symbol, word in sorted({(m["symbol"], m["word"]) for m in marks if m["symbol"]}):
        layers += [text_at(x, y, symbol, font=SYMBOL_FONT), text_at(x + 18, y, word)]
        x += 18 + width_of([word])
    return layers


def _alt(overview: Overview) -> str:
    template = translator(overview.language).gettext(
        "{city}: {better} better, {worse} worse of {n}"
    )
    listed = "; ".join(
        template.format(city=line.title, better=line.better, worse=line.worse, n=line.compared)
        for line in overview.lines
    )
    return f"{overview.headline} {listed}."
