"""What readers are likely to ask for is made while nobody asks for anything.

Twenty people in one room who open twenty pages in the same instant would wait for one another. A
server that has stood for a while has the last round ready: every city's profile, every country's
overview, every indicator's page.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from itertools import islice
from threading import Event, Thread

from urban_safety_monitor.errors import MonitorError
from urban_safety_monitor.report.wording import LOCALES, completeness
from urban_safety_monitor.ui.making import settle
from urban_safety_monitor.ui.mapping import first_of
from urban_safety_monitor.ui.pages.city import groups_and_changes, indicator_lines
from urban_safety_monitor.ui.sources import (
    coverage_of,
    districts_of,
    indicator_of,
    indicators_of,
    latest_run,
    mapped_in,
    overview_of,
    profile_of,
)
from urban_safety_monitor.ui.visit import Visit

QUIET = 10.0
"""Seconds without a reader before anything is made."""

LOOK = 10.0
"""Seconds between looks for a new run."""

MOST = 800
"""Pages made ahead, less than a megabyte each."""

BENCHMARK = "country_median"
"""What pages compare with where nobody chose anything else."""

_somebody_asks, _all_made, _ended = Event(), Event(), Event()


@contextmanager
def making_ahead() -> Iterator[None]:
    """Do so in a thread of its own."""
    _ended.clear()
    somebody_asks()  # a server that has just started is about to be asked
    thread = Thread(target=_make_ahead, name="ahead", daemon=True)
    thread.start()
    try:
        yield
    finally:
        _ended.set()
        somebody_asks()  # ends its waiting
        thread.join()


def somebody_asks() -> None:
    """Say that a reader is waiting."""
    _somebody_asks.set()


def all_made() -> bool:
    """Whether nothing is left to be made."""
    return _all_made.is_set()


def _make_ahead() -> None:
    """Make what is likely of each new run."""
    made = ""
    while not _ended.is_set():
        with suppress(MonitorError):
            if (run_id := latest_run()) != made:
                _all_made.clear()
                _make_of(run_id)
                made = run_id
        _all_made.set()
        _ended.wait(LOOK)


def _make_of(run_id: str) -> None:
    for make in islice(_likely(run_id), MOST):
        _wait_for_quiet()
        if _ended.is_set():
            return
        with suppress(MonitorError):  # said to those who ask for it
            make()
    settle()


def _wait_for_quiet() -> None:
    while _somebody_asks.is_set() and not _ended.is_set():
        _somebody_asks.clear()
        _somebody_asks.wait(QUIET)


def _likely(run_id: str) -> Iterator[Callable[[], object]]:
    """Makers of pages: overviews, indicators and then cities, language by language."""
    for language in (name for name in LOCALES if completeness(name) == 1):
        coverage = coverage_of(run_id, language)
        for country in coverage.countries:
            period = next(iter(coverage.periods_of(country)))
            yield partial(
                overview_of,
                run_id,
                period,
                country=country,
                areas=None,
                benchmark=BENCHMARK,
                language=language,
            )
        for line in indicators_of(run_id, language):
            yield partial(indicator_of, run_id, line.indicator, language)
        for place in coverage.places:
            period = next(iter(place.periods))
            yield partial(_make_profile, Visit(language, run_id), place.area, period)


def _make_profile(visit: Visit, area: str, period: str) -> None:
    profile = profile_of(visit.run_id, area, period, BENCHMARK, visit.language)
    indicator_lines(visit, profile)
    groups_and_changes(visit, profile)
    if names := mapped_in(profile):
        districts_of(visit.run_id, area, period, first_of(names), visit.language)
