"""What pages are put together from: HTML by template, links to copy, downloads.

Templates escape every value, so a text from a user's file or from the data never becomes HTML.
"""

from functools import cache

import streamlit as st
from jinja2 import Environment, PackageLoader, StrictUndefined

from urban_safety_monitor.report.charts.style import Picture
from urban_safety_monitor.ui.state import address, full_address
from urban_safety_monitor.ui.visit import Visit

SIDES = ("left", "right", "top", "bottom")
PADDING = 12


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("urban_safety_monitor.ui"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["address"] = address
    return environment


def filled(template: str, visit: Visit, **values: object) -> str:
    """A template as HTML, with the visit's words and these values in it."""
    return (
        _templates()
        .get_template(f"{template}.html")
        .render(say=visit.say, visit=visit, language=visit.language, **values)
    )


def show(template: str, visit: Visit, **values: object) -> None:
    """Put a filled template on the page."""
    st.html(filled(template, visit, **values))


def draw(picture: Picture, key: str) -> None:
    """A picture's plot; the page itself prints its title and source."""
    with st.container(key=key):
        # Streamlit sets single sides of the padding and fails on a number.
        chart = picture.plain.properties(padding=dict.fromkeys(SIDES, PADDING))
        st.altair_chart(chart, theme=None, width="content", alt=picture.alt_text)


def copy_link(visit: Visit) -> None:
    """The address of exactly this view, to be copied."""
    with st.popover(visit.say("Copy link")):
        st.caption(visit.say("This address shows exactly what you see now."))
        st.code(full_address(), language=None, wrap_lines=True)


def nothing_here(visit: Visit, title: str, text: str) -> None:
    """An empty state: what is missing, and what to do."""
    show("nothing", visit, title=title, text=text)
