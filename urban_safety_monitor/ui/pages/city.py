"""City profile: one sentence, then every indicator with its interval, then what lies behind."""

import json
from collections.abc import Mapping
from functools import partial
from itertools import groupby
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from urban_safety_monitor.report.charts.change import change_plot
from urban_safety_monitor.report.charts.dots import domain_strip
from urban_safety_monitor.report.charts.spine import EDGE, spine, spine_marks
from urban_safety_monitor.report.coverage import Place
from urban_safety_monitor.report.export import file_name, profile_csv, scorecard_bytes
from urban_safety_monitor.report.numbers import period_text
from urban_safety_monitor.report.profile import core_rows
from urban_safety_monitor.report.profile_tables import changes_csv, scores_csv
from urban_safety_monitor.report.records import CLEAR, CityProfile, Row
from urban_safety_monitor.ui import opened, state
from urban_safety_monitor.ui.controls import benchmark, select
from urban_safety_monitor.ui.downloads import files_of_view
from urban_safety_monitor.ui.knowing import knowledge_section
from urban_safety_monitor.ui.mapping import district_section
from urban_safety_monitor.ui.parts import copy_link, in_words, kept, show
from urban_safety_monitor.ui.sources import full, group_kinds_of, profile_of
from urban_safety_monitor.ui.visit import Visit

MOST_GROUPS = 10
"""Rows of a kind of group shown at once; an indicator's own line has them all."""


Line = tuple[Row, Mapping[str, Any]]
"""An indicator's row, and where the parts of its mark are drawn."""


def render(visit: Visit) -> None:
    """Show the profile of the city, round and benchmark in the address."""
    controls = st.container(key="controls", horizontal=True, vertical_alignment="bottom")
    place, period = _choices(visit, controls)
    profile = _compared(visit, place.area, period, controls)
    if profile is None:
        return
    groups, changes = groups_and_changes(visit, profile)
    st.html(groups)
    district_section(visit, profile)
    st.html(changes)
    knowledge_section(visit, profile.area)
    show("city_about", visit, profile=profile)


@st.fragment
@in_words
def _compared(visit: Visit, area: str, period: str, controls: DeltaGenerator) -> CityProfile:
    """All that depends on the benchmark, which alone is shown anew for another one."""
    with controls:
        against = benchmark(visit)
    profile = profile_of(visit.run_id, area, period, against, visit.language)
    titles = {row.indicator: row.title for row in profile.rows}
    show(
        "city_head",
        visit,
        profile=profile,
        stand_outs=[
            (indicator, titles[indicator], sentence)
            for indicator, sentence in zip(
                profile.stand_out_indicators, profile.stand_outs, strict=True
            )
        ],
    )
    _tools(visit, profile)
    st.html(indicator_lines(visit, profile))
    _open_asked(profile)
    return profile


def indicator_lines(visit: Visit, profile: CityProfile) -> str:
    """Every indicator, filled once for each benchmark."""
    return kept(
        "city_rows",
        visit,
        (profile.area, profile.period, profile.benchmark),
        lambda: {
            "profile": profile,
            "domains": _by_domain(profile),
            "scores": {line.component: line for line in profile.domains},
            "inside": state.address(opened.PATH, opened.asked_of(profile)),
            "edge": EDGE,
        },
    )


def groups_and_changes(visit: Visit, profile: CityProfile) -> tuple[str, str]:
    """Both parts, filled once for all benchmarks."""
    asked = (profile.area, profile.period)
    groups = kept(
        "city_groups",
        visit,
        asked,
        lambda: {
            "profile": profile,
            "kinds": group_kinds_of(profile),
            "most": MOST_GROUPS,
        },
    )
    changes = kept(
        "city_more",
        visit,
        asked,
        lambda: {
            "profile": profile,
            "changed": [c for c in profile.changes if c.verdict.status in CLEAR],
        },
    )
    return groups, changes


