"""Commands on files of one survey or index: check, template, score."""

from pathlib import Path
from typing import Annotated

import typer

from urban_safety_monitor.cli.options import (
    CatalogueFolder,
    DropColumns,
    Format,
    InLanguage,
    Language,
    Recipe,
    Shown,
)
from urban_safety_monitor.cli.printing import print_table
from urban_safety_monitor.cli.surroundings import catalogue_in, now, write_file
from urban_safety_monitor.errors import DataError


def check(
    files: Annotated[list[Path], typer.Argument(help="The files of one survey.")],
    *,
    recipe: Recipe,
    catalogue: CatalogueFolder = None,
    marked: Annotated[
        Path | None,
        typer.Option(help="Also write the files with their faulty cells marked (.xlsx)."),
    ] = None,
    report: Annotated[
        Path | None, typer.Option(help="Also write the report to print (.pdf).")
    ] = None,
    drop_columns: DropColumns = None,
    lang: InLanguage = Language.EN,
    shown: Shown = Format.TABLE,
) -> None:
    """Say everything that is wrong with survey files, where, and what would be right.

    Example: `usm check survey.xlsx --recipe usm-questionnaire --marked to_fix.xlsx --lang es`
    """
    from urban_safety_monitor.report.check_report import check_report_pdf
    from urban_safety_monitor.workflow import check_files
    from urban_safety_monitor.workflow.marking import marked_copy_of

    for path, ending in ((marked, ".xlsx"), (report, ".pdf")):
        _refuse_output(path, ending, files)
    left_out = drop_columns or ()
    found = check_files(files, recipe, catalogue_in(catalogue), drop=left_out).report
    if marked:
        write_file(marked, marked_copy_of(files, found, now().date(), lang))
    if report:
        write_file(report, check_report_pdf(found, now().date(), lang))
    match shown:
        case Format.TABLE:
            print(found.text(lang))
        case Format.JSON:
            print(found.as_json(lang))
        case Format.CSV:
            print(found.table(lang).to_csv(index=False), end="")
    if not found.accepted:
        raise typer.Exit(DataError.exit_code)


def template(
    city: Annotated[str, typer.Argument(help="A city's code or name.")],
    *,
    areas: Annotated[
        Path | None,
        typer.Option(help="CSV table of areas with your districts; else the demonstration's."),
    ] = None,
    output: Annotated[Path, typer.Option(help="Folder to write to.")] = Path("templates"),
    catalogue: CatalogueFolder = None,
    lang: InLanguage = Language.EN,
) -> None:
    """Write the empty table for a city's survey, an example, and one with ten faults to practise.

    Example: `usm template Guadalajara --output field --lang es`
    """
    from urban_safety_monitor.workflow.templates import TemplateFor, template_files

    made_for = TemplateFor(city, areas, lang)
    for path in template_files(made_for, output, now().date(), catalogue_in(catalogue)):
        print(path)


def score(
    values: Annotated[Path, typer.Argument(help="CSV: a row per area, a column per indicator.")],
    catalogue: CatalogueFolder = None,
    shown: Shown = Format.TABLE,
) -> None:
    """Compute a composite index from finished values.

    Example: `usm score values.csv --catalogue my_index`
    """
    from urban_safety_monitor.workflow import score_values

    scores = score_values(values, catalogue_in(catalogue))
    print_table(
        scores.sort_values(["level", "component", "rank", "area"], ignore_index=True), shown
    )


def _refuse_output(path: Path | None, ending: str, files: list[Path]) -> None:
    """Refuse a file to write to whose ending is another, or that is one of the files to read."""
    if path is None:
        return
    if path.suffix.lower() != ending:
        raise DataError(f"{path}: what is written here is a {ending} file; let its name end so")
    if path.resolve() in {file.resolve() for file in files}:
        raise DataError(f"{path}: this is one of your own files; give another name to write to")
