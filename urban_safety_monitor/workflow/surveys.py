"""Estimates straight from a source's files: read, check, estimate, withhold."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import pandas as pd
from pandera.typing.pandas import DataFrame

from urban_safety_monitor.catalogue import Catalogue, load_recipe
from urban_safety_monitor.catalogue.indicator import Indicator
from urban_safety_monitor.catalogue.measures import Rate, RecordedShare, RecordedValue
from urban_safety_monitor.engines import EngineName, columns_needed, psu_totals
from urban_safety_monitor.engines.query import columns_of_groups
from urban_safety_monitor.errors import CatalogueError
from urban_safety_monitor.intake import Intake, apply_recipe, require_accepted
from urban_safety_monitor.intake.known import NOTHING, Known
from urban_safety_monitor.pipeline.disclose import disclose
from urban_safety_monitor.pipeline.estimate import estimate
from urban_safety_monitor.pipeline.recorded import estimate_recorded, series_of
from urban_safety_monitor.statistics.linearisation import LonelyPsu
from urban_safety_monitor.tables import Administrative, Estimates, checked
from urban_safety_monitor.tables.inputs import TOTAL
from urban_safety_monitor.tables.totals import PsuTotals

RECORDED = (Rate, RecordedShare, RecordedValue)


@dataclass(frozen=True)
class Wanted:
    """Which estimates are asked for: nothing named means every indicator, for everybody."""

    indicators: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    lonely_psu: LonelyPsu = "adjust"


def check_files(
    files: Sequence[Path],
    recipe_name: str,
    catalogue: Catalogue,
    known: Known = NOTHING,
    *,
    drop: Sequence[str] = (),
) -> Intake:
    """Read files by a recipe and say everything that is wrong with them; nothing is kept.

    Columns to `drop` are left out before anything else looks at them.
    """
    recipe, _ = load_recipe(recipe_name, catalogue)
    return apply_recipe(recipe, catalogue, files, known, drop=drop)


def estimate_files(
    files: Sequence[Path],
    recipe_name: str,
    catalogue: Catalogue,
    wanted: Wanted,
    engine: EngineName = "duckdb",
    *,
    drop: Sequence[str] = (),
) -> DataFrame[Estimates]:
    """Estimates from the files of one source, without columns to `drop`.

    Raises:
        CatalogueError: an indicator or disaggregation is unknown, or needs what the recipe lacks.
        DataError: the files have problems that must be fixed.
        DesignError: a stratum has one PSU and the rule is `fail`.
    """
    recipe, extended = load_recipe(recipe_name, catalogue)
    table = require_accepted(apply_recipe(recipe, catalogue, files, drop=drop))
    if recipe.holds == "administrative":
        return _recorded(checked(Administrative, table), extended, wanted)
    chosen = chosen_for(table, extended, wanted)
    totals = psu_totals(table, extended, chosen, wanted.by, engine)
    return shown_estimates(totals, chosen, extended, wanted)


def chosen_for(microdata: pd.DataFrame, catalogue: Catalogue, wanted: Wanted) -> list[Indicator]:
    """The survey indicators asked for that these answers bear on.

    Raises:
        CatalogueError: an indicator or disaggregation is unknown or not possible here.
    """
    columns = set(microdata.columns)
    surveyed = [i for i in catalogue.indicators.values() if i.from_survey]
    possible = [i for i in surveyed if _answered(i, columns)]
    groups = {n for n, d in catalogue.disaggregations.items() if columns_of_groups(d) & columns}
    return select(catalogue, wanted, possible, groups)


def shown_estimates(
    totals: PsuTotals, chosen: Sequence[Indicator], catalogue: Catalogue, wanted: Wanted
) -> DataFrame[Estimates]:
    """Estimates from totals, with what could identify people withheld."""
    shown = disclose(estimate(totals, chosen, wanted.lonely_psu).estimates, catalogue)
    return _collected(shown, wanted)


def _recorded(
    records: DataFrame[Administrative], catalogue: Catalogue, wanted: Wanted
) -> DataFrame[Estimates]:
    """Estimates from recorded figures, by any disaggregation the figures themselves have."""
    there = set(records["series"])
    measured = [i for i in catalogue.indicators.values() if isinstance(i.measure, RECORDED)]
    possible = [i for i in measured if set(series_of(i)) <= there]
    chosen = select(catalogue, wanted, possible, set(records["disaggregation"]) - {TOTAL})
    return _collected(estimate_recorded(records, chosen), wanted)


def select(
    catalogue: Catalogue, wanted: Wanted, possible: Sequence[Indicator], groups: set[str]
) -> list[Indicator]:
    """Indicators asked for, each by the disaggregations asked for."""
    problems = list(_not_possible(catalogue, wanted, {i.id for i in possible}, groups))
    if problems:
        raise CatalogueError(problems)
    chosen = [i for i in possible if not wanted.indicators or i.id in wanted.indicators]
    return [i.model_copy(update={"disaggregations": wanted.by}) for i in chosen]


def _not_possible(
    catalogue: Catalogue, wanted: Wanted, possible: set[str], groups: set[str]
) -> Iterator[str]:
    for name in wanted.indicators:
        if name not in catalogue.indicators:
            near = get_close_matches(name, catalogue.indicators, 1)
            hint = f"did you mean {near[0]}?" if near else "see usm indicators"
            yield f"indicator {name!r}: not in the catalogue; {hint}"
        elif name not in possible:
            yield f"indicator {name!r}: this source has no answers for it"
    for name in wanted.by:
        if name not in groups:
            known = ", ".join(sorted(groups)) or "none"
            yield f"disaggregation {name!r}: not possible here; possible are {known}"


def _answered(indicator: Indicator, columns: set[str]) -> bool:
    weights = {"weight_person", "weight_household"}
    return bool((columns_needed(indicator) - weights) & columns)


def _collected(estimates: pd.DataFrame, wanted: Wanted) -> DataFrame[Estimates]:
    """Estimates that are there, by what was asked for."""
    asked = estimates["disaggregation"].isin(["total", *wanted.by])
    there = (estimates["obs_status"] != "x") | (estimates["conf_status"] == "C")
    return checked(Estimates, estimates[asked & there].reset_index(drop=True))
