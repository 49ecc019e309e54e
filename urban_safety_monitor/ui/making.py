"""What pages show is made out of a kept run here: in this process, or in others beside it.

Python computes in one thread of a process at a time. Readers who click together would wait for one
another while the machine has processors to spare, so a server has a few processes that do nothing
but this. What is made follows from its run, so it does not matter which of them makes it.
"""

import gc
import os
import signal
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Lock, Thread
from typing import Any, NamedTuple, TypeVar

from urban_safety_monitor.catalogue import Catalogue, load_catalogue
from urban_safety_monitor.errors import MonitorError
from urban_safety_monitor.report.coverage import coverage
from urban_safety_monitor.report.districts import district_map, mapped, outlines_of
from urban_safety_monitor.report.groups import GroupKind, group_kinds, group_rows
from urban_safety_monitor.report.order import PairChanges, pair_changes
from urban_safety_monitor.report.profile import comparable_spreads, profiled
from urban_safety_monitor.report.records import CityOrder, CityProfile, GroupRow, Spread
from urban_safety_monitor.report.scores import city_order
from urban_safety_monitor.report.view import View
from urban_safety_monitor.report.weights import OwnWeights, own_weights
from urban_safety_monitor.report.wording import SOURCE
from urban_safety_monitor.store import KeptResults, Part, RunStore
from urban_safety_monitor.tables.run import Results
from urban_safety_monitor.ui.outlines import DistrictShapes, district_shapes

Made = TypeVar("Made")

MOST_PARTS = 30
"""Parts of runs whose rows a process keeps, a few megabytes each."""

MOST_PROCESSES = 4

SELDOM = (100_000, 20, 20)
"""How many more objects, and collections of younger ones, call for a garbage collection."""


@dataclass(eq=False)
class Process:
    """One of the processes beside the server, and how many answers it owes."""

    pool: ProcessPoolExecutor
    owed: int = 0


_beside: list[Process] = []
_counting = Lock()


class KeptPart(NamedTuple):
    """A part of a run that is kept in a folder."""

    folder: Path
    run_id: str
    part: Part


class CityPage(NamedTuple):
    """A city's profile, what its groups show, and the indicators that can be mapped."""

    profile: CityProfile
    kinds: tuple[GroupKind, ...]
    mapped: tuple[str, ...]


def processes_here() -> int:
    """How many processes are worth their memory: none beside a single processor."""
    processors = os.cpu_count() or 1
    return 0 if processors == 1 else min(processors, MOST_PROCESSES)


@contextmanager
def processes_beside(number: int, folder: Path) -> Iterator[None]:
    """Let this many processes make what is asked for, ready for the last run of a folder."""
    with ExitStack() as running:
        pools = [running.enter_context(_process()) for _ in range(number)]
        wait([pool.submit(_ready, folder) for pool in pools])
        _beside.extend(map(Process, pools))
        try:
            yield
        finally:
            _beside.clear()


def _process() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, get_context("spawn"), initializer=_begin)


def made(make: Callable[..., Made], source: KeptPart, asked: Mapping[str, Any]) -> Made:
    """What a function of the report layer makes of a part of a run and the catalogue.

    Raises:
        MonitorError: the function's own, or the run cannot be read.
    """
    if not _beside:
        return _made_here(make, source, asked)
    try:
        with _least_busy(source.part) as pool:
            return pool.submit(_made_here, make, source, asked).result()
    except BrokenProcessPool:  # it was killed, say for want of memory
        return _made_here(make, source, asked)


@contextmanager
def _least_busy(part: Part) -> Iterator[ProcessPoolExecutor]:
    """The process that owes least; of several, the one that has read of these cities before."""
    with _counting:
        first = hash(part.areas) % len(_beside)
        process = min([*_beside[first:], *_beside[:first]], key=lambda one: one.owed)
        process.owed += 1
    try:
        yield process.pool
    finally:
        with _counting:
            process.owed -= 1


def _made_here(make: Callable[..., Made], source: KeptPart, asked: Mapping[str, Any]) -> Made:
    return make(_part_of(source), _catalogue(), **asked)


_catalogue = lru_cache(load_catalogue)


@lru_cache(MOST_PARTS)
def _part_of(source: KeptPart) -> KeptResults:
    return _run_of(source.folder, source.run_id).part(source.part)


@lru_cache(MOST_PARTS)
def _view_of(results: KeptResults, language: str) -> View:
    return View(results, _catalogue(), language)


@lru_cache(3)
def _run_of(folder: Path, run_id: str) -> KeptResults:
    return RunStore(folder).open(run_id)


def settle() -> None:
    """Keep all there is now out of garbage collection, and collect seldom from now on.

    With the libraries loaded, and a page's records made by the ten thousand, collecting would take
    a fifth of the time. Records hold no circles: they go when nobody has them any more.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SELDOM)


def _ready(folder: Path) -> None:
    """Do all that only the first page waits for, by making one."""
    _catalogue()
    with suppress(MonitorError):
        run_id = RunStore(folder).latest()
        first = coverage(_run_of(folder, run_id), SOURCE).places[0]
        source = KeptPart(folder, run_id, Part(areas=(first.area,)))
        asked = {"area": first.area, "period": next(iter(first.periods)), "language": SOURCE}
        _made_here(city, source, {**asked, "benchmark": "country_median", "spreads": {}})
    settle()


def _begin() -> None:
    """End with the server, however it ends, and not before it: Ctrl+C is for the server."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_server, daemon=True).start()


def _end_with_server() -> None:
    server = parent_process()
    if server is not None:
        server.join()
    os._exit(0)


def city(
    results: KeptResults,
    catalogue: Catalogue,
    *,
    area: str,
    period: str,
    language: str,
    **asked: Any,
) -> CityPage:
    """What a city's page shows."""
    view = _view_of(results, language)
    return CityPage(
        profiled(view, area, period, **asked),
        group_kinds(view, area, period),
        mapped(view, area, period),
    )


def groups(
    results: Results, catalogue: Catalogue, *, area: str, period: str, language: str
) -> tuple[GroupRow, ...]:
    """Every group of a city."""
    return group_rows(_view_of(results, language), area, period)


def districts(
    results: Results, catalogue: Catalogue, *, area: str, language: str, **asked: str
) -> DistrictShapes:
    """An indicator over a city's districts, as figures and as shapes."""
    found = district_map(_view_of(results, language), area, **asked)
    return district_shapes(found, outlines_of(results, area))


def spreads(
    results: Results, catalogue: Catalogue, *, country: str, period: str
) -> dict[str, Spread]:
    """How the comparable cities' values of a country spread, by indicator."""
    return comparable_spreads(View(results, catalogue, SOURCE), country, period)


def order(results: Results, catalogue: Catalogue, *, language: str, **asked: Any) -> CityOrder:
    """Between which places cities may lie."""
    return city_order(View(results, catalogue, language), **asked)


def pairs(
    results: Results, catalogue: Catalogue, *, language: str, **asked: Any
) -> PairChanges | None:
    """How often the order of each pair of cities changes."""
    return pair_changes(View(results, catalogue, language), **asked)


def reweighted(
    results: Results,
    catalogue: Catalogue,
    *,
    language: str,
    factors: tuple[tuple[str, float], ...],
    **asked: Any,
) -> OwnWeights | None:
    """Overall scores under a reader's own weights."""
    return own_weights(View(results, catalogue, language), factors=dict(factors), **asked)
