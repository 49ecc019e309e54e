"""Start: find a city, see how to read a profile, and where to go from here."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from urban_safety_monitor.report.charts.spine import EDGE, spine_marks
from urban_safety_monitor.report.coverage import Place
from urban_safety_monitor.report.records import CityProfile, Row
from urban_safety_monitor.ui import state, tour
from urban_safety_monitor.ui.parts import kept, show
from urban_safety_monitor.ui.sources import profile_of
from urban_safety_monitor.ui.visit import Visit


def render(visit: Visit) -> None:
    """Show the way to a city, a live example and what the run covers."""
    coverage = visit.coverage
    example = coverage.place(coverage.first)
    show("start_head", visit)
    tour.offer(visit)
    _find(visit)
    _doors(visit, example)
    profile = profile_of(
        visit.run_id, example.area, next(iter(example.periods)), "country_median", visit.language
    )
    show("start_example", visit, profile=profile, lines=_one_a_domain(profile), edge=EDGE)
    st.html(kept("start_coverage", visit, (), lambda: {"coverage": coverage}))


def _find(visit: Visit) -> None:
    titles = {place.area: _named(place) for place in visit.coverage.places}
    found = st.selectbox(
        visit.say("Find a city"),
        list(titles),
        index=None,
        format_func=lambda option: titles[option],
        placeholder=visit.say("Type the name of a city or country"),
    )
    if found:
        st.switch_page(
            state.page_named("city"), query_params={"city": found, "lang": visit.language}
        )


def _named(place: Place) -> str:
    return f"{place.title} ({place.country_title})"


def _doors(visit: Visit, example: Place) -> None:
    """Where most visitors want to go, one click away."""
    of_country = {"country": example.country, "lang": visit.language}
    doors = [
        (
            "city",
            visit.say("Read a city profile: {city}", city=example.title),
            visit.say("What people suffer, feel and do, and how sure we can be."),
            {"city": example.area, "lang": visit.language},
        ),
        (
            "compare",
            visit.say("Compare cities: {country}", country=example.country_title),
            visit.say("Side by side, one indicator at a time, only where that is fair."),
            of_country,
        ),
        (
            "upload",
            visit.say("Upload data"),
            visit.say("See every problem of a survey file, and how to repair it."),
            {"lang": visit.language},
        ),
    ]
    with st.container(key="doors"):
        for column, (page, label, text, parameters) in zip(st.columns(3), doors, strict=True):
            with column.container(border=True, height="stretch"):
                st.page_link(state.page_named(page), label=label, query_params=parameters)
                st.caption(text)


def _one_a_domain(profile: CityProfile) -> list[tuple[Row, Mapping[str, Any]]]:
    """The first indicator of each domain that has its mark in the picture."""
    marks = {m["indicator"]: m for m in spine_marks(profile, profile.rows) if m["drawn"]}
    first = {row.domain: row for row in reversed(profile.rows) if row.indicator in marks}
    return [(row, marks[row.indicator]) for row in profile.rows if first.get(row.domain) is row]
