"""Commands on whole runs: run, and what their kept results show."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from urban_safety_monitor.cli.options import (
    DATA,
    Benchmark,
    CatalogueFolder,
    DataFolder,
    Format,
    InLanguage,
    Language,
    Period,
    Shown,
)
from urban_safety_monitor.cli.printing import complain, print_table, say
from urban_safety_monitor.cli.surroundings import catalogue_in, now
from urban_safety_monitor.report.paper import Paper, Size


class Compared(StrEnum):
    """What `usm compare` shows."""

    VALUES = "values"
    TESTS = "tests"
    RANKS = "ranks"
    TRENDS = "trends"


def run(
    config: Annotated[Path, typer.Argument(help="Configuration of the run (TOML).")],
    data: DataFolder = DATA,
    shown: Shown = Format.TABLE,
) -> None:
    """Run the whole pipeline on the files a configuration names, and keep the results.

    A survey with problems is left out and reported; the others are computed. The exit code is
    then that of the problems.

    Example: `usm run sample_data/demonstration.toml`
    """
    from urban_safety_monitor.report.plain import run_summary
    from urban_safety_monitor.store import RunStore
    from urban_safety_monitor.workflow import run_config

    outcome = run_config(config, RunStore(data), now(), say)
    print_table(run_summary(outcome.results), shown)
    for files, error in outcome.refused.items():
        complain(f"left out: {files}", error)
    if outcome.refused:
        raise typer.Exit(next(iter(outcome.refused.values())).exit_code)


def profile(
    city: Annotated[str, typer.Argument(help="A city's code or name.")],
    *,
    period: Period = None,
    benchmark: Benchmark = "country_median",
    data: DataFolder = DATA,
    lang: InLanguage = Language.EN,
    shown: Shown = Format.TABLE,
) -> None:
    """Show a city's safety profile.

    Example: `usm profile Guadalajara --lang es`
    """
    from urban_safety_monitor.report.plain import profile_table, profile_text
    from urban_safety_monitor.workflow.views import latest_results, profile_of

    found = profile_of(latest_results(data), city, period, benchmark, lang)
    if shown is Format.TABLE:
        print(profile_text(found))
    else:
        print_table(profile_table(found), shown)


def compare(
    cities: Annotated[list[str], typer.Argument(help="Codes or names of two or more cities.")],
    *,
    indicator: Annotated[
        list[str] | None, typer.Option(help="Only this indicator; may be repeated.")
    ] = None,
    period: Period = None,
    show: Annotated[
        Compared, typer.Option(help="Values side by side, or every test, rank set or trend.")
    ] = Compared.VALUES,
    margin: Annotated[
        float | None,
        typer.Option(min=0.0, help="With --show tests: largest difference that does not matter."),
    ] = None,
    data: DataFolder = DATA,
    lang: InLanguage = Language.EN,
    shown: Shown = Format.TABLE,
) -> None:
    """Compare cities indicator by indicator, each value with its interval.

    Example: `usm compare Guadalajara MX-D01 MX-D02 --indicator unsafe_city`, or
    `usm compare Guadalajara --show tests --margin 3`
    """
    from urban_safety_monitor.report.plain import comparison_table
    from urban_safety_monitor.workflow.tested import differences_of, ranks_of, trends_of
    from urban_safety_monitor.workflow.views import comparisons_of, latest_results

    results, named = latest_results(data), indicator or ()
    match show:
        case Compared.TESTS:
            table = differences_of(results, cities, named, period, margin=margin)
        case Compared.RANKS:
            table = ranks_of(results, cities, named, period)
        case Compared.TRENDS:
            table = trends_of(results, cities, named)
        case _:
            table = comparison_table(comparisons_of(results, cities, named, period, lang))
    print_table(table, shown)


def scorecard(
    city: Annotated[str, typer.Argument(help="A city's code or name.")],
    *,
    output: Annotated[Path, typer.Option(help="Folder to write to.")] = Path("scorecards"),
    period: Period = None,
    benchmark: Benchmark = "country_median",
    paper: Annotated[Size, typer.Option(help="Paper of the PDF.")] = Size.A4,
    grey: Annotated[bool, typer.Option("--grey", help="PDF without colours.")] = False,
    data: DataFolder = DATA,
    lang: InLanguage = Language.EN,
) -> None:
    """Write a city's scorecard as PDF, XLSX, CSV and JSON, with the same numbers.

    Example: `usm scorecard Guadalajara --output out --lang es --paper letter`
    """
    from urban_safety_monitor.report.export import scorecard_files
    from urban_safety_monitor.workflow.views import latest_results, profile_of

    found = profile_of(latest_results(data), city, period, benchmark, lang)
    for path in scorecard_files(found, output, paper=Paper(paper, colour=not grey)):
        print(path)


def indicators(
    name: Annotated[str | None, typer.Argument(help="Id of one indicator.")] = None,
    catalogue: CatalogueFolder = None,
    lang: InLanguage = Language.EN,
    shown: Shown = Format.TABLE,
) -> None:
    """List the indicators, or show one with its definition.

    Example: `usm indicators safe_night --lang es`
    """
    from urban_safety_monitor.report.plain import indicator_sheet, indicator_table

    found = catalogue_in(catalogue)
    if name is None:
        print_table(indicator_table(found, lang), shown)
    else:
        print_table(indicator_sheet(found, name, lang), shown)
