"""Commands on files of one survey or index: check, template, score."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from urban_safety_monitor.cli.options import (
    DATA,
    AnyRecipe,
    CatalogueFolder,
    DataFolder,
    DropColumns,
    Format,
    InLanguage,
    Language,
    OfCity,
    Round,
    Shown,
)
from urban_safety_monitor.cli.printing import print_table, say, waiting
from urban_safety_monitor.cli.surroundings import (
    catalogue_in,
    given_by,
    now,
    refuse_output,
    write_file,
)
from urban_safety_monitor.errors import DataError

if TYPE_CHECKING:
    from urban_safety_monitor.intake import CheckReport


def check(  # noqa: PLR0913 an argument per option
    files: Annotated[list[Path], typer.Argument(help="The files of one survey.")],
    *,
    recipe: AnyRecipe = None,
    city: OfCity = None,
    period: Round = None,
    config: Annotated[
        Path | None,
        typer.Option(help="Configuration of a run: its areas and surveys are checked against."),
    ] = None,
    data: DataFolder = DATA,
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

    Example: `usm check survey.xlsx --recipe usm-questionnaire --marked to_fix.xlsx --lang es`,
    or `usm check survey.xlsx --city MX-GDL`, by the matching the city confirmed
    """
    from urban_safety_monitor.workflow.attempts import HandedIn, check_handed_in

    for path, ending in ((marked, ".xlsx"), (report, ".pdf")):
        refuse_output(path, ending, files)
    if not (recipe or city):
        raise typer.BadParameter("give --recipe, or --city to read by the city's own matching")
    given, drop = given_by(period), tuple(drop_columns or ())
    handed = HandedIn(tuple(files), data, city, recipe, config, given, drop)
    with waiting() as tell:
        intake, since = check_handed_in(
            handed, catalogue_in(catalogue), lambda step: tell(step.in_words(lang))
        )
    found = intake.report
    progress = since.sentences(lang) if since else ""
    if report:
        from urban_safety_monitor.report.check_report import check_report_pdf

        write_file(report, check_report_pdf(found, now().date(), lang, progress=progress))
    if progress:
        say(progress)
    _print_report(found, lang, shown)
    if marked:
        from urban_safety_monitor.workflow.marking import marked_copy_of

        write_file(marked, marked_copy_of(files, found, now().date(), lang))
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


def _print_report(report: "CheckReport", language: str, shown: Format) -> None:
    match shown:
        case Format.TABLE:
            print(report.text(language))
        case Format.JSON:
            print(report.as_json(language))
        case Format.CSV:
            print_table(report.table(language), Format.CSV)
