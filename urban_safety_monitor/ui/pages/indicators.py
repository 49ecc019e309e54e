"""Indicators: the list with search, and the sheet of one indicator."""

import unicodedata
from functools import partial

import streamlit as st

from urban_safety_monitor.report.charts.dots import dot_whisker
from urban_safety_monitor.report.indicators import IndicatorLine, IndicatorPage
from urban_safety_monitor.report.shown import comparison_csv
from urban_safety_monitor.ui import state
from urban_safety_monitor.ui.controls import select
from urban_safety_monitor.ui.downloads import files_of_view
from urban_safety_monitor.ui.lines import city_lines
from urban_safety_monitor.ui.parts import copy_link, kept, nothing_here, show
from urban_safety_monitor.ui.sources import catalogue, indicator_of, indicators_of
from urban_safety_monitor.ui.visit import Visit


def render(visit: Visit) -> None:
    """Show the indicator the address names, else the list."""
    asked = st.query_params.get("ind", "")
    if asked in catalogue().indicators:
        _sheet(visit, asked)
    elif asked:
        text = visit.say("There is no indicator called “{asked}”.", asked=asked)
        nothing_here(visit, visit.say("Indicators"), text)
    else:
        _list(visit)


def _sheet(visit: Visit, indicator: str) -> None:
    st.page_link(
        state.page_named("indicators"),
        label="← " + visit.say("All indicators"),
        query_params={"lang": visit.language},
    )
    page = indicator_of(visit.run_id, indicator, visit.language)
    fewest = catalogue().framework.thresholds.persons_sensitive
    sheet = kept(
        "indicator",
        visit,
        (indicator,),
        lambda: {
            "page": page,
            "fewest": fewest,
            "countries": list(map(city_lines, page.comparisons)),
        },
    )
    st.html(sheet)
    with st.container(key="tools", horizontal=True):
        if page.comparisons:
            _downloads(visit, page)
        copy_link(visit)


def _downloads(visit: Visit, page: IndicatorPage) -> None:
    """Each country's cities as a picture and as data; once they are opened."""
    offered = st.popover(visit.say("Download"), on_change="rerun", key="downloads")
    if not offered.open:
        return
    with offered:
        for comparison in page.comparisons:
            st.markdown(f"**{comparison.country_title}, {comparison.period_text}**")
            files_of_view(
                visit,
                f"{comparison.indicator}_{comparison.country}_{comparison.period}",
                partial(dot_whisker, comparison),
                partial(comparison_csv, comparison),
            )


def _list(visit: Visit) -> None:
    lines = indicators_of(visit.run_id, visit.language)
    everything = visit.say("All domains")
    domains = {"": everything} | {line.domain: line.domain_title for line in lines}
    domain, _ = state.chosen("domain", domains, "")
    show("indicators_head", visit, number=len(lines))
    with st.container(key="controls", horizontal=True, vertical_alignment="bottom"):
        words = st.text_input(
            visit.say("Search"), type="search", key="search", placeholder=visit.say("Name or words")
        )
        select(visit.say("Domain"), "domain", domains)
    found = [line for line in lines if domain in ("", line.domain) and _holds(line, words or "")]
    show("indicators", visit, lines=found)


def _holds(line: IndicatorLine, words: str) -> bool:
    """Whether every word stands in the indicator's title, definition or id."""
    text = _plain(f"{line.title} {line.definition} {line.indicator}")
    return all(word in text for word in _plain(words).split())


def _plain(text: str) -> str:
    """Lower case without accents, as people type."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
