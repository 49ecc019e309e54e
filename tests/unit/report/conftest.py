"""Profiles of the made results; they are frozen, so all tests may share them."""

from dataclasses import replace
from functools import cache

import pytest

from tests.unit.report import factory
from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.report.profile import city_profile
from urban_safety_monitor.report.records import CityProfile
from urban_safety_monitor.report.scorecard import scorecard_pdf
from urban_safety_monitor.tables.run import Results


@cache
def _results() -> Results:
    return factory.make_results()


@cache
def _profile(language: str) -> CityProfile:
    return city_profile(
        _results(), factory.catalogue(), factory.CITY, factory.PERIOD, language=language
    )


@cache
def _pdf(language: str) -> bytes:
    return scorecard_pdf(_profile(language))


@pytest.fixture
def results() -> Results:
    return _results()


@pytest.fixture
def catalogue() -> Catalogue:
    return factory.catalogue()


@pytest.fixture
def profile() -> CityProfile:
    return _profile("en")


@pytest.fixture(params=["en", "es"])
def profile_in(request: pytest.FixtureRequest) -> CityProfile:
    return _profile(request.param)


@pytest.fixture
def pdf_in(profile_in: CityProfile) -> bytes:
    """The scorecard of `profile_in`."""
    return _pdf(profile_in.language)


@pytest.fixture
def short(profile: CityProfile) -> CityProfile:
    """The profile with a handful of rows, where drawing them all would only take time."""
    return replace(profile, rows=profile.rows[:6])
