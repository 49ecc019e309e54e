"""Totals instead of records: computed where the records are held, added up where they are not."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from pandera.typing.pandas import DataFrame

from urban_safety_monitor.catalogue import Catalogue, load_recipe
from urban_safety_monitor.catalogue.indicator import Indicator
from urban_safety_monitor.catalogue.recipe import Recipe
from urban_safety_monitor.engines import EngineName, psu_totals
from urban_safety_monitor.engines.exchange import MadeFrom, read_totals, write_totals
from urban_safety_monitor.engines.stages import staged
from urban_safety_monitor.errors import DataError
from urban_safety_monitor.intake import apply_recipe, require_accepted
from urban_safety_monitor.pipeline.replicates import with_replicates
from urban_safety_monitor.tables import Estimates
from urban_safety_monitor.tables.totals import PsuTotals
from urban_safety_monitor.workflow.runs import program_version
from urban_safety_monitor.workflow.surveys import (
    NOTHING_GIVEN,
    Wanted,
    chosen_for,
    completed,
    select,
    shown_estimates,
)


def totals_file(
    files: Sequence[Path],
    recipe_name: str,
    catalogue: Catalogue,
    wanted: Wanted,
    output: Path,
    *,
    engine: EngineName = "duckdb",
    drop: Sequence[str] = (),
    given: Mapping[str, str] = NOTHING_GIVEN,
) -> PsuTotals:
    """Sum the files of one survey by sampling unit and write the totals.

    Columns to `drop` are left out before anything else looks at them; what is `given` holds for
    every record where the recipe has no column for it.

    Raises:
        CatalogueError: an indicator or disaggregation is unknown, or needs what the recipe lacks.
        DataError: the files have problems that must be fixed, or hold no survey.
    """
    recipe, extended = load_recipe(recipe_name, catalogue)
    if recipe.holds != "microdata":
        raise DataError(
            f"recipe {recipe_name} reads recorded figures, which have no sampling units; "
            "give the files of a survey"
        )
    recipe = completed(recipe, given)
    table = require_accepted(apply_recipe(recipe, catalogue, files, drop=drop))
    chosen = chosen_for(table, extended, wanted)
    _refuse_replicate_weights(recipe)
    records = staged(table, second_stage=False).records
    totals = psu_totals(records, extended, chosen, wanted.by, engine)
    made_from = MadeFrom(
        catalogue.sha256,
        _definitions_sha256(chosen, extended, wanted),
        program_version(),
        recipe_name,
        wanted.by,
    )
    write_totals(totals, made_from, output)
    return totals


def estimate_totals(
    paths: Sequence[Path], catalogue: Catalogue, wanted: Wanted
) -> DataFrame[Estimates]:
    """Estimates from files of totals, as if the records behind all of them were here.

    Raises:
        CatalogueError: an indicator or disaggregation was not summed.
        DataError: a file is no totals file, files do not belong together, or they were made with
            another catalogue or version than these.
        DesignError: a stratum has one PSU and the rule is `fail`.
    """
    totals, made_from = read_totals(paths)
    _refuse_others(made_from, catalogue)
    recipe, extended = load_recipe(made_from.recipe, catalogue)
    declared = wanted.sample.replicates or recipe.design.replicates
    if declared:
        totals = with_replicates(totals, declared)
    summed = [
        extended.indicators[name] for name in dict.fromkeys(t.indicator for t in totals.terms)
    ]
    asked = replace(wanted, by=wanted.by or made_from.disaggregations)
    chosen = select(extended, asked, summed, set(made_from.disaggregations))
    return shown_estimates(totals, chosen, extended, asked)


def _refuse_replicate_weights(recipe: Recipe) -> None:
    if recipe.design.replicates and recipe.design.replicates.columns is not None:
        raise DataError(
            f"recipe {recipe.id}: errors come from the file's replicate weights, which totals do "
            "not hold; estimate where the answers are"
        )


def _definitions_sha256(chosen: Sequence[Indicator], catalogue: Catalogue, wanted: Wanted) -> str:
    groups = [catalogue.disaggregations[name] for name in wanted.by]
    texts = [declared.model_dump_json() for declared in (*chosen, *groups)]
    return sha256("\n".join(texts).encode()).hexdigest()


def _refuse_others(made_from: MadeFrom, catalogue: Catalogue) -> None:
    problems = []
    if made_from.catalogue_sha256 != catalogue.sha256:
        problems.append(
            f"the totals were made with catalogue {made_from.catalogue_sha256[:12]}, this is "
            f"{catalogue.sha256[:12]}; name the one they were made with by --catalogue"
        )
    if made_from.version != program_version():
        problems.append(
            f"the totals were made by version {made_from.version} of this program, this is "
            f"{program_version()}; make them again, or estimate with that version"
        )
    if problems:
        raise DataError(problems)
