"""Estimates straight from a source's files: read, check, estimate, withhold."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import pandas as pd
from pandera.typing.pandas import DataFrame

from urban_safety_monitor.catalogue import Catalogue, load_recipe
from urban_safety_monitor.catalogue.indicator import Indicator
from urban_safety_monitor.catalogue.measures import (
    Gap,
    Rate,
    RateRatio,
    RecordedShare,
    RecordedValue,
    Total,
)
from urban_safety_monitor.catalogue.recipe import Column, Recipe
from urban_safety_monitor.engines import EngineName, columns_needed
from urban_safety_monitor.engines.query import columns_of_groups
from urban_safety_monitor.engines.replicates import Summed
from urban_safety_monitor.errors import CatalogueError
from urban_safety_monitor.intake import Intake, apply_recipe, require_accepted
from urban_safety_monitor.intake.known import NOTHING, Known
from urban_safety_monitor.intake.steps import Tell, unheard
from urban_safety_monitor.pipeline.disclose import disclose
from urban_safety_monitor.pipeline.estimate import estimate
from urban_safety_monitor.pipeline.precision import USUAL, Precision
from urban_safety_monitor.pipeline.recorded import estimate_recorded, series_of
from urban_safety_monitor.pipeline.standardised import StandardPopulation, withhold_few
from urban_safety_monitor.statistics.linearisation import LonelyPsu
from urban_safety_monitor.tables import Administrative, Estimates, checked
from urban_safety_monitor.tables.csv_text import csv_text
from urban_safety_monitor.tables.inputs import TOTAL
from urban_safety_monitor.tables.totals import PsuTotals
from urban_safety_monitor.workflow.sampling import AS_IT_IS, Asked, sample_of, totals_of
from urban_safety_monitor.workflow.weighting import Weighted, weighted_surveys

NOTHING_GIVEN: Mapping[str, str] = {}
RECORDED = (Rate, RateRatio, RecordedShare, RecordedValue)


@dataclass(frozen=True)
class Wanted:
    """Which estimates are asked for: nothing named means every indicator, for everybody.

    `precision` is how their precision is said, `sample` what is chosen for the sample beside its
    recipe, `standard` the population they are standardised to, if they are.
    """

    indicators: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    lonely_psu: LonelyPsu = "adjust"
    precision: Precision = USUAL
    sample: Asked = AS_IT_IS
    standard: StandardPopulation | None = None

    @property
    def summed_by(self) -> tuple[str, ...]:
        """Disaggregations that totals are needed by."""
        if self.standard is None:
            return self.by
        return (*self.by, self.standard.disaggregation, *map(self.standard.within, self.by))

    def said_with(self, estimates: pd.DataFrame) -> pd.DataFrame:
        """Estimates with columns that name what is not as usual."""
        usual, chosen = vars(USUAL), vars(self.precision)
        named = {"interval": "interval", "level": "level", "design_effect": "design_effect_against"}
        other = {column: chosen[key] for key, column in named.items() if chosen[key] != usual[key]}
        if self.sample.replicates:
            other["replicates"] = self.sample.replicates.method
        if self.standard:
            other["standardised_by"] = self.standard.disaggregation
        return estimates.assign(**other)


def check_files(
    files: Sequence[Path],
    recipe_name: str,
    catalogue: Catalogue,
    known: Known = NOTHING,
    *,
    drop: Sequence[str] = (),
    given: Mapping[str, str] = NOTHING_GIVEN,
    tell: Tell = unheard,
) -> Intake:
    """Read files by a recipe and say everything that is wrong with them; nothing is kept.

    Columns to `drop` are left out before anything else looks at them. What is `given`, such as
    `{"period": "2026-Q1"}`, holds for every record where the recipe has no column for it.
    Whoever waits is told each step.
    """
    recipe = completed(load_recipe(recipe_name, catalogue)[0], given)
    return apply_recipe(recipe, catalogue, files, known, drop=drop, tell=tell)


def estimate_files(
    files: Sequence[Path],
    recipe_name: str,
    catalogue: Catalogue,
    wanted: Wanted,
    engine: EngineName = "duckdb",
    *,
    drop: Sequence[str] = (),
    given: Mapping[str, str] = NOTHING_GIVEN,
) -> DataFrame[Estimates]:
    """Estimates from the files of one source, without columns to `drop`, with what is `given`.

    Raises:
        CatalogueError: an indicator or disaggregation is unknown, or needs what the recipe lacks.
        DataError: the files have problems that must be fixed.
        DesignError: a stratum has one PSU and the rule is `fail`.
    """
    found = check_files(files, recipe_name, catalogue, drop=drop, given=given)
    return estimates_of(found, catalogue, wanted, engine)


def estimates_of(
    intake: Intake, catalogue: Catalogue, wanted: Wanted, engine: EngineName = "duckdb"
) -> DataFrame[Estimates]:
    """Estimates from files that were read and checked; the catalogue is that of the check.

    Raises:
        CatalogueError: an indicator or disaggregation is unknown, or needs what the recipe lacks.
        DataError: the files have problems that must be fixed.
        DesignError: a stratum has one PSU and the rule is `fail`, or the sample cannot carry the
            replicates or the weighting asked for.
    """
    table = require_accepted(intake)
    extended = catalogue.with_recipe(intake.recipe)
    if intake.recipe.holds == "administrative":
        if wanted.standard:
            raise CatalogueError("recorded rates name their standard in their own declaration")
        return _recorded(checked(Administrative, table), extended, wanted)
    chosen = chosen_for(table, extended, wanted)
    sample = sample_of(table, intake.recipe, extended, wanted.sample)
    totals = totals_of([sample], Summed(extended, chosen, wanted.summed_by, engine))
    return shown_estimates(totals, chosen, extended, wanted)


def completed(recipe: Recipe, given: Mapping[str, str]) -> Recipe:
    """The recipe with what is given, by canonical column, for all that it does not map itself.

    A recipe of our own questionnaire maps every column of its own name, and is left as it is.
    """
    if recipe.codebook:
        return recipe
    added = {name: Column(constant=text) for name, text in given.items()}
    return recipe.model_copy(update={"columns": added | recipe.columns})


def weigh_files(
    files: Sequence[Path],
    recipe_name: str,
    catalogue: Catalogue,
    asked: Asked,
    output: Path | None = None,
) -> Weighted:
    """Trim and calibrate the weights of a survey's files, and write them where wanted.

    Raises:
        CatalogueError: the recipe does not hold.
        DataError: the files or the margins have problems that must be fixed.
        DesignError: bounds cannot be kept.
    """
    recipe, extended = load_recipe(recipe_name, catalogue)
    table = require_accepted(apply_recipe(recipe, catalogue, files))
    assert asked.weighting is not None
    found = weighted_surveys(table, asked.weighting, asked.base, extended)
    if output is not None:
        columns = ["area", "period", "person", "weight_person"]
        made = table[columns].assign(weight_trimmed=found.trimmed, weight_calibrated=found.weights)
        output.write_text(csv_text(made), encoding="utf-8")
    return found


def chosen_for(microdata: pd.DataFrame, catalogue: Catalogue, wanted: Wanted) -> list[Indicator]:
    """The survey indicators asked for that these answers bear on.

    Raises:
        CatalogueError: an indicator or disaggregation is unknown or not possible here.
    """
    columns = set(microdata.columns)
    surveyed = [i for i in catalogue.indicators.values() if i.from_survey]
    possible = [i for i in surveyed if _answered(i, columns)]
    groups = {n for n, d in catalogue.disaggregations.items() if columns_of_groups(d) & columns}
    if wanted.standard:
        _refuse_standard(wanted.standard, wanted.by, groups)
        possible = [i for i in possible if not isinstance(i.measure, Gap | Total)]
    return select(catalogue, wanted, possible, groups)


def _refuse_standard(
    standard: StandardPopulation, shown_by: Sequence[str], groups: set[str]
) -> None:
    """A standard by what the answers do not tell, or by what estimates are shown by anyway."""
    by = standard.disaggregation.split("*")
    problems = [f"standard by {n!r}: these answers do not tell it" for n in by if n not in groups]
    problems += [
        f"disaggregation {name!r}: the standard is by it; leave it out of one of them"
        for name in shown_by
        if name in by
    ]
    if problems:
        raise CatalogueError(problems)


def shown_estimates(
    totals: PsuTotals, chosen: Sequence[Indicator], catalogue: Catalogue, wanted: Wanted
) -> DataFrame[Estimates]:
    """Estimates from totals, with what could identify people withheld."""
    standard = wanted.standard
    surveyed = estimate(totals, chosen, wanted.lonely_psu, wanted.precision, standard).estimates
    shown = disclose(surveyed, catalogue, psu_totals=totals).estimates
    if standard:
        shown = withhold_few(shown, totals, standard, catalogue)
    return _collected(shown, wanted)


def _recorded(
    records: DataFrame[Administrative], catalogue: Catalogue, wanted: Wanted
) -> DataFrame[Estimates]:
    """Estimates from recorded figures, by any disaggregation the figures themselves have."""
    there = set(records["series"])
    measured = [i for i in catalogue.indicators.values() if isinstance(i.measure, RECORDED)]
    possible = [i for i in measured if set(series_of(i)) <= there]
    chosen = select(catalogue, wanted, possible, set(records["disaggregation"]) - {TOTAL})
    return _collected(estimate_recorded(records, chosen, wanted.precision.level), wanted)


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
