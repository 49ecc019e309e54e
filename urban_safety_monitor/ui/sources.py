"""What pages show, fetched or made once: runs, profiles, comparisons, indicators.

A run never changes, so everything is kept by run id and never by a frame: Streamlit hashes large
frames by a sample only, and a changed frame could be taken for the old one.
"""

import inspect
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd
import streamlit as st
from pandera.typing.pandas import DataFrame

from urban_safety_monitor.catalogue import Catalogue, load_catalogue
from urban_safety_monitor.catalogue.load import shipped
from urban_safety_monitor.errors import StoreError
from urban_safety_monitor.report.charts.choropleth import choropleth
from urban_safety_monitor.report.charts.funnel import can_funnel, funnel
from urban_safety_monitor.report.charts.style import Picture
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
from urban_safety_monitor.report.profile import city_profile, comparable_spreads
from urban_safety_monitor.report.records import CityComparison, CityOrder, CityProfile, Spread
from urban_safety_monitor.report.release import files_on_demand, part_of, zipped
from urban_safety_monitor.report.scores import city_order
from urban_safety_monitor.report.view import View
from urban_safety_monitor.report.weights import OwnWeights, own_weights
from urban_safety_monitor.report.wording import LOCALES, SOURCE, completeness
from urban_safety_monitor.store import KeptResults, Part, RunStore
from urban_safety_monitor.tables import Areas
from urban_safety_monitor.workflow.templates import read_areas

Shown = TypeVar("Shown")

MOST_KEPT = 500
"""Profiles, comparisons and the like that are kept; the oldest goes first."""

MOST_PARTS = 60
"""Parts of runs whose rows are kept, a few megabytes each."""

DATA_VARIABLE = "USM_DATA"
"""The environment variable that names the data folder."""


def data_folder() -> Path:
    """The folder whose results are shown: what USM_DATA names, else ./data."""
    return Path(os.environ.get(DATA_VARIABLE, "data"))


@st.cache_resource(show_spinner=False)
def catalogue() -> Catalogue:
    """The shipped catalogue."""
    return load_catalogue()


def prepare() -> None:
    """Make what the first visitor of any page would wait for."""
    catalogue()
    for language in LOCALES:
        completeness(language)
    with suppress(StoreError):
        coverage_of(latest_run(), SOURCE)
    inspect.stack()  # Streamlit asks for it with the first page, and the first time takes long


def latest_run() -> str:
    """Id of the run kept last; asked anew each time, so that a new run shows at once.

    Raises:
        StoreError: nothing is kept yet.
    """
    return _store(str(data_folder())).latest()


@st.cache_resource(show_spinner=False, max_entries=3)
def results_of(run_id: str) -> KeptResults:
    """A run, of which a table is read when it is first asked for.

    Raises:
        StoreError: no such run is kept, or tables of it are missing.
    """
    return _store(str(data_folder())).open(run_id)


@st.cache_resource(show_spinner=False, max_entries=20)
def coverage_of(run_id: str, language: str) -> Coverage:
    """The cities and rounds of a run."""
    return coverage(results_of(run_id), language)


def profile_of(run_id: str, area: str, period: str, benchmark: str, language: str) -> CityProfile:
    """A city's profile."""
    asked = {"area": area, "period": period, "benchmark": benchmark, "language": language}
    return _shown(_profile, run_id, Part(areas=(area,)), **asked)


def knowledge_of(run_id: str, area: str, language: str) -> KnowledgeSystem:
    """What a city knows of its safety."""
    return _shown(knowledge_system, run_id, Part(areas=(area,)), area=area, language=language)


def mapped_in(run_id: str, area: str, period: str) -> tuple[str, ...]:
    """Indicators that can be mapped over a city's districts."""
    return _shown(mapped, run_id, Part(areas=(area,)), area=area, period=period)


def districts_of(
    run_id: str, area: str, period: str, indicator: str, language: str
) -> tuple[DistrictMap, Picture]:
    """An indicator over a city's districts, as figures and as a map."""
    asked = {"area": area, "period": period, "indicator": indicator, "language": language}
    return _shown(_districts, run_id, Part(areas=(area,)), **asked)


def comparison_of(
    run_id: str,
    indicator: str,
    period: str,
    *,
    country: str,
    areas: tuple[str, ...] | None,
    benchmark: str,
    language: str,
) -> tuple[CityComparison, Picture | None]:
    """One indicator over the cities of a country, or only those named; a funnel of enough."""
    return _shown(
        _compared,
        run_id,
        _of_country(run_id, country, indicator),
        indicator=indicator,
        period=period,
        country=country,
        areas=areas,
        benchmark=benchmark,
        language=language,
    )


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
    return _shown(
        overview,
        run_id,
        _of_round(run_id, country, period),
        period=period,
        country=country,
        areas=areas,
        benchmark=benchmark,
        language=language,
    )


def history_of(
    run_id: str, indicator: str, *, country: str, areas: tuple[str, ...] | None, language: str
) -> History:
    """One indicator over all rounds."""
    asked = {"country": country, "areas": areas, "language": language}
    part = _of_country(run_id, country, indicator)
    return _shown(history, run_id, part, indicator=indicator, **asked)


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
    asked = {"component": component, "period": period, "country": country, "areas": areas}
    part = _of_round(run_id, country, period)
    return _shown(_viewed(city_order), run_id, part, **asked, language=language)


