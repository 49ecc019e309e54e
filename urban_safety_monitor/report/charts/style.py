"""Colours, shapes and type of every picture, and how a picture gets its title and source.

Status is always carried by shape and word as well as colour: blue and orange differ for every
kind of colour vision but have almost the same lightness in print.
"""

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Protocol

import altair as alt
import vl_convert
from altair.utils.schemapi import UndefinedType

from urban_safety_monitor.report.palette import LIGHT
from urban_safety_monitor.report.wording import translator
from urban_safety_monitor.tables.run import Provenance

FONTS = Path(__file__).resolve().parent.parent / "fonts"
FONT = "Noto Sans"
SYMBOL_FONT = "Noto Sans Symbols2"

PAPER = LIGHT["paper"]
INK = LIGHT["ink"]
INK_2 = LIGHT["ink-2"]
RULE = LIGHT["rule"]
RANGE = LIGHT["range"]
MIDDLE = LIGHT["middle"]
OWN = LIGHT["better"]

COLOURS = {name: LIGHT[name] for name in ("better", "worse", "similar", "higher", "lower")} | {
    "no_status": INK_2,
    "not_comparable": INK_2,
}
SHAPES = {
    "better": "triangle-up",
    "worse": "triangle-down",
    "similar": "circle",
    "higher": "diamond",
    "lower": "diamond",
    "no_status": "circle",
    "not_comparable": "circle",
}
HOLLOW = ("lower", "no_status")
"""Statuses drawn without a filling."""

SMALL = 13
STEP = 24
"""Height of one row in pixels."""

NO_AXIS, AXIS = 22, 62
"""Room below the plot, without and with an axis and its title."""

RIGHT = 140
"""Room right of the plot that title and caption may use; most pictures have more."""

PADDING = 12

Mark = dict[str, Any]
"""One mark's data as the specification holds it."""


