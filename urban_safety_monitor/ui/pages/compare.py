"""Compare: one indicator over the cities of a country, and only where that is fair."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from urban_safety_monitor.report.charts.dots import dot_whisker
from urban_safety_monitor.report.charts.funnel import FEWEST_CITIES, can_funnel, funnel
from urban_safety_monitor.report.charts.style import to_png
from urban_safety_monitor.report.coverage import Coverage
from urban_safety_monitor.report.numbers import Scale, decimals_of, value_text
from urban_safety_monitor.report.records import CityComparison
from urban_safety_monitor.ui import state
from urban_safety_monitor.ui.controls import benchmark, select, several
from urban_safety_monitor.ui.parts import copy_link, show
from urban_safety_monitor.ui.sources import comparison_of, indicators_of
from urban_safety_monitor.ui.visit import Visit

FIRST = "safe_night"
"""The indicator shown to those who named none: asked in every survey, and known from the SDGs."""

SIDES = ("left", "right", "top", "bottom")
PADDING = 12
ROOM = 0.05


@dataclass(frozen=True)
class Axis:
    """Both ends of the scale that the cities' lines share, and how they are written."""

    low: float
    high: float
    low_text: str
    high_text: str


def render(visit: Visit) -> None:
    """Show the comparison the address names."""
    comparison = _chosen(visit)
    own = state.latest("city")
    marks = dot_whisker(comparison, own=own).marks
    show("compare_head", visit, comparison=comparison)
    with st.container(key="tools", horizontal=True):
        _download(visit, comparison)
        copy_link(visit)
    axis = _axis(comparison, marks)
    show("compare_rows", visit, comparison=comparison, marks=marks, axis=axis, own=own)
    _funnel(visit, comparison)
    ranked = [row for row in comparison.rows if row.rank_lower is not None]
    show("compare_order", visit, comparison=comparison, ranked=ranked)


def _chosen(visit: Visit) -> CityComparison:
    coverage = visit.coverage
    lines = indicators_of(visit.run_id, visit.language)
    titles = {line.indicator: f"{line.title} · {line.domain_title}" for line in lines}
    country, nowhere = _country(coverage)
    first = FIRST if FIRST in titles else lines[0].indicator
    indicator, unknown = state.chosen("ind", titles, first)
    rounds = coverage.periods_of(country)
    period, refused = state.chosen("period", rounds, next(iter(rounds)))
    with st.container(key="controls", horizontal=True, vertical_alignment="bottom"):
        select(visit.say("Country"), "country", coverage.countries)
        select(visit.say("Indicator"), "ind", titles)
        select(visit.say("Round"), "period", rounds)
        against = benchmark(visit)
        cities = {place.area: place.title for place in coverage.of_country(country)}
        areas = several(visit, visit.say("Only these cities"), "cities", cities)
    for asked in filter(None, (nowhere, unknown, refused)):
        st.info(visit.say("There are no results for {asked}; you see another choice.", asked=asked))
    return comparison_of(
        visit.run_id,
        indicator,
        period,
        country=country,
        areas=areas or None,
        benchmark=against,
        language=visit.language,
    )


def _country(coverage: Coverage) -> tuple[str, str]:
    """The country in the address, else that of the city seen last; and what was asked in vain."""
    seen = state.latest("city")
    if seen:
        state.keep("city", coverage.place(seen).area)
    if "country" not in st.query_params:
        state.keep("country", coverage.place(seen or coverage.first).country)
    return state.chosen("country", coverage.countries, next(iter(coverage.countries)))


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
    if can_funnel(comparison):
        picture = funnel(comparison)
        show("compare_funnel", visit, picture=picture)
        with st.container(key="chart"):
            # Streamlit sets single sides of the padding and fails on a number.
            chart = picture.plain.properties(padding=dict.fromkeys(SIDES, PADDING))
            st.altair_chart(chart, theme=None, width="content")
    elif comparison.benchmark_value is not None:
        fewest = visit.say("A funnel needs {n} cities or more.", n=FEWEST_CITIES)
        show("compare_funnel", visit, picture=None, fewest=fewest)


def _download(visit: Visit, comparison: CityComparison) -> None:
    st.download_button(
        visit.say("Download picture (PNG)"),
        lambda: to_png(dot_whisker(comparison).chart),
        file_name=f"{comparison.indicator}_{comparison.country}_{comparison.period}.png",
        mime="image/png",
        on_click="ignore",
    )
