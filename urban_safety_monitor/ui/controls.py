"""Controls whose value is in the address: city, round, benchmark, country, indicator."""

from collections.abc import Mapping

import streamlit as st

from urban_safety_monitor.report.numbers import listed
from urban_safety_monitor.ui import state
from urban_safety_monitor.ui.visit import Visit


def select(label: str, name: str, titles: Mapping[str, str]) -> None:
    """A list to choose from; what is chosen is already in `state`."""
    st.selectbox(
        label,
        list(titles),
        format_func=lambda option: titles[option],
        key=state.widget(name),
        on_change=state.take_over,
        args=(name,),
    )


def segments(label: str, name: str, titles: Mapping[str, str], *, hidden: bool = False) -> None:
    """A few options side by side; what is chosen is already in `state`."""
    st.segmented_control(
        label,
        list(titles),
        format_func=lambda option: titles[option],
        key=state.widget(name),
        on_change=state.take_over,
        args=(name,),
        required=True,
        label_visibility="collapsed" if hidden else "visible",
        wrap=True,
    )


def benchmark(visit: Visit) -> str:
    """Let the reader say what to compare with."""
    names = {
        "country_median": visit.say("Country median"),
        "peers": visit.say("Similar cities"),
        "previous": visit.say("Last round"),
    }
    chosen, _ = state.chosen("bench", names, "country_median")
    segments(visit.say("Compare with"), "bench", names)
    return chosen


def several(visit: Visit, label: str, name: str, titles: Mapping[str, str]) -> tuple[str, ...]:
    """Some of many, joined by commas in the address; nothing chosen means all."""
    asked = st.query_params.get(name, "").split(",")
    chosen = [option for option in asked if option in titles]
    st.session_state[state.widget(name)] = chosen
    st.multiselect(
        label,
        list(titles),
        format_func=lambda option: titles[option],
        key=state.widget(name),
        placeholder=visit.say("All cities of the country"),
        on_change=state.take_over_several,
        args=(name,),
    )
    return tuple(chosen)


def say_left_out(visit: Visit, name: str, titles: Mapping[str, str]) -> None:
    """Say which cities the address asks for that are not among those to choose from."""
    asked = st.query_params.get(name, "").split(",")
    known = {place.area: place.title for place in visit.coverage.places}
    left_out = [known[area] for area in asked if area in known and area not in titles]
    if left_out:
        said = visit.say(
            "Left out: {cities}. Only cities of one country and round stand side by side; surveys "
            "of other countries differ in ages, mode and wording.",
            cities=listed(left_out, visit.language),
        )
        st.info(said)
