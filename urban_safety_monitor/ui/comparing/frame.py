"""What every view of the compare page has: its answer, the way to the other views, its tools."""

from collections.abc import Callable, Sequence
from typing import Protocol

import streamlit as st

from urban_safety_monitor.report.charts.style import Picture
from urban_safety_monitor.ui import state
from urban_safety_monitor.ui.comparing.choice import ALL, ONE, TIME, Choice
from urban_safety_monitor.ui.comparing.similar import suggest
from urban_safety_monitor.ui.controls import segments
from urban_safety_monitor.ui.downloads import downloads
from urban_safety_monitor.ui.parts import copy_link, show
from urban_safety_monitor.ui.visit import Visit


class Answer(Protocol):
    """What a view says first."""

    @property
    def headline(self) -> str:
        """The finding."""

    @property
    def comparability(self) -> str:
        """What may be compared here, and what may not, with the reason."""


def head(visit: Visit, choice: Choice, answer: Answer, *, title: str, alone: bool = False) -> None:
    """Title, finding and comparability; below them, the other views of the same cities.

    `alone` says that there is nobody to compare with.
    """
    show(
        "compare_head",
        visit,
        title=title,
        answer=answer,
        about=getattr(answer, "definition", ""),
        choice=choice,
        alone=alone,
        absent=[] if choice.view == TIME else _absent(visit, choice),
    )
    views = {
        ONE: visit.say("One indicator"),
        ALL: visit.say("All indicators"),
        TIME: visit.say("Over time"),
    }
    segments(visit.say("View"), "view", views, hidden=True)


def _absent(visit: Visit, choice: Choice) -> list[str]:
    """The cities meant that have no results in the round."""
    places = visit.coverage.of_country(choice.country)
    meant = choice.areas or [place.area for place in places]
    return [p.title for p in places if p.area in meant and choice.period not in p.periods]


def tools(
    visit: Visit,
    choice: Choice,
    name: str,
    picture: Callable[[], Picture],
    data: Callable[[], bytes],
) -> None:
    """Other cities, downloads, the link to exactly this view and the way to all data."""
    with st.container(key="tools", horizontal=True, vertical_alignment="center"):
        suggest(visit, choice)
        downloads(visit, name, picture, data)
        copy_link(visit)
        st.page_link(
            state.page_named("data"),
            label=visit.say("All data of the round"),
            query_params={
                "country": choice.country,
                "period": choice.period,
                "lang": visit.language,
            },
        )


def page_of(visit: Visit, titles: Sequence[str], most: int) -> int:
    """Which page of the cities is shown, the first being 0; a choice where there are several."""
    if len(titles) <= most:
        return 0
    pages = {
        str(number): f"{inside[0]} – {inside[-1]}"
        for number, first in enumerate(range(0, len(titles), most), 1)
        for inside in [titles[first : first + most]]
    }
    page, _ = state.chosen("page", pages, "1")
    segments(visit.say("Cities"), "page", pages)
    return int(page) - 1
