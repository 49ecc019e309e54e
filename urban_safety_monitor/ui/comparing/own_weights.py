"""Weights of your own: how overall scores and their order would change, and never who is first."""

from functools import partial

import streamlit as st

from urban_safety_monitor.report.shown import own_weights_csv
from urban_safety_monitor.ui import state
from urban_safety_monitor.ui.comparing.choice import Choice
from urban_safety_monitor.ui.downloads import downloads
from urban_safety_monitor.ui.parts import show
from urban_safety_monitor.ui.sources import catalogue, own_weights_of
from urban_safety_monitor.ui.visit import Visit

NAME = "weights"
"""The parameter of the address, "domain:factor" joined by commas; declared weights are left out."""

MOST, STEP = 3.0, 0.5


def own_weights(visit: Visit, choice: Choice) -> None:
    """Let the reader change the importance of domains; made when somebody opens it."""
    domains = {
        c.id: c.title.in_language(visit.language)
        for c in catalogue().framework.components
        if c.level == "domain"
    }
    factors = _factors(domains)
    label = visit.say("Try weights of your own")
    expanded = NAME in st.query_params
    section = st.expander(label, expanded=expanded, key="own-weights", on_change="rerun")
    if not section.open:
        return
    with section:
        show("compare_weights_head", visit)
        with st.container(key="weights", horizontal=True):
            for domain, title in domains.items():
                st.session_state[state.widget(domain)] = factors.get(domain, 1.0)
                st.slider(
                    title,
                    0.0,
                    MOST,
                    step=STEP,
                    format="%.1f ×",
                    key=state.widget(domain),
                    on_change=_take_over,
                    args=(list(domains),),
                )
        found = own_weights_of(
            visit.run_id,
            choice.period,
            country=choice.country,
            areas=choice.areas,
            factors=tuple(factors.items()),
            language=visit.language,
        )
        if found is None:
            st.write(visit.say("No city has an overall score."))
            return
        shares = "; ".join(f"{title} {own}" for _, title, _, own in found.shares)
        show("compare_weights", visit, found=found, own=choice.own, shares=shares)
        name = f"own_weights_{choice.country}_{choice.period}"
        downloads(visit, name, None, partial(own_weights_csv, found))


def _factors(domains: dict[str, str]) -> dict[str, float]:
    """What the address says of each domain, as far as it is a factor the sliders have."""
    pairs = (part.partition(":") for part in st.query_params.get(NAME, "").split(","))
    return {
        domain: round(float(factor) / STEP) * STEP
        for domain, _, factor in pairs
        if domain in domains and _is_number(factor) and 0 <= float(factor) <= MOST
    }


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdecimal()


def _take_over(domains: list[str]) -> None:
    """Carry the sliders into the address, where declared weights leave nothing."""
    factors = {domain: st.session_state[state.widget(domain)] for domain in domains}
    changed = [f"{domain}:{factor:g}" for domain, factor in factors.items() if factor != 1]
    if changed:
        st.query_params[NAME] = ",".join(changed)
    else:
        st.query_params.pop(NAME, None)