@dataclass(frozen=True)
class Picture:
    """A chart with what must never be missing from it.

    `layers` are the plot alone, `width` and `height` its size, and `left` and `below` the room
    its labels take on those sides, in pixels; `chart` adds headline, subtitle, source and run id
    for a screen or a file. `alt_text` says in words what the plot shows, and `marks` holds the
    drawn data, one entry per row.
    """

    layers: Sequence[alt.Chart]
    width: int
    height: int
    left: int
    below: int
    headline: str
    subtitle: str
    caption: str
    alt_text: str
    marks: tuple[Mark, ...]

    @property
    def chart(self) -> alt.LayerChart:
        """The plot with headline, subtitle and source, ready to show."""
        room = self.left + self.width + RIGHT
        title = alt.TitleParams(
            text=wrap(self.headline, room // 10), subtitle=wrap(self.subtitle, room // 7)
        )
        caption = [
            text_at(-self.left, self.height + self.below + i * 18, line, color=INK_2)
            for i, line in enumerate(wrap(self.caption, room // 7))
        ]
        return self._drawn([*self.layers, *caption], title)

    @property
    def plain(self) -> alt.LayerChart:
        """The plot alone, for a page that prints title and source itself."""
        return self._drawn(self.layers, alt.Undefined)

    @cached_property
    def specification(self) -> str:
        """The plot alone as Vega-Lite, which takes long enough to be made once only."""
        # Streamlit sets single sides of the padding and fails on a number.
        sides = dict.fromkeys(("left", "right", "top", "bottom"), PADDING)
        return self.plain.properties(padding=sides).to_json(indent=None, validate=False)

    def _drawn(
        self, layers: Sequence[alt.Chart], title: alt.TitleParams | UndefinedType
    ) -> alt.LayerChart:
        return alt.LayerChart(
            layer=list(layers),
            title=title,
            width=self.width,
            height=self.height,
            description=self.alt_text,
            autosize=alt.AutoSizeParams(type="pad", contains="content"),
            padding=PADDING,
            background=PAPER,
            config=LOOK,
        )


LOOK = alt.Config(
    font=FONT,
    view=alt.ViewConfig(stroke=None),
    axis=alt.AxisConfig(
        labelColor=INK_2,
        titleColor=INK_2,
        labelFontSize=SMALL,
        titleFontSize=SMALL,
        titleFontWeight="normal",
        gridColor=RULE,
        domainColor=RULE,
        tickColor=RULE,
        labelLimit=0,
    ),
    title=alt.TitleConfig(
        anchor="start",
        frame="bounds",
        color=INK,
        fontSize=18,
        fontWeight=600,
        subtitleColor=INK_2,
        subtitleFontSize=SMALL,
        offset=28,
    ),
)


class Shown(Protocol):
    """What a picture is drawn from: in one language, of one period and run."""

    @property
    def language(self) -> str:
        """The language of its texts."""

    @property
    def period_text(self) -> str:
        """The period, as readers write it."""

    @property
    def provenance(self) -> Provenance:
        """Where its figures come from."""

    @property
    def demonstration(self) -> str:
        """The demonstration mark, or nothing."""


def caption_text(place: str, shown: Shown) -> str:
    """Source, run and demonstration mark, printed under every picture."""
    words = translator(shown.language).gettext(
        "Source: surveys and records of {place}, {period}. Urban Safety Monitor, run {run}."
    )
    said = words.format(place=place, period=shown.period_text, run=shown.provenance.run_id)
    return f"{shown.demonstration}. {said}" if shown.demonstration else said


def data_of(marks: Sequence[Mark], *fields: str) -> alt.InlineData:
    """Marks as the data of a layer: only these fields, or all where none are named."""
    values = [{f: mark[f] for f in fields} for mark in marks] if fields else list(marks)
    return alt.InlineData(values=values)


def wrap(text: str, characters: int) -> list[str]:
    """A text in lines; a chart's specification knows no wrapping."""
    return textwrap.wrap(text, characters) or [""]


def width_of(texts: Iterable[str]) -> int:
    """Room the longest text takes at the size of labels, on the generous side, in pixels."""
    return round(max(map(len, texts), default=0) * SMALL * 0.54) + 12


def text_at(x: float, y: float, text: str, **style: Any) -> alt.Chart:
    """One line of text at a fixed place, in pixels from the plot's upper left corner."""
    look: dict[str, Any] = {
        "align": "left",
        "baseline": "top",
        "fontSize": SMALL,
        "color": INK,
    } | style
    return (
        alt.Chart(data_of([{"text": text}]))
        .mark_text(**look)
        .encode(x=alt.XValue(x), y=alt.YValue(y), text="text:N")
    )


def column_of_text(marks: list[Mark], field: str, x: float, y: alt.Y, **style: Any) -> alt.Chart:
    """A text beside each row, at a fixed distance from the plot's left edge."""
    shown = [mark for mark in marks if mark.get(field)]
    also = ["status"] if field == "symbol" else []
    look: dict[str, Any] = {
        "align": "left",
        "baseline": "middle",
        "fontSize": SMALL,
        "color": INK,
    } | style
    return (
        alt.Chart(data_of(shown, "y", field, *also))
        .mark_text(**look)
        .encode(x=alt.XValue(x), y=y, text=f"{field}:N")
    )


def status_columns(marks: list[Mark], width: int, y: alt.Y) -> list[alt.Chart]:
    """Right of the plot: symbol, word, value with interval, and flags of each row."""
    colour = alt.Color(
        "status:N",
        scale=alt.Scale(domain=list(COLOURS), range=list(COLOURS.values())),
        legend=None,
    )
    value = width + 36 + width_of(mark["word"] for mark in marks)
    flags = value + width_of(mark["value"] for mark in marks)
    symbol = column_of_text(marks, "symbol", width + 14, y, font=SYMBOL_FONT)
    return [
        symbol.encode(color=colour),
        column_of_text(marks, "word", width + 34, y),
        column_of_text(marks, "value", value, y),
        column_of_text(marks, "flags", flags, y),
    ]


def status_marks(marks: list[Mark], x: alt.X, y: alt.Y, size: int = 110) -> list[alt.Chart]:
    """One layer per status present: its shape, its colour, filled or hollow."""
    drawn = [mark for mark in marks if mark.get("drawn")]
    layers = []
    for status in SHAPES:
        of_status = [mark for mark in drawn if mark["status"] == status]
        if of_status:
            layers.append(
                alt.Chart(data_of(of_status, "x", "y", "title", "value", "status"))
                .mark_point(
                    shape=SHAPES[status],
                    size=size,
                    stroke=COLOURS[status],
                    strokeWidth=2 if status in HOLLOW else 1,
                    fill=PAPER if status in HOLLOW else COLOURS[status],
                    opacity=1,
                )
                .encode(x=x, y=y, tooltip=["title:N", "value:N"])
            )
    return layers


def whiskers(marks: list[Mark], x: alt.X, x2: str, y: alt.Y) -> list[alt.Chart]:
    """Intervals as lines; dashed where the value has low reliability."""
    layers = []
    for dashed in (False, True):
        chosen = [m for m in marks if m.get("drawn") and m["whisker"] and m["hollow"] is dashed]
        if chosen:
            dash: dict[str, Any] = {"strokeDash": [4, 3]} if dashed else {}
            layers.append(
                alt.Chart(data_of(chosen, "from", "to", "y"))
                .mark_rule(color=INK, strokeWidth=1.5, **dash)
                .encode(x=x, x2=x2, y=y)
            )
    return layers


def row_scale(rows: int) -> alt.Y:
    """The vertical place of rows numbered from 0 downwards."""
    scale = alt.Scale(domain=[-0.5, rows - 0.5], reverse=True, nice=False, zero=False)
    return alt.Y("y:Q", scale=scale, axis=None)


@cache
def _register_fonts() -> None:
    vl_convert.register_font_directory(str(FONTS))


def to_svg(chart: alt.LayerChart) -> str:
    """The chart as SVG, drawn here and offline."""
    _register_fonts()
    return str(vl_convert.vegalite_to_svg(chart.to_json()))


def to_png(chart: alt.LayerChart, scale: float = 2.0) -> bytes:
    """The chart as PNG, `scale` times its size in pixels."""
    _register_fonts()
    return bytes(vl_convert.vegalite_to_png(chart.to_json(), scale=scale))