def _choices(visit: Visit, controls: DeltaGenerator) -> tuple[Place, str]:
    places = visit.coverage.places
    place = _place(visit)
    period, refused = state.chosen("period", place.periods, next(iter(place.periods)))
    titles = {one.area: f"{one.title} ({one.country_title})" for one in places}
    with controls:
        select(visit.say("City"), "city", titles)
        select(visit.say("Round"), "period", place.periods)
    if refused:
        said = visit.say(
            "{city} has no results for {asked}; you see {shown}.",
            city=place.title,
            asked=period_text(refused, visit.language),
            shown=place.periods[period],
        )
        st.info(said)
    return place, period


def _place(visit: Visit) -> Place:
    """The city in the address, by id or name, else the one seen last, else the first."""
    known = [place.area for place in visit.coverage.places]
    asked = st.query_params.get("city", "")
    if asked:
        asked = visit.coverage.place(asked).area
        state.keep("city", asked)
    return visit.coverage.place(state.chosen("city", known, visit.coverage.first)[0])


def _tools(visit: Visit, profile: CityProfile) -> None:
    together = ",".join([profile.area, *(peer.area for peer in profile.peers)])
    with st.container(key="tools", horizontal=True, vertical_alignment="center"):
        _downloads(visit, profile)
        _pictures(visit, profile)
        copy_link(visit)
        st.page_link(
            state.page_named("compare"),
            label=visit.say("Compare with similar cities"),
            query_params={
                "city": profile.area,
                "cities": together,
                "country": profile.country,
                "period": profile.period,
                "lang": visit.language,
            },
        )


def _downloads(visit: Visit, profile: CityProfile) -> None:
    """The scorecard in each format; a file is made when it is asked for."""
    with st.popover(visit.say("Download scorecard"), type="primary"):
        for name, label in (
            ("pdf", visit.say("PDF, two pages to print")),
            ("xlsx", visit.say("XLSX, to read in a spreadsheet")),
            ("csv", visit.say("CSV, one indicator a row")),
            ("json", visit.say("JSON, for programs")),
        ):
            st.download_button(
                label,
                partial(_file, profile, name),
                file_name=file_name(profile, name),
                key=f"get-{name}",
                on_click="ignore",
                width="stretch",
            )


def _file(profile: CityProfile, name: str) -> bytes:
    return scorecard_bytes(full(profile), name)


def _pictures(visit: Visit, profile: CityProfile) -> None:
    """The page's pictures, each with title, source and the data it shows; once they are opened."""
    name = f"{profile.area}_{profile.period}"
    rows = core_rows(profile) or profile.rows
    offered = st.popover(visit.say("Download pictures"), on_change="rerun", key="pictures")
    if not offered.open:
        return
    with offered:
        for part, title, picture, data in (
            (
                "indicators",
                visit.say("Core indicators"),
                partial(spine, profile, rows),
                profile_csv,
            ),
            ("domains", visit.say("Scores by domain"), partial(domain_strip, profile), scores_csv),
            (
                "changes",
                visit.say("Changes"),
                partial(change_plot, profile, profile.changes),
                changes_csv,
            ),
        ):
            st.markdown(f"**{title}**")
            files_of_view(visit, f"{name}_{part}", picture, partial(data, profile))


def _by_domain(profile: CityProfile) -> list[tuple[str, list[Line]]]:
    marks = {m["indicator"]: m for m in spine_marks(profile, profile.rows) if "indicator" in m}
    titles = groupby(profile.rows, lambda row: row.domain_title)
    return [(title, [(row, marks[row.indicator]) for row in rows]) for title, rows in titles]


def _open_asked(profile: CityProfile) -> None:
    """Open the line the address names; said anew for each profile, so that it is done for each."""
    asked = st.query_params.get("ind", "")
    named = asked if any(row.indicator == asked for row in profile.rows) else ""
    told = json.dumps([named, *opened.asked_of(profile).values()]).replace("<", "\\u003c")
    st.html(
        f"<script>{opened.script()} usmLines.open(...{told});</script>",
        unsafe_allow_javascript=True,
    )
