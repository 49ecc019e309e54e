"""The address is the state: city, round, benchmark, indicator and language are in it, always.

Streamlit can bind a widget to the address, but leaves the default out of it (a link would then
show another reader something else) and repeats a parameter after a change of page. So each
choice is read from the address, else from what was chosen on another page, and written back.
"""

from collections.abc import Collection, Mapping
from functools import lru_cache
from urllib.parse import quote_plus, urlencode

import streamlit as st

from urban_safety_monitor.report.wording import LOCALES, completeness, own_name


def chosen(name: str, options: Collection[str], default: str) -> tuple[str, str]:
    """What is chosen among the options, and what the address asked for if that is not there."""
    asked = st.query_params.get(name, "")
    wanted = latest(name) or default
    value = wanted if wanted in options else default
    keep(name, value)
    return value, asked if asked != value else ""


def latest(name: str) -> str:
    """What the address says, else what was chosen last on any page, else nothing."""
    return st.query_params.get(name, "") or st.session_state.get(_kept(name), "")


def keep(name: str, value: str) -> None:
    """Make a value the choice: in the address, in its widget, and on the next page."""
    st.session_state[_kept(name)] = value
    st.session_state[widget(name)] = value
    if st.query_params.get(name) != value:
        st.query_params[name] = value


def forget(name: str) -> None:
    """Undo a choice: neither the address nor the next page has it any more."""
    st.session_state.pop(_kept(name), None)
    st.session_state.pop(widget(name), None)
    st.query_params.pop(name, None)


def widget(name: str) -> str:
    """The key of the widget that shows a choice."""
    return f"choose-{name}"


def take_over(name: str) -> None:
    """Carry a widget's new value into the address; for `on_change`."""
    st.query_params[name] = st.session_state[widget(name)]


def take_over_several(name: str) -> None:
    """Carry a widget's list into the address, where an empty one leaves nothing."""
    values = st.session_state[widget(name)]
    if values:
        st.query_params[name] = ",".join(values)
    else:
        st.query_params.pop(name, None)


def language() -> str:
    """The language in the address, else the browser's if it is complete, else English."""
    browser = (st.context.locale or "").split("-")[0]
    default = browser if browser in languages() else "en"
    return chosen("lang", LOCALES, default)[0]


def languages(in_use: str = "en") -> dict[str, str]:
    """The complete languages by their own names, and the one in use."""
    return {name: own_name(name) for name in LOCALES if name == in_use or completeness(name) == 1}


def address(page: str, parameters: Mapping[str, str]) -> str:
    """The address of a page with its choices, relative to the app's."""
    pairs = (f"{_quoted(name)}={_quoted(value)}" for name, value in parameters.items())
    return f"./{page}?{'&'.join(pairs)}"


@lru_cache(maxsize=10_000)
def _quoted(text: str) -> str:
    """A table of marks has a thousand links out of a hundred texts."""
    return quote_plus(text)


def full_address() -> str:
    """The address of exactly what is on the screen."""
    here = (st.context.url or "").split("?")[0]
    return f"{here}?{urlencode(st.query_params.to_dict())}"


def remember_pages(pages: Mapping[str, st.Page]) -> None:
    """Keep the pages of this run of the script by name, for links between them."""
    st.session_state["pages"] = dict(pages)


def page_named(name: str) -> st.Page:
    """A page to link or go to."""
    return st.session_state["pages"][name]


def _kept(name: str) -> str:
    return f"kept-{name}"
