"""What pages show, fetched or made once: runs, profiles, comparisons, indicators.

A run never changes, so everything is kept by run id and never by a frame: Streamlit hashes large
frames by a sample only, and a changed frame could be taken for the old one.
"""

import os
from pathlib import Path

import streamlit as st

from urban_safety_monitor.catalogue import Catalogue, load_catalogue
from urban_safety_monitor.report.comparison import compare_cities
from urban_safety_monitor.report.coverage import Coverage, coverage
from urban_safety_monitor.report.indicators import (
    IndicatorLine,
    IndicatorPage,
    indicator_list,
    indicator_page,
)
from urban_safety_monitor.report.profile import city_profile
from urban_safety_monitor.report.records import CityComparison, CityProfile
from urban_safety_monitor.store import RunStore
from urban_safety_monitor.tables.run import Results

DATA_VARIABLE = "USM_DATA"
"""The environment variable that names the data folder."""


def data_folder() -> Path:
    """The folder whose results are shown: what USM_DATA names, else ./data."""
    return Path(os.environ.get(DATA_VARIABLE, "data"))


@st.cache_resource(show_spinner=False)
def catalogue() -> Catalogue:
    """The shipped catalogue."""
    return load_catalogue()


def latest_run() -> str:
    """Id of the run kept last; asked anew each time, so that a new run shows at once.

    Raises:
        StoreError: nothing is kept yet.
    """
    return _store(str(data_folder())).latest()


@st.cache_resource(show_spinner=False, max_entries=3)
def results_of(run_id: str) -> Results:
    """The tables of a run.

    Raises:
        StoreError: no such run is kept, or its files are damaged.
    """
    return _store(str(data_folder())).fetch(run_id)


@st.cache_resource(show_spinner=False, max_entries=20)
def coverage_of(run_id: str, language: str) -> Coverage:
    """The cities and rounds of a run."""
    return coverage(results_of(run_id), language)


@st.cache_resource(show_spinner=False, max_entries=300)
def profile_of(run_id: str, area: str, period: str, benchmark: str, language: str) -> CityProfile:
    """A city's profile."""
    return city_profile(
        results_of(run_id), catalogue(), area, period, benchmark=benchmark, language=language
    )


@st.cache_resource(show_spinner=False, max_entries=300)
def comparison_of(
    run_id: str,
    indicator: str,
    period: str,
    *,
    country: str,
    areas: tuple[str, ...] | None,
    benchmark: str,
    language: str,
) -> CityComparison:
    """One indicator over the cities of a country, or only those named."""
    return compare_cities(
        results_of(run_id),
        catalogue(),
        indicator,
        period,
        country=country,
        areas=areas,
        benchmark=benchmark,
        language=language,
    )


@st.cache_resource(show_spinner=False, max_entries=20)
def indicators_of(run_id: str, language: str) -> tuple[IndicatorLine, ...]:
    """The list of indicators."""
    return indicator_list(results_of(run_id), catalogue(), language=language)


@st.cache_resource(show_spinner=False, max_entries=300)
def indicator_of(run_id: str, indicator: str, language: str) -> IndicatorPage:
    """One indicator, with its values in each country's last round."""
    return indicator_page(results_of(run_id), catalogue(), indicator, language=language)


@st.cache_resource(show_spinner=False)
def _store(folder: str) -> RunStore:
    return RunStore(Path(folder))
