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
    Shown,
)
from urban_safety_monitor.cli.printing import print_table
from urban_safety_monitor.cli.surroundings import catalogue_in


class Engine(StrEnum):
    """What sums the records."""

    DUCKDB = "duckdb"
    SPARK = "spark"
    POSTGRES = "postgres"


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
    indicator: Indicators = None,
    by: Groups = None,
    lonely_psu: Annotated[
        LonelyPsu, typer.Option(help="Treatment of strata with one sampled PSU.")
    ] = LonelyPsu.ADJUST,
    engine: SummedBy = Engine.DUCKDB,
    shown: Shown = Format.TABLE,
) -> None:
    """Estimate indicators from survey files or their totals, each with its uncertainty.

    Example: `usm estimate answers.csv roster.csv --recipe mx-ensu-2015
    --indicator unsafe_city --by sex`, or `usm estimate --from-totals one.parquet other.parquet`
    """
    from urban_safety_monitor.workflow import Wanted, estimate_files
    from urban_safety_monitor.workflow.totals import estimate_totals

    if from_totals == (recipe is not None):
        raise typer.BadParameter("give either --recipe, for survey files, or --from-totals")
    wanted = Wanted(tuple(indicator or ()), tuple(by or ()), lonely_psu.value)
    found = catalogue_in(catalogue)
    if recipe is None:
        print_table(estimate_totals(files, found, wanted), shown)
    else:
        left_out = drop_columns or ()
        made = estimate_files(files, recipe, found, wanted, engine.value, drop=left_out)
        print_table(made, shown)


def totals(
    files: Annotated[list[Path], typer.Argument(help="The files of one survey.")],
    *,
    recipe: Recipe,
    output: Annotated[Path, typer.Option(help="Parquet file to write.")],
    catalogue: CatalogueFolder = None,
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
    totals_file(files, recipe, found, wanted, output, engine=engine.value)
    print(output)
