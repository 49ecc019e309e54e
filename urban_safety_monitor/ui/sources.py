"""What pages show, fetched or made once: runs, profiles, comparisons, indicators.

A run never changes, so everything is kept by run id and never by a frame: Streamlit hashes large
frames by a sample only, and a changed frame could be taken for the old one.
"""

import inspect
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd
import streamlit as st
from pandera.typing.pandas import DataFrame

from urban_safety_monitor.catalogue import Catalogue, load_catalogue
from urban_safety_monitor.catalogue.load import shipped
from urban_safety_monitor.errors import StoreError
from urban_safety_monitor.report.charts.funnel import can_funnel, funnel
from urban_safety_monitor.report.charts.style import Picture
from urban_safety_monitor.report.comparison import compare_cities
from urban_safety_monitor.report.coverage import Coverage, coverage
from urban_safety_monitor.report.groups import GroupKind
from urban_safety_monitor.report.history import History, history
from urban_safety_monitor.report.indicators import (
    IndicatorLine,
    IndicatorPage,
    indicator_list,
    indicator_page,
    last_rounds,
)
from urban_safety_monitor.report.knowledge import KnowledgeSystem, knowledge_system
from urban_safety_monitor.report.order import PairChanges
from urban_safety_monitor.report.overview import Overview, overview
from urban_safety_monitor.report.records import (
    CityComparison,
    CityOrder,
    CityProfile,
    FullProfile,
    GroupRow,
)
from urban_safety_monitor.report.release import files_on_demand, part_of, zipped
from urban_safety_monitor.report.weights import OwnWeights
from urban_safety_monitor.report.wording import LOCALES, SOURCE, completeness
from urban_safety_monitor.store import KeptResults, Part, RunStore
from urban_safety_monitor.tables import Areas
from urban_safety_monitor.ui import making
from urban_safety_monitor.ui.outlines import DistrictShapes
from urban_safety_monitor.workflow.templates import read_areas

Shown = TypeVar("Shown")

MOST_KEPT = 1500
"""Profiles, comparisons and the like that are kept; the oldest goes first."""

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
    return _city_page(run_id, **asked).profile


def group_kinds_of(profile: CityProfile) -> tuple[GroupKind, ...]:
    """What the groups of a profile's city show."""
    return _city_page(profile.provenance.run_id, **_asked_for(profile)).kinds


def mapped_in(profile: CityProfile) -> tuple[str, ...]:
    """Indicators that can be mapped over the districts of a profile's city."""
    return _city_page(profile.provenance.run_id, **_asked_for(profile)).mapped


def _asked_for(profile: CityProfile) -> dict[str, str]:
    return {name: getattr(profile, name) for name in ("area", "period", "benchmark", "language")}


def groups_of(profile: CityProfile) -> tuple[GroupRow, ...]:
    """Every group of a profile's city."""
    asked = {name: getattr(profile, name) for name in ("area", "period", "language")}
    part = Part(areas=(profile.area,))
    return _shown(making.groups, profile.provenance.run_id, part, **asked)


def full(profile: CityProfile) -> FullProfile:
    """A profile as files hold it."""
    return profile.with_groups(groups_of(profile))


def _city_page(run_id: str, *, area: str, period: str, **asked: str) -> making.CityPage:
    """A profile stands beside the spreads of its country's values, which are made once for all."""
    country = coverage_of(run_id, SOURCE).place(area).country
    of_country = {"country": country, "period": period}
    spreads = _shown(making.spreads, run_id, _of_round(run_id, **of_country), **of_country)
    make = partial(making.city, spreads=spreads)
    return _shown(make, run_id, Part(areas=(area,)), area=area, period=period, **asked)


def knowledge_of(run_id: str, area: str, language: str) -> KnowledgeSystem:
    """What a city knows of its safety."""
    return _shown(knowledge_system, run_id, Part(areas=(area,)), area=area, language=language)


def districts_of(
    run_id: str, area: str, period: str, indicator: str, language: str
) -> DistrictShapes:
    """An indicator over a city's districts, as figures and as shapes."""
    asked = {"area": area, "period": period, "indicator": indicator, "language": language}
    return _shown(making.districts, run_id, Part(areas=(area,)), **asked)


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
    return _shown(
        compare_cities,
        run_id,
        _of_round(run_id, country, period)._replace(indicators=(indicator,)),
        indicator=indicator,
        period=period,
        country=country,
        areas=areas,
        benchmark=benchmark,
        language=language,
    )


def funnel_of(comparison: CityComparison) -> Picture | None:
    """The funnel of a comparison of enough cities."""
    if not can_funnel(comparison):
        return None
    names = ("indicator", "country", "period", "benchmark", "language")
    asked = [comparison.provenance.run_id, *(getattr(comparison, name) for name in names)]
    return _funnel((*asked, *(row.area for row in comparison.rows)), comparison)


@st.cache_resource(show_spinner=False, max_entries=MOST_KEPT)
def _funnel(asked: tuple[str, ...], _comparison: CityComparison) -> Picture:
    return funnel(_comparison)


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
    return _shown(making.order, run_id, part, **asked, language=language)


def pair_changes_of(
    run_id: str, period: str, *, country: str, areas: tuple[str, ...] | None, language: str
) -> PairChanges | None:
    """How often the order of each pair of cities changes."""
    asked = {"period": period, "country": country, "areas": areas, "language": language}
    return _shown(making.pairs, run_id, _of_round(run_id, country, period), **asked)


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
    return _shown(making.reweighted, run_id, part, **asked, factors=factors)


def indicators_of(run_id: str, language: str) -> tuple[IndicatorLine, ...]:
    """The list of indicators."""
    return _shown(indicator_list, run_id, Part(), language=language)


def indicator_of(run_id: str, indicator: str, language: str) -> IndicatorPage:
    """One indicator, with its values in each country's last round."""
    asked = {"indicator": indicator, "language": language}
    rounds = sorted(set(last_rounds(results_of(run_id), indicator).values()))
    part = Part(periods=tuple(rounds), indicators=(indicator,), groups=False)
    return _shown(indicator_page, run_id, part, **asked)


def _shown(make: Callable[..., Shown], run_id: str, part: Part, **asked: object) -> Shown:
    """What a function makes of a part of a run: made once for what is asked, then kept.

    The part, and what a partial function is given already, follow from what is asked for.
    """
    name = getattr(make, "func", make).__qualname__
    source = making.KeptPart(data_folder(), run_id, part)
    return _kept(name, run_id, tuple(asked.items()), partial(making.made, make, source, asked))


@st.cache_resource(show_spinner=False, max_entries=MOST_KEPT)
def _kept(
    name: str, run_id: str, asked: tuple[tuple[str, object], ...], _make_it: Callable[[], Any]
) -> Any:
    """The function is the only one of its name."""
    return _make_it()


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
