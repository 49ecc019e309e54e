"""All indicators: every city by every indicator as a table of marks; the order behind clicks."""

from dataclasses import replace
from functools import partial
from itertools import chain

import streamlit as st

from urban_safety_monitor.report.charts.dots import CITIES_A_PAGE
from urban_safety_monitor.report.charts.rug import rug
from urban_safety_monitor.report.overview import by_attention
from urban_safety_monitor.report.shown import overview_csv
from urban_safety_monitor.ui import state
from urban_safety_monitor.ui.comparing.choice import ONE, Choice
from urban_safety_monitor.ui.comparing.frame import head, page_of, tools
from urban_safety_monitor.ui.comparing.order import order
from urban_safety_monitor.ui.comparing.own_weights import own_weights
from urban_safety_monitor.ui.controls import segments
from urban_safety_monitor.ui.parts import kept
from urban_safety_monitor.ui.sources import overview_of
from urban_safety_monitor.ui.visit import Visit

MOST_ACROSS = 12
"""More cities than these stand down and not across."""

ATTENTION = "attention"


def all_indicators(visit: Visit, choice: Choice) -> None:
    """Show where each city differs from the benchmark."""
    found = overview_of(
        visit.run_id,
        choice.period,
        country=choice.country,
        areas=choice.areas,
        benchmark=choice.benchmark,
        language=visit.language,
    )
    country = visit.coverage.countries[found.country]
    title = visit.say(
        "All indicators: {country}, {period}", country=country, period=found.period_text
    )
    head(visit, choice, found, title=title, alone=len(found.lines) < 2)
    sorts = {"name": visit.say("By name"), ATTENTION: visit.say("What needs attention first")}
    chosen, _ = state.chosen("sort", sorts, "name")
    if chosen == ATTENTION:
        found = by_attention(found)
    name = f"indicators_{found.country}_{found.period}"
    segments(visit.say("Order of the table"), "sort", sorts)
    page = page_of(visit, [line.title for line in found.lines], CITIES_A_PAGE)
    shown = replace(found, lines=found.lines[page * CITIES_A_PAGE : (page + 1) * CITIES_A_PAGE])
    tools(visit, choice, name, partial(rug, shown), partial(overview_csv, found))
    columns = iter(range(len(found.lines[0].cells)))
    domains = [
        (domain, [(next(columns), *indicator) for indicator in domain.indicators])
        for domain in found.domains
    ]
    link = choice.link(visit.language, view=ONE, ind="", city="")
    table = kept(
        "compare_rug",
        visit,
        (*chain.from_iterable(link.items()), chosen, str(page)),
        lambda: {
            "found": shown,
            "country": country,
            "domains": domains,
            "down": len(shown.lines) > MOST_ACROSS,
            "counted": chosen == ATTENTION,
            "link": link,
            "own": choice.own,
        },
    )
    st.html(table)
    order(visit, choice)
    own_weights(visit, choice)
