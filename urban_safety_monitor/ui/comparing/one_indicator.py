"""One indicator over the cities of a country: lines, funnel, table; the order behind a click."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from urban_safety_monitor.report.charts.dots import CITIES_A_PAGE, dot_whisker
from urban_safety_monitor.report.charts.funnel import FEWEST_CITIES, can_funnel, funnel
from urban_safety_monitor.report.numbers import Scale, decimals_of, value_text
from urban_safety_monitor.report.records import CityComparison
from urban_safety_monitor.report.shown import comparison_csv
from urban_safety_monitor.ui.comparing.choice import Choice
from urban_safety_monitor.ui.comparing.frame import head, page_of, tools
from urban_safety_monitor.ui.parts import show
from urban_safety_monitor.ui.sources import comparison_of
from urban_safety_monitor.ui.visit import Visit

SIDES = ("left", "right", "top", "bottom")
PADDING = 12
ROOM = 0.05
FEWEST_IN_A_RANGE = 5


@dataclass(frozen=True)
class Axis:
    """Both ends of the scale that the cities' lines share, and how they are written."""

    low: float
    high: float
    low_text: str
    high_text: str


def one_indicator(visit: Visit, choice: Choice) -> None:
    """Show the cities' values of the indicator in the address."""
    comparison = comparison_of(
        visit.run_id,
        choice.indicator,
        choice.period,
        country=choice.country,
        areas=choice.areas,
        benchmark=choice.benchmark,
        language=visit.language,
    )
    there = sum(row.comparable for row in comparison.rows)
    head(visit, choice, comparison, title=comparison.title, alone=there < 2)
    page = page_of(visit, [row.title for row in comparison.rows], CITIES_A_PAGE)
    picture = partial(dot_whisker, comparison, own=choice.own, page=page)
    name = f"{comparison.indicator}_{comparison.country}_{comparison.period}"
    tools(visit, choice, name, picture, partial(comparison_csv, comparison))
    marks = picture().marks
    first = page * CITIES_A_PAGE
    show(
        "compare_rows",
        visit,
        comparison=comparison,
        rows=comparison.rows[first : first + CITIES_A_PAGE],
        marks=marks,
        axis=_axis(comparison, marks),
        own=choice.own,
        few=there if 2 <= there < FEWEST_IN_A_RANGE else 0,
    )
    _funnel(visit, comparison)
    ranked = [row for row in comparison.rows if row.rank_lower is not None]
    show("compare_order", visit, comparison=comparison, ranked=ranked)


def _axis(comparison: CityComparison, marks: Sequence[Mapping[str, Any]]) -> Axis | None:
    """A scale with room for all intervals and the benchmark; none where nothing is drawn."""
    drawn = [mark for mark in marks if mark["drawn"]]
    ends = [mark[key] for mark in drawn for key in ("x", "from", "to") if mark[key] is not None]
    if not ends:
        return None
    if comparison.benchmark_value is not None:
        ends.append(comparison.benchmark_value)
    room = (max(ends) - min(ends)) * ROOM or 1.0
    low, high = min(ends) - room, max(ends) + room
    low = max(0.0, low) if min(ends) >= 0 else low
    scale = Scale.PERCENT if comparison.percent else Scale.NUMBER
    decimals = 0 if comparison.percent else decimals_of(high, scale)
    texts = [value_text(end, scale, comparison.language, decimals) for end in (low, high)]
    return Axis(low, high, *texts)


def _funnel(visit: Visit, comparison: CityComparison) -> None:
    tested = sum(row.verdict.z is not None for row in comparison.rows)
    if can_funnel(comparison):
        picture = funnel(comparison)
        show("compare_funnel", visit, picture=picture)
        with st.container(key="chart"):
            # Streamlit sets single sides of the padding and fails on a number.
            chart = picture.plain.properties(padding=dict.fromkeys(SIDES, PADDING))
            st.altair_chart(chart, theme=None, width="content")
    elif tested < FEWEST_CITIES:
        said = visit.say(
            "A funnel needs {fewest} cities or more; {n} can be tested here.",
            fewest=FEWEST_CITIES,
            n=tested,
        )
        show("compare_funnel", visit, picture=None, fewest=said)