def pair_changes_of(
    run_id: str, period: str, *, country: str, areas: tuple[str, ...] | None, language: str
) -> PairChanges | None:
    """How often the order of each pair of cities changes."""
    asked = {"period": period, "country": country, "areas": areas, "language": language}
    return _shown(_viewed(pair_changes), run_id, _of_round(run_id, country, period), **asked)


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
    asked = {"period": period, "country": country, "areas": areas, "language": language}
    part = _of_round(run_id, country, period)
    return _shown(_viewed(_reweighted), run_id, part, **asked, factors=factors)


def indicators_of(run_id: str, language: str) -> tuple[IndicatorLine, ...]:
    """The list of indicators."""
    return _shown(indicator_list, run_id, Part(), language=language)


def indicator_of(run_id: str, indicator: str, language: str) -> IndicatorPage:
    """One indicator, with its values in each country's last round."""
    asked = {"indicator": indicator, "language": language}
    part = Part(indicators=(indicator,), groups=False)
    return _shown(indicator_page, run_id, part, **asked)


def _shown(make: Callable[..., Shown], run_id: str, part: Part, **asked: object) -> Shown:
    """What a function of the report layer makes of a part of a run: made once, then kept."""
    return _kept(make.__name__, run_id, tuple(asked.items()), make, part)


@st.cache_resource(show_spinner=False, max_entries=MOST_KEPT)
def _kept(
    name: str, run_id: str, asked: tuple[tuple[str, object], ...], _make: Any, _part: Part
) -> Any:
    """The part follows from what is asked for, and the function is the only one of its name."""
    return _make(_part_of(run_id, _part), catalogue(), **dict(asked))


@st.cache_resource(show_spinner=False, max_entries=MOST_PARTS)
def _part_of(run_id: str, part: Part) -> KeptResults:
    return results_of(run_id).part(part)


def _of_country(run_id: str, country: str, indicator: str) -> Part:
    """What comparisons of one indicator in a country need, whatever the round."""
    return Part(areas=_cities_of(run_id, country), indicators=(indicator,), groups=False)


def _of_round(run_id: str, country: str, period: str) -> Part:
    """What comparisons of a country's cities in one round need."""
    return Part(areas=_cities_of(run_id, country), periods=(period,), groups=False)


@st.cache_resource(show_spinner=False, max_entries=MOST_KEPT)
def _cities_of(run_id: str, country: str) -> tuple[str, ...]:
    areas = results_of(run_id).areas
    return tuple(areas.loc[(areas["level"] == "city") & (areas["country"] == country), "area"])


def _profile(
    results: KeptResults, catalogue: Catalogue, *, area: str, period: str, **asked: str
) -> CityProfile:
    """A city beside the spreads of its country's values, which the country's profiles share."""
    run_id, areas = results.provenance.run_id, results.areas
    country = str(areas.loc[areas["area"] == area, "country"].iloc[0])
    part = _of_round(run_id, country, period)
    spreads = _shown(_spreads, run_id, part, country=country, period=period)
    return city_profile(results, catalogue, area, period, spreads=spreads, **asked)


def _spreads(
    results: KeptResults, catalogue: Catalogue, *, country: str, period: str
) -> dict[str, Spread]:
    return comparable_spreads(View(results, catalogue, "en"), country, period)


def _districts(
    results: KeptResults, catalogue: Catalogue, *, area: str, **asked: str
) -> tuple[DistrictMap, Picture]:
    found = district_map(results, catalogue, area, **asked)
    return found, choropleth(found, outlines_of(results, area))


def _compared(
    results: KeptResults, catalogue: Catalogue, **asked: Any
) -> tuple[CityComparison, Picture | None]:
    found = compare_cities(results, catalogue, **asked)
    return found, funnel(found) if can_funnel(found) else None


def _reweighted(
    view: View, *, factors: tuple[tuple[str, float], ...], **asked: Any
) -> OwnWeights | None:
    return own_weights(view, factors=dict(factors), **asked)


def _viewed(make: Callable[..., Shown]) -> Callable[..., Shown]:
    """The same of results and catalogue for what is made of a view."""

    @wraps(make)
    def made(results: KeptResults, catalogue: Catalogue, *, language: str, **asked: Any) -> Shown:
        return make(View(results, catalogue, language), **asked)

    return made


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


def file_of(run_id: str, country: str, period: str, language: str, path: str) -> bytes:
    """One file of the release of a country's round, made alone."""
    return _release_of(run_id, country, period, language)[path]()


def zip_of(run_id: str, country: str, period: str, language: str) -> bytes:
    """All files of the release in one zip."""
    files = _release_of(run_id, country, period, language)
    return zipped({path: made() for path, made in files.items()})


def _release_of(
    run_id: str, country: str, period: str, language: str
) -> dict[str, Callable[[], bytes]]:
    asked = Part(areas=_cities_of(run_id, country), periods=(period,))
    part = part_of(results_of(run_id).part(asked), country, period)
    return files_on_demand(part, catalogue(), language=language)


@st.cache_resource(show_spinner=False)
def _store(folder: str) -> RunStore:
    return RunStore(Path(folder))
