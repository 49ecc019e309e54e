"""The frame around every page: language, navigation, demonstration banner, footer."""

from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

import streamlit as st
from babel.numbers import format_percent

from urban_safety_monitor.errors import StoreError
from urban_safety_monitor.report.palette import custom_properties
from urban_safety_monitor.report.profile import METHOD
from urban_safety_monitor.report.wording import (
    LOCALES,
    completeness,
    direction,
    locale_of,
    own_name,
)
from urban_safety_monitor.ui import ahead, state, tour
from urban_safety_monitor.ui.controls import segments
from urban_safety_monitor.ui.pages import (
    city,
    compare,
    data,
    export,
    indicators,
    method,
    start,
    upload,
)
from urban_safety_monitor.ui.pages import (
    help as help_page,
)
from urban_safety_monitor.ui.parts import in_words, nothing_here, show
from urban_safety_monitor.ui.sources import data_folder, latest_run, results_of
from urban_safety_monitor.ui.visit import Visit
from urban_safety_monitor.workflow import program_version

STATIC = Path(__file__).resolve().parent / "static"

FORMER = "check"
"""Where the upload page was before; saved links to it still lead there."""

ALWAYS = ("upload", FORMER, "method", "help")
"""Pages that need no results."""

Render = Callable[[Visit], None]


def main() -> None:
    """Show the page the address names."""
    st.set_page_config(
        page_title="Urban Safety Monitor",
        page_icon=str(STATIC / "icon.png"),
        layout="wide",
        initial_sidebar_state="collapsed",
    )
    st.html(_style())
    run_id, trouble = _run()
    visit = Visit(state.language(), run_id)
    st.html(
        f"<script>document.documentElement.lang = '{visit.language}';"
        f"document.documentElement.dir = '{direction(visit.language)}';</script>",
        unsafe_allow_javascript=True,
    )
    pages = _pages(visit, trouble)
    state.remember_pages(pages)
    page = st.navigation(list(pages.values()), position="top")
    _head(visit)
    tour.bar(visit, page.url_path)
    page.run()
    show(
        "footer",
        visit,
        version=program_version(),
        method=visit.say(METHOD),
        begun=_begun(visit.language),
    )


@cache
def _style() -> str:
    """The style sheet with its colours."""
    sheet = (STATIC / "style.css").read_text(encoding="utf-8")
    return f"<style>{custom_properties()}\n{sheet}</style>"


def _begun(language: str) -> list[tuple[str, str, str]]:
    """Languages that are not complete yet: code, own name, and how much of each there is."""
    return [
        (name, own_name(name), format_percent(completeness(name), locale=locale_of(language)))
        for name in LOCALES
        if completeness(name) < 1
    ]


def _run() -> tuple[str, str]:
    """The latest run, or nothing and why it cannot be shown, if there is one."""
    try:
        run_id = latest_run()
    except StoreError:
        return "", ""
    try:
        results_of(run_id)
    except StoreError as error:
        return "", "\n".join(error.problems)
    return run_id, ""


def _pages(visit: Visit, trouble: str) -> dict[str, st.Page]:
    shown: dict[str, tuple[Render, str]] = {
        "start": (start.render, visit.say("Start")),
        "city": (city.render, visit.say("City profile")),
        "compare": (compare.render, visit.say("Compare")),
        "indicators": (indicators.render, visit.say("Indicators")),
        "data": (data.render, visit.say("Data")),
        "upload": (upload.render, visit.say("Upload data")),
        "export": (export.render, visit.say("Export")),
        "method": (method.render, visit.say("Method")),
        "help": (help_page.render, visit.say("Help")),
        FORMER: (upload.render, visit.say("Upload data")),
    }
    nothing = partial(_no_results, trouble=trouble)
    return {
        name: st.Page(
            partial(_body, render if visit.run_id or name in ALWAYS else nothing, visit),
            title=title,
            url_path=name,
            default=name == "start",
            visibility="hidden" if name == FORMER else "visible",
        )
        for name, (render, title) in shown.items()
    }


@st.fragment
def _body(render: Render, visit: Visit) -> None:
    """The page within its frame: what is chosen on it runs it again, and leaves the frame alone."""
    ahead.somebody_asks()
    in_words(render)(visit)


def _no_results(visit: Visit, trouble: str) -> None:
    text = visit.say(
        "Nothing has been computed in the folder {folder} yet. Run “usm demo” for the "
        "demonstration, or “usm run” with a configuration of your own.",
        folder=data_folder(),
    )
    nothing_here(visit, visit.say("No results yet"), trouble or text)


def _head(visit: Visit) -> None:
    with st.container(key="head", horizontal=True, vertical_alignment="center"):
        if visit.demonstration:
            show("banner", visit)
        segments(visit.say("Language"), "lang", state.languages(visit.language), hidden=True)
