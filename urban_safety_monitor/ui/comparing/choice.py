"""What is compared: the choices in the address, and the controls that change them."""

from dataclasses import dataclass

import streamlit as st

from urban_safety_monitor.ui import state
from urban_safety_monitor.ui.controls import benchmark, say_left_out, select, several
from urban_safety_monitor.ui.sources import indicators_of
from urban_safety_monitor.ui.visit import Visit

FIRST = "safe_night"
"""The indicator shown to those who named none: asked in every survey, and known from the SDGs."""

ONE, ALL, TIME = "one", "all", "time"


@dataclass(frozen=True)
class Choice:
    """What the address asks for; `areas` is none where all cities of the country are meant.

    `own` is the city seen last, if it is one of the country's.
    """

    view: str
    country: str
    indicator: str
    period: str
    benchmark: str
    areas: tuple[str, ...] | None
    own: str

    def link(self, language: str, **changed: str) -> dict[str, str]:
        """The parameters of this comparison, some of them changed."""
        parameters = {
            "view": self.view,
            "country": self.country,
            "ind": self.indicator,
            "period": self.period,
            "bench": self.benchmark,
            "cities": ",".join(self.areas or ()),
            "city": self.own,
            "lang": language,
        }
        return {name: value for name, value in (parameters | changed).items() if value}


def choose(visit: Visit) -> Choice:
    """Show the controls that matter in the view, and say what was asked for in vain."""
    coverage = visit.coverage
    view, _ = state.chosen("view", (ONE, ALL, TIME), ONE)
    lines = indicators_of(visit.run_id, visit.language)
    titles = {line.indicator: f"{line.title} · {line.domain_title}" for line in lines}
    country, nowhere = _country(visit)
    first = FIRST if FIRST in titles else lines[0].indicator
    indicator, unknown = state.chosen("ind", titles, first)
    rounds = coverage.periods_of(country)
    period, refused = state.chosen("period", rounds, next(iter(rounds)))
    cities = {place.area: place.title for place in coverage.of_country(country)}
    against = "country_median"
    with st.container(key="controls", horizontal=True, vertical_alignment="bottom"):
        select(visit.say("Country"), "country", coverage.countries)
        if view != ALL:
            select(visit.say("Indicator"), "ind", titles)
        if view != TIME:
            select(visit.say("Round"), "period", rounds)
            against = benchmark(visit)
        areas = several(visit, visit.say("Only these cities"), "cities", cities)
    for asked in filter(None, (nowhere, unknown, refused)):
        st.info(visit.say("There are no results for {asked}; you see another choice.", asked=asked))
    say_left_out(visit, "cities", cities)
    own = state.latest("city")
    return Choice(
        view=view,
        country=country,
        indicator=indicator,
        period=period,
        benchmark=against,
        areas=areas or None,
        own=own if own in cities else "",
    )


def _country(visit: Visit) -> tuple[str, str]:
    """The country in the address, else that of the city seen last; and what was asked in vain."""
    coverage = visit.coverage
    seen = state.latest("city")
    if seen:
        state.keep("city", coverage.place(seen).area)
    if "country" not in st.query_params:
        state.keep("country", coverage.place(seen or coverage.first).country)
    return state.chosen("country", coverage.countries, next(iter(coverage.countries)))
