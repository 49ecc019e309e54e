"""Export: scorecards of many cities at once, made one by one before the visitor's eyes."""

from collections.abc import Mapping
from typing import TypeVar

import streamlit as st

from urban_safety_monitor.report.coverage import Place
from urban_safety_monitor.report.export import FORMATS, file_name, scorecard_bytes
from urban_safety_monitor.report.paper import Paper, Size
from urban_safety_monitor.report.release import zipped
from urban_safety_monitor.ui import state
from urban_safety_monitor.ui.controls import benchmark, say_left_out, select, several
from urban_safety_monitor.ui.parts import show
from urban_safety_monitor.ui.sources import full, profile_of
from urban_safety_monitor.ui.visit import Visit

MADE = "scorecards-made"

Option = TypeVar("Option", Size, bool)


def render(visit: Visit) -> None:
    """Let the visitor choose cities, languages and formats; make the files; offer them."""
    show("export_head", visit)
    coverage = visit.coverage
    country, _ = state.chosen("country", coverage.countries, next(iter(coverage.countries)))
    rounds = coverage.periods_of(country)
    period, _ = state.chosen("period", rounds, next(iter(rounds)))
    places = {p.area: p for p in coverage.of_country(country) if period in p.periods}
    with st.container(key="controls", horizontal=True, vertical_alignment="bottom"):
        select(visit.say("Country"), "country", coverage.countries)
        select(visit.say("Round"), "period", rounds)
        against = benchmark(visit)
        titles = {area: place.title for area, place in places.items()}
        chosen = several(visit, visit.say("Only these cities"), "cities", titles)
    say_left_out(visit, "cities", titles)
    wanted = [places[area] for area in chosen or places]
    languages = _languages(visit)
    formats = _formats(visit)
    paper = _paper(visit)
    asked = (visit.run_id, period, against, paper, *(p.area for p in wanted), *languages, *formats)
    number = len(wanted) * len(languages) * len(formats)
    label = visit.count("Make {n} file", "Make {n} files", number)
    if st.button(label, type="primary", disabled=not number):
        files = _made(visit, wanted, (period, against), (languages, formats), paper)
        st.session_state[MADE] = (asked, zipped(files))
    _offer(visit, asked, f"scorecards_{country}_{period}.zip")


def _languages(visit: Visit) -> list[str]:
    languages = state.languages(visit.language)
    return st.pills(
        visit.say("Languages"),
        list(languages),
        format_func=languages.__getitem__,
        selection_mode="multi",
        default=[visit.language],
        key="export-languages",
    )


def _formats(visit: Visit) -> list[str]:
    return st.pills(
        visit.say("Formats"),
        list(FORMATS),
        format_func=str.upper,
        selection_mode="multi",
        default=["pdf"],
        key="export-formats",
    )


def _paper(visit: Visit) -> Paper:
    """What the visitor's printer holds; it changes the PDF alone."""
    sizes = {Size.A4: "A4", Size.LETTER: visit.say("US Letter")}
    inks = {True: visit.say("Colour"), False: visit.say("Greyscale")}
    with st.container(key="paper", horizontal=True):
        size = _one_of(visit.say("Paper of the PDF"), "size", sizes)
        colour = _one_of(visit.say("Print"), "ink", inks)
    return Paper(size, colour)


def _one_of(label: str, name: str, titles: Mapping[Option, str]) -> Option:
    return st.segmented_control(
        label,
        list(titles),
        format_func=titles.__getitem__,
        default=next(iter(titles)),
        required=True,
        key=f"export-{name}",
    )


def _made(
    visit: Visit,
    wanted: list[Place],
    compared: tuple[str, str],
    kinds: tuple[list[str], list[str]],
    paper: Paper,
) -> dict[str, bytes]:
    """Each city's scorecard in each language and format; says how far it has come."""
    (period, against), (languages, formats) = compared, kinds
    bar = st.progress(0.0)
    files: dict[str, bytes] = {}
    for done, place in enumerate(wanted):
        said = visit.say(
            "{city}: {done} of {all} cities", city=place.title, done=done + 1, all=len(wanted)
        )
        bar.progress((done + 1) / len(wanted), said)
        for language in languages:
            profile = full(profile_of(visit.run_id, place.area, period, against, language))
            for name in formats:
                files[file_name(profile, name)] = scorecard_bytes(profile, name, paper=paper)
    bar.empty()
    return files


def _offer(visit: Visit, asked: tuple[object, ...], name: str) -> None:
    """The files of exactly these choices; others would not be what the page says."""
    made = st.session_state.get(MADE)
    if made is None or made[0] != asked:
        return
    st.success(visit.say("The scorecards are ready."))
    st.download_button(
        visit.say("Download all (ZIP)"), made[1], name, type="primary", on_click="ignore"
    )
