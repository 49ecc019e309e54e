"""What pages are put together from: HTML by template, links to copy, downloads.

Templates escape every value, so a text from a user's file or from the data never becomes HTML.
"""

import json
from collections.abc import Callable
from functools import cache, wraps
from typing import Concatenate, ParamSpec, TypeVar

import streamlit as st
from jinja2 import Environment, PackageLoader, StrictUndefined

from urban_safety_monitor.errors import MonitorError
from urban_safety_monitor.report.charts.style import Picture
from urban_safety_monitor.ui.state import address, full_address
from urban_safety_monitor.ui.visit import Visit

Asked = ParamSpec("Asked")
Drawn = TypeVar("Drawn")

MOST_KEPT = 2500
"""Filled templates that are kept, 80 kB each on average and up to a megabyte."""


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("urban_safety_monitor.ui"),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["address"] = address
    return environment


def load_templates() -> None:
    """Compile every template."""
    for name in _templates().list_templates():
        _templates().get_template(name)


def filled(template: str, visit: Visit, **values: object) -> str:
    """A template as HTML, with the visit's words and these values in it.

    It is one line: Streamlit looks at the beginning of every line, which takes it long for a table.
    """
    said = {"say": visit.say, "visit": visit, "language": visit.language}
    html = _templates().get_template(f"{template}.html").render(**said, **values)
    return html.replace("\n", " ")


def show(template: str, visit: Visit, **values: object) -> None:
    """Put a filled template on the page."""
    st.html(filled(template, visit, **values))


def kept(
    template: str, visit: Visit, asked: tuple[str, ...], values: Callable[[], dict[str, object]]
) -> str:
    """A template that takes long to fill: filled once for what is asked."""
    return _kept(template, (visit.run_id, visit.language, *asked), visit, values)


@st.cache_resource(show_spinner=False, max_entries=MOST_KEPT)
def _kept(
    template: str,
    asked: tuple[str, ...],
    _visit: Visit,
    _values: Callable[[], dict[str, object]],
) -> str:
    return filled(template, _visit, **_values())


def draw(picture: Picture, key: str) -> None:
    """A picture's plot; the page itself prints its title and source.

    Its description is in the plot: said a second time, Streamlit would log it with every page.
    """
    with st.container(key=key):
        st.vega_lite_chart(json.loads(picture.specification), theme=None, width="stretch")


def copy_link(visit: Visit) -> None:
    """The address of exactly this view, to be copied."""
    with st.popover(visit.say("Copy link")):
        st.caption(visit.say("This address shows exactly what you see now."))
        st.code(full_address(), language=None, wrap_lines=True)


def in_words(
    draw: Callable[Concatenate[Visit, Asked], Drawn],
) -> Callable[Concatenate[Visit, Asked], Drawn | None]:
    """Say a user's problem in words where a page or part of it would be, and give nothing.

    Anything else is a fault of this program. A part that runs alone has to do so itself: what it
    raises then does not reach the page.
    """

    @wraps(draw)
    def drawn(visit: Visit, *args: Asked.args, **kwargs: Asked.kwargs) -> Drawn | None:
        try:
            return draw(visit, *args, **kwargs)
        except MonitorError as error:
            nothing_here(visit, visit.say("This cannot be shown"), "\n".join(error.problems))
            return None

    return drawn


def nothing_here(visit: Visit, title: str, text: str) -> None:
    """An empty state: what is missing, and what to do."""
    show("nothing", visit, title=title, text=text)
