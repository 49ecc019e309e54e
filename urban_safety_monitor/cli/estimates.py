"""Estimates from survey files, and from totals where the files stay with their holder."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from urban_safety_monitor.cli.options import (
    CatalogueFolder,
    DropColumns,
    Format,
    LonelyPsu,
    Recipe,
    Round,
    Shown,
)
from urban_safety_monitor.cli.printing import print_table
from urban_safety_monitor.cli.surroundings import catalogue_in, given_by
from urban_safety_monitor.errors import DesignError


class Engine(StrEnum):
    """What sums the records."""

    DUCKDB = "duckdb"
    SPARK = "spark"
    POSTGRES = "postgres"


class Interval(StrEnum):
    """Intervals of shares: `settled` is Wilson's as ADR 12 has it, the others are as R's."""

    SETTLED = "settled"
    WILSON = "wilson"
    KORN_GRAUBARD = "korn-graubard"
    LOGIT = "logit"
    ARCSINE = "arcsine"
    LIKELIHOOD = "likelihood"
    SYMMETRIC = "symmetric"


class AgainstSampling(StrEnum):
    """The simple random sample that a design effect compares with."""

    WITH = "with-replacement"
    WITHOUT = "without-replacement"


class ReplicateMethod(StrEnum):
    """Replicates that can be made from sampling units."""

    JACKKNIFE = "jackknife"
    BRR = "brr"
    FAY = "fay"
    BOOTSTRAP = "bootstrap"


Indicators = Annotated[
    list[str] | None, typer.Option("--indicator", help="Only this indicator; may be repeated.")
]
Groups = Annotated[
    list[str] | None, typer.Option("--by", help="Also by this disaggregation; may be repeated.")
]
SummedBy = Annotated[
    Engine, typer.Option("--engine", help="What sums the records; the results are the same.")
]


def estimate(  # noqa: PLR0913 an argument per option
    files: Annotated[list[Path], typer.Argument(help="The files of one survey, or of totals.")],
    *,
    recipe: Annotated[
        str | None,
        typer.Option(help="Id of a recipe (see indicators/recipes), or a .toml file."),
    ] = None,
    from_totals: Annotated[
        bool, typer.Option("--from-totals", help="The files are totals that usm totals wrote.")
    ] = False,
    catalogue: CatalogueFolder = None,
    drop_columns: DropColumns = None,
    period: Round = None,
    indicator: Indicators = None,
    by: Groups = None,
    lonely_psu: Annotated[
        LonelyPsu, typer.Option(help="Treatment of strata with one sampled PSU.")
    ] = LonelyPsu.ADJUST,
    interval: Annotated[
        Interval, typer.Option(help="Interval of shares; all others have Student's.")
    ] = Interval.SETTLED,
    level: Annotated[
        float, typer.Option(min=0.5, max=0.999, help="Confidence level of the intervals.")
    ] = 0.95,
    design_effect: Annotated[
        AgainstSampling, typer.Option(help="The simple random sample it compares with.")
    ] = AgainstSampling.WITH,
    replicates: Annotated[
        ReplicateMethod | None, typer.Option(help="Errors from replicates made of sampling units.")
    ] = None,
    replicate_number: Annotated[
        int, typer.Option(min=2, help="How many replicates a bootstrap makes.")
    ] = 500,
    kept: Annotated[
        float, typer.Option(min=0.0, max=0.999, help="Factor left-out units keep (fay).")
    ] = 0.0,
    seed: Annotated[int, typer.Option(min=0, help="Of the bootstrap.")] = 0,
    weighting: Annotated[
        Path | None, typer.Option(help="How to trim and calibrate the weights (TOML).")
    ] = None,
    standard: Annotated[
        Path | None,
        typer.Option(help="Standard population (CSV): estimates as if all areas had its make-up."),
    ] = None,
    engine: SummedBy = Engine.DUCKDB,
    shown: Shown = Format.TABLE,
) -> None:
    """Estimate indicators from survey files or their totals, each with its uncertainty.

    Example: `usm estimate answers.csv roster.csv --recipe mx-ensu-2015
    --indicator unsafe_city --by sex`, or `usm estimate --from-totals one.parquet other.parquet`
    """
    from urban_safety_monitor.pipeline.precision import Precision
    from urban_safety_monitor.workflow import Wanted, estimate_files
    from urban_safety_monitor.workflow.sampling import asked_for
    from urban_safety_monitor.workflow.standard import read_standard
    from urban_safety_monitor.workflow.totals import estimate_totals

    if from_totals == (recipe is not None):
        raise typer.BadParameter("give either --recipe, for survey files, or --from-totals")
    if from_totals and (weighting or standard):
        raise typer.BadParameter("--weighting and --standard need the answers, not their totals")
    precision = Precision(interval.value, level, design_effect.value)
    made_of: dict[str, object] | None = None
    if replicates:
        made_of = {"method": replicates.value, "kept": kept}
        made_of |= {"number": replicate_number, "seed": seed}
    sample = asked_for(weighting, made_of)
    found = catalogue_in(catalogue)
    wanted = Wanted(
        tuple(indicator or ()),
        tuple(by or ()),
        lonely_psu.value,
        precision,
        sample,
        read_standard(standard, found) if standard else None,
    )
    if recipe is None:
        made = estimate_totals(files, found, wanted)
    else:
        left_out = drop_columns or ()
        given = given_by(period)
        made = estimate_files(
            files, recipe, found, wanted, engine.value, drop=left_out, given=given
        )
    print_table(wanted.said_with(made), shown)


def weights(
    files: Annotated[list[Path], typer.Argument(help="The files of one survey.")],
    *,
    recipe: Recipe,
    weighting: Annotated[Path, typer.Option(help="How to trim and calibrate the weights (TOML).")],
    output: Annotated[Path | None, typer.Option(help="CSV file to write the weights to.")] = None,
    catalogue: CatalogueFolder = None,
    shown: Shown = Format.TABLE,
) -> None:
    """Show what trimming and calibration do to the weights, margin by margin.

    Example: `usm weights answers.csv --recipe usm-questionnaire --weighting weighting.toml`
    """
    from urban_safety_monitor.workflow.sampling import asked_for
    from urban_safety_monitor.workflow.surveys import weigh_files

    found = weigh_files(files, recipe, catalogue_in(catalogue), asked_for(weighting), output)
    print_table(found.diagnostics, shown)
    if found.problems:
        raise DesignError(found.problems)


def totals(  # noqa: PLR0913 an argument per option
    files: Annotated[list[Path], typer.Argument(help="The files of one survey.")],
    *,
    recipe: Recipe,
    output: Annotated[Path, typer.Option(help="Parquet file to write.")],
    catalogue: CatalogueFolder = None,
    drop_columns: DropColumns = None,
    period: Round = None,
    indicator: Indicators = None,
    by: Groups = None,
    engine: SummedBy = Engine.DUCKDB,
) -> None:
    """Sum survey files by sampling unit, for whoever may not have the answers themselves.

    Example: `usm totals answers.csv --recipe usm-questionnaire --by sex --output totals.parquet`
    """
    from urban_safety_monitor.workflow import Wanted
    from urban_safety_monitor.workflow.totals import totals_file

    wanted = Wanted(tuple(indicator or ()), tuple(by or ()))
    found = catalogue_in(catalogue)
    left_out, given = drop_columns or (), given_by(period)
    totals_file(
        files, recipe, found, wanted, output, engine=engine.value, drop=left_out, given=given
    )
    print(output)
