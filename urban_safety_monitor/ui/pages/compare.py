"""Compare: one indicator over the cities of a country, and only where that is fair."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from urban_safety_monitor.report.charts.dots import dot_whisker
from urban_safety_monitor.report.charts.funnel import FEWEST_CITIES, can_funnel, funnel
from urban_safety_monitor.report.charts.style import to_png
from urban_safety_monitor.report.records import CityComparison
from urban_safety_monitor.ui import state
from urban_safety_monitor.ui.controls import benchmark, select
from urban_safety_monitor.ui.parts import copy_link, show
from urban_safety_monitor.ui.sources import comparison_of, indicators_of, order_of
from urban_safety_monitor.ui.visit import Visit

FIRST = "safe_night"
"""The indicator shown to those who named none: asked in every survey, and known from the SDGs."""

SIDES = ("left", "right", "top", "bottom")
PADDING = 12


def render(visit: Visit) -> None:
    """Show the comparison the address names."""
    country, indicator, period, against = _choices(visit)
    comparison = comparison_of(
        visit.run_id,
        indicator,
        period,
        country=country,
        benchmark=against,
        language=visit.language,
    )
    own = st.query_params.get("city", "")
    picture = dot_whisker(comparison, own=own)
    axis = _axis(comparison, picture.marks)
    show("compare_head", visit, comparison=comparison)
    with st.container(key="tools", horizontal=True):
        _downloads(visit, comparison)
        copy_link(visit)
    show("compare_rows", visit, comparison=comparison, marks=picture.marks, axis=axis, own=own)
    _funnel(visit, comparison)
    order = order_of(visit.run_id, indicator, period, country, visit.language)
    show("compare_order", visit, comparison=comparison, order=order)


def _choices(visit: Visit) -> tuple[str, str, str, str]:
    coverage = visit.coverage
    lines = indicators_of(visit.run_id, visit.language)
    titles = {line.indicator: f"{line.title} · {line.domain_title}" for line in lines}
    here = coverage.place(st.query_params.get("city", "") or coverage.first).country
    country, _ = state.chosen("country", coverage.countries, here)
    indicator, unknown = state.chosen("ind", titles, FIRST if FIRST in titles else next(iter(titles)))
    rounds = coverage.periods_of(country)
    period, refused = state.chosen("period", rounds, next(iter(rounds)))
    with st.container(key="controls", horizontal=True, vertical_alignment="bottom"):
        select(visit.say("Country"), "country", coverage.countries)
        select(visit.say("Indicator"), "ind", titles)
        select(visit.say("Round"), "period", rounds)
        against = benchmark(visit)
    for asked in filter(None, (unknown, refused)):
        st.info(visit.say("There are no results for {asked}; you see another choice.", asked=asked))
    return country, indicator, period, against


def _axis(
    comparison: CityComparison, marks: Sequence[Mapping[str, Any]]
) -> tuple[float, float] | None:
    """Both ends of the rows' common scale: all intervals and the benchmark, with a little room."""
    drawn = [mark for mark in marks if mark["drawn"]]
    ends = [mark[key] for mark in drawn for key in ("x", "from", "to") if mark[key] is not None]
    if not ends:
        return None
    if comparison.benchmark_value is not None:
        ends.append(comparison.benchmark_value)
    room = (max(ends) - min(ends)) * 0.05 or 1.0
    return min(ends) - room, max(ends) + room


def _funnel(visit: Visit, comparison: CityComparison) -> None:
    if can_funnel(comparison):
        picture = funnel(comparison)
        show("compare_funnel", visit, picture=picture)
        with st.container(key="chart"):
            # Streamlit sets single sides of the padding and fails on a number.
            chart = picture.plain.properties(padding=dict.fromkeys(SIDES, PADDING))
            st.altair_chart(chart, theme=None, width="content", alt=picture.alt_text)
    elif comparison.benchmark_value is not None:
        fewest = visit.say("A funnel needs {n} cities or more.", n=FEWEST_CITIES)
        show("compare_funnel", visit, picture=None, fewest=fewest)


def _downloads(visit: Visit, comparison: CityComparison) -> None:
    st.download_button(
        visit.say("Download picture (PNG)"),
        lambda: to_png(dot_whisker(comparison).chart),
        file_name=f"{comparison.indicator}_{comparison.country}_{comparison.period}.png",
        mime="image/png",
        on_click="ignore",
    )
