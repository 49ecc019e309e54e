"""What readers are likely to ask for is there before they ask, and nobody waits for it."""

import os
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import streamlit as st

from tests.unit.report import factory
from urban_safety_monitor.errors import StoreError
from urban_safety_monitor.store import RunStore
from urban_safety_monitor.tables.run import Results
from urban_safety_monitor.ui import ahead, making, sources
from urban_safety_monitor.ui.ahead import all_made, making_ahead, somebody_asks


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder of which nothing has been asked, and a server that need not wait long."""
    monkeypatch.setenv(sources.DATA_VARIABLE, str(tmp_path))
    monkeypatch.setattr(ahead, "QUIET", 1.0)
    monkeypatch.setattr(ahead, "LOOK", 0.1)
    forget()
    yield tmp_path
    forget()


def forget() -> None:
    st.cache_resource.clear()
    for kept in (making._part_of, making._view_of, making._run_of):
        kept.cache_clear()
    ahead._all_made.clear()


def keep(folder: Path, run_id: str, year: int) -> Results:
    results = factory.make_results(number=2)
    kept = replace(results, provenance=replace(results.provenance, run_id=run_id))
    RunStore(folder).keep(kept, datetime(year, 1, 1, tzinfo=UTC))
    return kept


def damage(folder: Path, run_id: str) -> None:
    for file in (folder / "runs" / run_id).glob("*.parquet"):
        os.truncate(file, 10)
    for kept in (making._part_of, making._view_of, making._run_of):
        kept.cache_clear()
    sources.results_of.clear()


def wait_until_all_made() -> None:
    until = time.monotonic() + 60
    while not all_made():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_profiles_of_the_last_round_need_nothing_more(folder: Path) -> None:
    keep(folder, "first", 2025)
    with making_ahead():
        wait_until_all_made()
    damage(folder, "first")
    for language in ("en", "es"):
        asked = ("first", factory.CITY, factory.PERIOD)
        assert sources.profile_of(*asked, "country_median", language).language == language
        with pytest.raises(StoreError):
            sources.profile_of(*asked, "peers", language)


def test_nothing_is_made_while_somebody_asks(folder: Path) -> None:
    keep(folder, "first", 2025)
    with making_ahead():
        until = time.monotonic() + 3 * ahead.QUIET
        while time.monotonic() < until:
            somebody_asks()
            time.sleep(0.02)
        assert not all_made()
        wait_until_all_made()


def test_a_run_that_is_kept_later_is_made_too(folder: Path) -> None:
    with making_ahead():
        wait_until_all_made()
        keep(folder, "first", 2025)
        until = time.monotonic() + 60
        while all_made():
            assert time.monotonic() < until
            time.sleep(0.01)
        wait_until_all_made()
    damage(folder, "first")
    assert sources.profile_of("first", factory.CITY, factory.PERIOD, "country_median", "en")


def test_it_ends_with_the_server_and_what_was_not_made_is_not_there(folder: Path) -> None:
    keep(folder, "first", 2025)
    with making_ahead():
        assert "ahead" in names_of_threads()
    assert "ahead" not in names_of_threads()
    damage(folder, "first")
    with pytest.raises(StoreError):
        sources.profile_of("first", factory.CITY, factory.PERIOD, "country_median", "en")


def names_of_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate()]
