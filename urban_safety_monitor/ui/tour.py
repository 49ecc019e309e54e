"""The tour: a bar above the pages it leads through, that says what to look at and what to do.

Its step is in the address, so a reload and a copied link stay on it. Whoever leaves it by other
links can go on as long as the session remembers the step.
"""

import streamlit as st

from urban_safety_monitor.ui import state
from urban_safety_monitor.ui.parts import show
from urban_safety_monitor.ui.prose import Step, tour_steps
from urban_safety_monitor.ui.sources import indicators_of
from urban_safety_monitor.ui.uploading.files import choose_practice
from urban_safety_monitor.ui.visit import Visit

NAME = "tour"
"""The parameter of the address."""


def bar(visit: Visit, page: str) -> None:
    """Show the step the address names, if it is one of this page."""
    number = st.query_params.get(NAME, "")
    step = tour_steps().get(number)
    if step is None or step.page != page or not visit.run_id:
        return
    state.keep(NAME, number)
    with st.container(key="tour", horizontal=True, vertical_alignment="center"):
        show(
            "tour",
            visit,
            step=step,
            number=number,
            last=len(tour_steps()),
            below=step.below.format(ind=_indicator(visit, step)),
        )
        _controls(visit, int(number), step)


def offer(visit: Visit) -> None:
    """The way into the tour, and back to the step it was left at."""
    if not visit.run_id:
        return
    left_at = state.latest(NAME)
    with st.container(key="offer-tour", horizontal=True):
        if left_at in tour_steps():
            said = visit.say(
                "Continue the tour: step {number} of {last}", number=left_at, last=len(tour_steps())
            )
            _link(visit, said, left_at)
        _link(visit, visit.say("Two-minute tour"), "1")


def _controls(visit: Visit, number: int, step: Step) -> None:
    """Back is always first, so that who goes on by the keyboard stays on the same control."""
    before, after = str(number - 1), str(number + 1)
    with st.container(key="tour-controls", horizontal=True, vertical_alignment="center"):
        _link(visit, visit.say("Back"), before)
        if step.practice:
            st.button(
                visit.say("Check the file with ten faults"),
                on_click=choose_practice,
                args=(step.practice,),
            )
        if after in tour_steps():
            _link(visit, visit.say("Next"), after)
        st.button(visit.say("End tour"), on_click=state.forget, args=(NAME,), type="tertiary")


def _link(visit: Visit, label: str, number: str) -> None:
    """The way to a step; what comes before the first is the start page."""
    step = tour_steps().get(number)
    asked = {"lang": visit.language}
    if step is not None:
        asked |= {"view": step.view, "ind": _indicator(visit, step), NAME: number}
    st.page_link(
        state.page_named(step.page if step else "start"),
        label=label,
        query_params={name: value for name, value in asked.items() if value},
    )


def _indicator(visit: Visit, step: Step) -> str:
    """The indicator a step is about: the declared one, else the first of which cities have values.

    A run of another catalogue, or of records alone, may lack the declared one.
    """
    lines = indicators_of(visit.run_id, visit.language)
    known = [line.indicator for line in lines if line.cities]
    return step.ind if step.ind in ("", *known) else next(iter(known), "")
