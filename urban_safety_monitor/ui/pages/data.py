"""Data and downloads: each country's round as files that explain themselves."""

from functools import partial

import streamlit as st

from urban_safety_monitor.report.coverage import Coverage
from urban_safety_monitor.report.release.columns import FIGURES
from urban_safety_monitor.report.wording import FLAGS, worded
from urban_safety_monitor.ui import state
from urban_safety_monitor.ui.controls import select
from urban_safety_monitor.ui.parts import copy_link, show
from urban_safety_monitor.ui.sources import file_of, zip_of
from urban_safety_monitor.ui.visit import Visit


def render(visit: Visit) -> None:
    """Show what can be downloaded of the country and round in the address."""
    coverage = visit.coverage
    show("data_head", visit, coverage=coverage, releases=_releases(coverage))
    country, period = _choices(visit, coverage)
    _downloads(visit, country, period)
    show(
        "data_meaning",
        visit,
        columns=[(column.name, visit.say(column.meaning)) for column in FIGURES],
        flags={letter: worded(FLAGS, letter, visit.language) for letter in FLAGS},
        command=f"usm export {country} --period {period}",
    )


def _releases(coverage: Coverage) -> list[tuple[str, str, str, str, int]]:
    """Each country's rounds, the latest first: codes, titles and how many cities each has."""
    return [
        (country, title, period, text, cities)
        for country, title in coverage.countries.items()
        for period, text in coverage.periods_of(country).items()
        for cities in [sum(period in p.periods for p in coverage.of_country(country))]
    ]


def _choices(visit: Visit, coverage: Coverage) -> tuple[str, str]:
    country, _ = state.chosen("country", coverage.countries, next(iter(coverage.countries)))
    rounds = coverage.periods_of(country)
    period, _ = state.chosen("period", rounds, next(iter(rounds)))
    with st.container(key="controls", horizontal=True, vertical_alignment="bottom"):
        select(visit.say("Country"), "country", coverage.countries)
        select(visit.say("Round"), "period", rounds)
    return country, period


def _downloads(visit: Visit, country: str, period: str) -> None:
    """Files are made when they are asked for."""
    asked = (visit.run_id, country, period, visit.language)
    name = f"{country}_{period}_{visit.language}"
    with st.container(key="tools", horizontal=True, vertical_alignment="center"):
        st.download_button(
            visit.say("Everything (ZIP)"),
            partial(zip_of, *asked),
            f"{name}.zip",
            type="primary",
            on_click="ignore",
        )
        for label, path in (
            (visit.say("Figures (CSV)"), "data/figures.csv"),
            (visit.say("Figures (XLSX)"), "figures.xlsx"),
            (visit.say("Figures (JSON)"), "figures.json"),
            (visit.say("Figures (SDMX-CSV)"), "sdmx/figures.csv"),
        ):
            st.download_button(
                label,
                partial(file_of, *asked, path),
                f"{name}_{path.replace('/', '_')}",
                on_click="ignore",
            )
        copy_link(visit)
