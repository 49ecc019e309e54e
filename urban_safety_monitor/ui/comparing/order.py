"""Show order: between which places cities may lie, and how often two of them change places."""

from functools import partial

import streamlit as st

from urban_safety_monitor.report.charts.ranks import rank_intervals
from urban_safety_monitor.report.shown import order_csv
from urban_safety_monitor.ui import state
from urban_safety_monitor.ui.comparing.choice import Choice
from urban_safety_monitor.ui.controls import select
from urban_safety_monitor.ui.downloads import downloads
from urban_safety_monitor.ui.parts import show
from urban_safety_monitor.ui.sources import catalogue, order_of, pair_changes_of
from urban_safety_monitor.ui.visit import Visit


def order(visit: Visit, choice: Choice) -> None:
    """Rank intervals of the whole or of a domain; made when somebody opens it."""
    levels = ("overall", "domain")
    parts = [c for c in catalogue().framework.components if c.level in levels]
    titles = {c.id: c.title.in_language(visit.language) for c in parts}
    asked = st.query_params.get("order", "")
    component = asked if asked in titles else next(iter(titles))
    st.session_state[state.widget("order")] = component
    section = st.expander(
        visit.say("Show order"), expanded=bool(asked), key="show-order", on_change="rerun"
    )
    if not section.open:
        return
    with section:
        select(visit.say("Score"), "order", titles)
        found = order_of(
            visit.run_id,
            component,
            choice.period,
            country=choice.country,
            areas=choice.areas,
            language=visit.language,
        )
        if not found.rows:
            st.write(visit.say("No city has this score."))
            return
        last = max(end for row in found.rows for end in (row.rank_upper, row.weights_upper) if end)
        show("compare_ranks", visit, found=found, last=last, own=choice.own)
        if any(row.weights_lower is not None for row in found.rows):
            _pairs(visit, choice)
        name = f"order_{component}_{choice.country}_{choice.period}"
        downloads(visit, name, partial(rank_intervals, found), partial(order_csv, found))


def _pairs(visit: Visit, choice: Choice) -> None:
    pairs = pair_changes_of(
        visit.run_id,
        choice.period,
        country=choice.country,
        areas=choice.areas,
        language=visit.language,
    )
    if pairs is not None:
        show("compare_pairs", visit, pairs=pairs)
