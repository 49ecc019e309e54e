"""The district map of a city profile: one indicator, drawn and as a table beside it."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from urban_safety_monitor.report.charts.choropleth import choropleth
from urban_safety_monitor.report.profile_tables import districts_csv
from urban_safety_monitor.report.records import CityProfile
from urban_safety_monitor.ui import state
from urban_safety_monitor.ui.controls import select
from urban_safety_monitor.ui.downloads import downloads
from urban_safety_monitor.ui.outlines import BOX, DistrictShapes
from urban_safety_monitor.ui.parts import filled, in_words, show
from urban_safety_monitor.ui.sources import districts_of, mapped_in
from urban_safety_monitor.ui.visit import Visit

FIRST = "safe_night"
"""Asked in every survey, and known from the SDGs."""


@st.fragment
@in_words
def district_section(visit: Visit, profile: CityProfile) -> None:
    """The map and its table; nothing where the city has no outlines."""
    names = mapped_in(profile)
    if not names:
        return
    of_row = {row.indicator: row.title for row in profile.rows}
    titles = {name: of_row[name] for name in names}
    indicator, refused = state.chosen("map", titles, first_of(names))
    drawn = districts_of(visit.run_id, profile.area, profile.period, indicator, visit.language)
    districts = drawn.districts
    show("city_map_head", visit, districts=districts)
    if refused:
        asked = of_row.get(refused, refused)
        st.info(visit.say("There are no results for {asked}; you see another choice.", asked=asked))
    with st.container(key="map-tools", horizontal=True, vertical_alignment="bottom"):
        select(visit.say("Indicator on the map"), "map", titles)
        downloads(
            visit,
            f"{profile.area}_{profile.period}_{indicator}_map",
            partial(choropleth, districts, drawn.outlines),
            partial(districts_csv, districts),
        )
    left, right = st.columns([5, 7], gap="medium")
    with left:
        _draw(visit, drawn)
    with right:
        show("city_map", visit, districts=districts)


def first_of(names: Sequence[str]) -> str:
    """The indicator the map shows to those who named none."""
    return FIRST if FIRST in names else names[0]


def _draw(visit: Visit, drawn: DistrictShapes) -> None:
    """The outlines with their key.

    Of what shows HTML, only Markdown leaves SVG in; in one line, nothing in it is read as Markdown.
    """
    html = filled("city_outlines", visit, drawn=drawn, box=BOX)
    with st.container(key="map"):
        st.markdown(" ".join(html.split()), unsafe_allow_html=True)
