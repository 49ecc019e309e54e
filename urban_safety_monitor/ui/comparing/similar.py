"""Suggest similar cities: each with the reason why, to be taken or left."""

import streamlit as st

from urban_safety_monitor.ui import state
from urban_safety_monitor.ui.comparing.choice import Choice
from urban_safety_monitor.ui.sources import profile_of
from urban_safety_monitor.ui.visit import Visit


def suggest(visit: Visit, choice: Choice) -> None:
    """A button that opens the suggestions."""
    if st.button(visit.say("Suggest similar cities")):
        st.dialog(visit.say("Similar cities"), width="medium")(_suggestions)(visit, choice)


def _suggestions(visit: Visit, choice: Choice) -> None:
    places = visit.coverage.of_country(choice.country)
    titles = {place.area: place.title for place in places if choice.period in place.periods}
    areas = list(titles)
    city = st.selectbox(
        visit.say("Similar to"),
        areas,
        format_func=titles.__getitem__,
        index=areas.index(choice.own) if choice.own in areas else 0,
    )
    profile = profile_of(visit.run_id, city, choice.period, "country_median", visit.language)
    if not profile.peers:
        st.write(visit.say("Nothing is known of this city by which others could be alike."))
    taken = [
        peer.area
        for peer in profile.peers
        if st.checkbox(f"**{peer.title}** · {peer.reasons}", value=True, key=f"{city}-{peer.area}")
    ]
    suggested = {city, *(peer.area for peer in profile.peers)}
    added = st.multiselect(
        visit.say("Add other cities"),
        [area for area in areas if area not in suggested],
        format_func=titles.__getitem__,
        placeholder=visit.say("None"),
    )
    if st.button(visit.say("Compare these cities"), type="primary"):
        state.keep("city", city)
        st.query_params["cities"] = ",".join([city, *taken, *added])
        st.rerun()
