"""What pages show, fetched or made once: runs, profiles, comparisons, indicators.

A run never changes, so everything is kept by run id and never by a frame: Streamlit hashes large
frames by a sample only, and a changed frame could be taken for the old one.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st
from pandera.typing.pandas import DataFrame

from urban_safety_monitor.catalogue import Catalogue, load_catalogue
from urban_safety_monitor.catalogue.load import shipped
from urban_safety_monitor.errors import StoreError
from urban_safety_monitor.report.comparison import compare_cities
from urban_safety_monitor.report.coverage import Coverage, coverage
from urban_safety_monitor.report.districts import DistrictMap, district_map, mapped, outlines_of
from urban_safety_monitor.report.history import History, history
from urban_safety_monitor.report.indicators import (
    IndicatorLine,
    IndicatorPage,
    indicator_list,
    indicator_page,
)
from urban_safety_monitor.report.knowledge import KnowledgeSystem, knowledge_system
from urban_safety_monitor.report.order import PairChanges, pair_changes
from urban_safety_monitor.report.overview import Overview, overview
from urban_safety_monitor.report.profile import city_profile
from urban_safety_monitor.report.records import CityComparison, CityOrder, CityProfile
from urban_safety_monitor.report.release import part_of, release_files, zipped
from urban_safety_monitor.report.scores import city_order
from urban_safety_monitor.report.view import View
from urban_safety_monitor.report.weights import OwnWeights, own_weights
from urban_safety_monitor.store import RunStore
from urban_safety_monitor.tables import Areas
from urban_safety_monitor.tables.run import Results
from urban_safety_monitor.workflow.templates import read_areas

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


@st.cache_resource(show_spinner=False, max_entries=100)
def knowledge_of(run_id: str, area: str, language: str) -> KnowledgeSystem:
    """What a city knows of its safety."""
    return knowledge_system(results_of(run_id), catalogue(), area, language=language)


@st.cache_resource(show_spinner=False, max_entries=300)
def mapped_in(run_id: str, area: str, period: str) -> tuple[str, ...]:
    """Indicators that can be mapped over a city's districts."""
    return mapped(results_of(run_id), catalogue(), area, period)


@st.cache_resource(show_spinner=False, max_entries=300)
def districts_of(
    run_id: str, area: str, period: str, indicator: str, language: str
) -> tuple[DistrictMap, dict[str, Any]]:
    """An indicator over a city's districts, and their outlines."""
    results = results_of(run_id)
    found = district_map(results, catalogue(), area, period, indicator=indicator, language=language)
    return found, outlines_of(results, area)


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


@st.cache_resource(show_spinner=False, max_entries=100)
def overview_of(
    run_id: str,
    period: str,
    *,
    country: str,
    areas: tuple[str, ...] | None,
    benchmark: str,
    language: str,
) -> Overview:
    """Every indicator of the cities of a country, or only of those named."""
    return overview(
        results_of(run_id),
        catalogue(),
        period,
        country=country,
        areas=areas,
        benchmark=benchmark,
        language=language,
    )


@st.cache_resource(show_spinner=False, max_entries=300)
def history_of(
    run_id: str, indicator: str, *, country: str, areas: tuple[str, ...] | None, language: str
) -> History:
    """One indicator over all rounds."""
    return history(
        results_of(run_id),
        catalogue(),
        indicator,
        country=country,
        areas=areas,
        language=language,
    )


@st.cache_resource(show_spinner=False, max_entries=300)
def order_of(
    run_id: str,
    component: str,
    period: str,
    *,
    country: str,
    areas: tuple[str, ...] | None,
    language: str,
) -> CityOrder:
    """Between which places cities may lie for a score."""
    view = View(results_of(run_id), catalogue(), language)
    return city_order(view, component, period, country, areas)


@st.cache_resource(show_spinner=False, max_entries=100)
def pair_changes_of(
    run_id: str, period: str, *, country: str, areas: tuple[str, ...] | None, language: str
) -> PairChanges | None:
    """How often the order of each pair of cities changes."""
    view = View(results_of(run_id), catalogue(), language)
    return pair_changes(view, period, country, areas)


@st.cache_resource(show_spinner=False, max_entries=300)
def own_weights_of(
    run_id: str,
    period: str,
    *,
    country: str,
    areas: tuple[str, ...] | None,
    factors: tuple[tuple[str, float], ...],
    language: str,
) -> OwnWeights | None:
    """Overall scores under a reader's own weights."""
    view = View(results_of(run_id), catalogue(), language)
    return own_weights(view, period, country, dict(factors), areas)


@st.cache_resource(show_spinner=False, max_entries=20)
def indicators_of(run_id: str, language: str) -> tuple[IndicatorLine, ...]:
    """The list of indicators."""
    return indicator_list(results_of(run_id), catalogue(), language=language)


@st.cache_resource(show_spinner=False, max_entries=300)
def indicator_of(run_id: str, indicator: str, language: str) -> IndicatorPage:
    """One indicator, with its values in each country's last round."""
    return indicator_page(results_of(run_id), catalogue(), indicator, language=language)


@dataclass(frozen=True)
class Surroundings:
    """Areas and survey rounds that are known: the latest run's, else the sample data's."""

    areas: DataFrame[Areas]
    surveys: pd.DataFrame

    @property
    def cities(self) -> pd.DataFrame:
        """The areas that are cities."""
        return self.areas[self.areas["level"] == "city"]

    @property
    def first(self) -> str:
        """The city the table begins with."""
        return str(self.cities["area"].iloc[0])

    def title(self, area: str) -> str:
        """An area's name; its code where it has none."""
        found = self.areas.loc[self.areas["area"] == area, "title"]
        return area if found.empty else str(found.iloc[0])

    def survey(self, area: str, period: str) -> dict[str, str]:
        """What is known of a round's fieldwork, as texts."""
        table = self.surveys
        found = table[(table["area"] == area) & (table["period"] == period)]
        if found.empty:
            return {}
        row = found.iloc[0]
        return {
            "first_day": str(row["first_day"]),
            "last_day": str(row["last_day"]),
            "held": str(row["interviews"]),
        }


def surroundings() -> Surroundings:
    """What is known of cities and rounds here."""
    try:
        results = results_of(latest_run())
    except StoreError:
        return _sample_surroundings()
    return Surroundings(results.areas, results.surveys)


@st.cache_resource(show_spinner=False)
def _sample_surroundings() -> Surroundings:
    folder = shipped("sample_data")
    return Surroundings(read_areas(folder / "areas.csv"), pd.read_csv(folder / "surveys.csv"))


@st.cache_resource(show_spinner=False, max_entries=4)
def release_of(run_id: str, country: str, period: str, language: str) -> dict[str, bytes]:
    """The files of a country's round, by path."""
    part = part_of(results_of(run_id), country, period)
    return release_files(part, catalogue(), language=language)


def zip_of(run_id: str, country: str, period: str, language: str) -> bytes:
    """The same files in one zip."""
    return zipped(release_of(run_id, country, period, language))


@st.cache_resource(show_spinner=False)
def _store(folder: str) -> RunStore:
    return RunStore(Path(folder))
