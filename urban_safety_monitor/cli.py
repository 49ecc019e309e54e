"""`usm`: the Urban Safety Monitor on the command line."""

import os
import sys
from datetime import UTC, datetime
from enum import StrEnum
from itertools import product
from pathlib import Path
from typing import Annotated, Any

import typer

from urban_safety_monitor.errors import MonitorError

app = typer.Typer(
    name="usm",
    help="Urban Safety Monitor: from survey files to a city's safety profile.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)


class Format(StrEnum):
    """How a table is printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


class Language(StrEnum):
    """Languages of texts for people."""

    EN = "en"
    ES = "es"


class LonelyPsu(StrEnum):
    """How a stratum with one sampled PSU is treated, as R's survey package names it."""

    FAIL = "fail"
    CERTAINTY = "certainty"
    ADJUST = "adjust"
    AVERAGE = "average"


Shown = Annotated[Format, typer.Option("--format", help="How to print the result.")]
Recipe = Annotated[
    str, typer.Option("--recipe", help="Id of a recipe (see indicators/recipes), or a .toml file.")
]
CatalogueFolder = Annotated[
    Path | None, typer.Option("--catalogue", help="A catalogue folder instead of the shipped one.")
]
DataFolder = Annotated[
    Path, typer.Option("--data", envvar="USM_DATA", help="Folder that results are kept in.")
]
InLanguage = Annotated[Language, typer.Option("--lang", help="Language of texts.")]
Period = Annotated[
    str | None, typer.Option("--period", help="Survey round; the latest if left out.")
]
Benchmark = Annotated[str, typer.Option(help="country_median, peers or previous.")]
DATA = Path("data")
PILOT_CITIES = ("MX-GDL", "ZA-ETH")


@app.command()
def demo(
    data: DataFolder = DATA,
    output: Annotated[Path, typer.Option(help="Folder for the scorecards.")] = Path("scorecards"),
    port: Annotated[int, typer.Option(help="Port of the app on 127.0.0.1.")] = 8501,
    serve: Annotated[bool, typer.Option(help="Start the app when the results are there.")] = True,
) -> None:
    """Run the demonstration data, write scorecards, start the app.

    Example: `usm demo --no-serve`
    """
    from urban_safety_monitor.report.export import scorecard_files
    from urban_safety_monitor.workflow import demonstration
    from urban_safety_monitor.workflow.views import profile_of

    outcome = demonstration(data, _now(), _say)
    for city, language in product(PILOT_CITIES, Language):
        found = profile_of(outcome.results, city, None, "country_median", language)
        for path in scorecard_files(found, output):
            _say(f"written: {path}")
    if serve:
        _serve(data, port)


@app.command()
def check(
    files: Annotated[list[Path], typer.Argument(help="The files of one survey.")],
    *,
    recipe: Recipe,
    catalogue: CatalogueFolder = None,
    lang: InLanguage = Language.EN,
    shown: Shown = Format.TABLE,
) -> None:
    """Say everything that is wrong with survey files, where, and what would be right.

    Example: `usm check survey.xlsx --recipe usm-questionnaire --lang es`
    """
    from urban_safety_monitor.errors import DataError
    from urban_safety_monitor.workflow import check_files

    report = check_files(files, recipe, _catalogue(catalogue)).report
    match shown:
        case Format.TABLE:
            print(report.text(lang))
        case Format.JSON:
            print(report.as_json(lang))
        case Format.CSV:
            print(report.table(lang).to_csv(index=False), end="")
    if not report.accepted:
        raise typer.Exit(DataError.exit_code)


@app.command()
def estimate(
    files: Annotated[list[Path], typer.Argument(help="The files of one survey.")],
    *,
    recipe: Recipe,
    catalogue: CatalogueFolder = None,
    indicator: Annotated[
        list[str] | None, typer.Option(help="Only this indicator; may be repeated.")
    ] = None,
    by: Annotated[
        list[str] | None, typer.Option(help="Also by this disaggregation; may be repeated.")
    ] = None,
    lonely_psu: Annotated[
        LonelyPsu, typer.Option(help="Treatment of strata with one sampled PSU.")
    ] = LonelyPsu.ADJUST,
    shown: Shown = Format.TABLE,
) -> None:
    """Estimate indicators from survey files, each with its uncertainty.

    Example: `usm estimate answers.csv roster.csv --recipe mx-ensu-2015
    --indicator unsafe_city --by sex`
    """
    from urban_safety_monitor.workflow import Wanted, estimate_files

    wanted = Wanted(tuple(indicator or ()), tuple(by or ()), lonely_psu.value)
    _print(estimate_files(files, recipe, _catalogue(catalogue), wanted), shown)


@app.command()
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

    outcome = run_config(config, RunStore(data), _now(), _say)
    _print(run_summary(outcome.results), shown)
    for files, error in outcome.refused.items():
        _complain(f"left out: {files}", error)
    if outcome.refused:
        raise typer.Exit(next(iter(outcome.refused.values())).exit_code)


@app.command()
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
        _print(profile_table(found), shown)


@app.command()
def compare(
    cities: Annotated[list[str], typer.Argument(help="Codes or names of two or more cities.")],
    *,
    indicator: Annotated[
        list[str] | None, typer.Option(help="Only this indicator; may be repeated.")
    ] = None,
    period: Period = None,
    data: DataFolder = DATA,
    lang: InLanguage = Language.EN,
    shown: Shown = Format.TABLE,
) -> None:
    """Compare cities indicator by indicator, each value with its interval.

    Example: `usm compare Guadalajara MX-D01 MX-D02 --indicator unsafe_city`
    """
    from urban_safety_monitor.report.plain import comparison_table
    from urban_safety_monitor.workflow.views import comparisons_of, latest_results

    found = comparisons_of(latest_results(data), cities, indicator or (), period, lang)
    _print(comparison_table(found), shown)


@app.command()
def scorecard(
    city: Annotated[str, typer.Argument(help="A city's code or name.")],
    *,
    output: Annotated[Path, typer.Option(help="Folder to write to.")] = Path("scorecards"),
    period: Period = None,
    benchmark: Benchmark = "country_median",
    data: DataFolder = DATA,
    lang: InLanguage = Language.EN,
) -> None:
    """Write a city's scorecard as PDF, XLSX, CSV and JSON, with the same numbers.

    Example: `usm scorecard Guadalajara --output out --lang es`
    """
    from urban_safety_monitor.report.export import scorecard_files
    from urban_safety_monitor.workflow.views import latest_results, profile_of

    found = profile_of(latest_results(data), city, period, benchmark, lang)
    for path in scorecard_files(found, output):
        print(path)


@app.command()
def score(
    values: Annotated[Path, typer.Argument(help="CSV: a row per area, a column per indicator.")],
    catalogue: CatalogueFolder = None,
    shown: Shown = Format.TABLE,
) -> None:
    """Compute a composite index from finished values.

    Example: `usm score values.csv --catalogue my_index`
    """
    from urban_safety_monitor.workflow import score_values

    scores = score_values(values, _catalogue(catalogue))
    _print(scores.sort_values(["level", "component", "rank", "area"], ignore_index=True), shown)


@app.command()
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

    found = _catalogue(catalogue)
    if name is None:
        _print(indicator_table(found, lang), shown)
    else:
        _print(indicator_sheet(found, name, lang), shown)


@app.command(name="app")
def start_app(
    data: DataFolder = DATA,
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1.")] = 8501,
) -> None:
    """Start the app on 127.0.0.1.

    Example: `usm app --port 8600`
    """
    _serve(data, port)


def main() -> None:
    """Run the command line; a user's problem ends in words and an exit code, never a traceback."""
    try:
        app()
    except MonitorError as error:
        _complain("", error)
        sys.exit(error.exit_code)
    except BrokenPipeError:  # the reader of our output went away: nothing is left to say
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


def _catalogue(folder: Path | None) -> Any:
    from urban_safety_monitor.catalogue import load_catalogue

    return load_catalogue(folder)


def _serve(data: Path, port: int) -> None:
    from urban_safety_monitor.ui.server import serve

    serve(data, port)


def _now() -> datetime:
    return datetime.now(UTC)


def _say(message: str) -> None:
    print(message, file=sys.stderr)


def _complain(heading: str, error: MonitorError) -> None:
    if heading:
        _say(heading)
    for problem in error.problems:
        _say(f"usm: {problem}")


def _print(table: Any, shown: Format) -> None:
    """Print a frame: for eyes, for programs, or for a spreadsheet."""
    match shown:
        case Format.JSON:
            print(table.to_json(orient="records", double_precision=15, force_ascii=False, indent=1))
        case Format.CSV:
            print(table.to_csv(index=False), end="")
        case Format.TABLE:
            _print_for_eyes(table)


def _print_for_eyes(table: Any) -> None:
    from rich.console import Console
    from rich.table import Table

    grid = Table(show_edge=False, header_style="bold")
    there = [c for c in table.columns if table[c].notna().any() and (table[c] != "").any()]
    for column in there:
        number = table[column].dtype.kind in "fi"
        grid.add_column(column, justify="right" if number else "left", overflow="fold")
    for row in table[there].itertuples(index=False):
        grid.add_row(*(_cell(value) for value in row))
    width = None if sys.stdout.isatty() else 250
    Console(width=width, markup=False, highlight=False).print(grid)


def _cell(value: Any) -> str:
    if value is None or value != value:
        return ""
    if isinstance(value, float):
        return f"{value:,.6g}" if abs(value) < 1e6 else f"{value:,.1f}"
    return str(value)


if __name__ == "__main__":
    main()
