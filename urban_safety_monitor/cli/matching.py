"""The command that matches a city's own columns to the questionnaire: match."""

from pathlib import Path
from typing import Annotated

import typer

from urban_safety_monitor.cli.options import (
    DATA,
    CatalogueFolder,
    City,
    DataFolder,
    Format,
    InLanguage,
    Language,
    Shown,
)
from urban_safety_monitor.cli.printing import print_table, say
from urban_safety_monitor.cli.surroundings import catalogue_in, refuse_output, write_file


def match(
    file: Annotated[Path, typer.Argument(help="The file of one survey.")],
    *,
    city: City,
    write: Annotated[
        Path | None, typer.Option(help="Also write the matching as a draft to edit (.toml).")
    ] = None,
    confirm: Annotated[
        Path | None, typer.Option(help="Keep this edited draft as the city's matching.")
    ] = None,
    data: DataFolder = DATA,
    catalogue: CatalogueFolder = None,
    lang: InLanguage = Language.EN,
    shown: Shown = Format.TABLE,
) -> None:
    """Say which question each column of a file holds, and keep what you confirm.

    Example: `usm match survey.sav --city MX-GDL --write draft.toml`, then
    `usm match survey.sav --city MX-GDL --confirm draft.toml`
    """
    from urban_safety_monitor.report.matching import matching_table
    from urban_safety_monitor.workflow import matching
    from urban_safety_monitor.workflow.matching_draft import draft_toml, read_draft

    if write and confirm:
        raise typer.BadParameter("give either --write or --confirm")
    refuse_output(write, ".toml", [file])
    questions = catalogue_in(catalogue)
    found = matching.suggested_matching(file, questions, data, city)
    if confirm:
        print(matching.confirm(found, read_draft(confirm), questions, data))
        return
    print_table(matching_table(found.matches, questions, lang), shown)
    if found.missing:
        say(f"no column found for: {', '.join(found.missing)}")
    if write:
        write_file(write, draft_toml(found, questions, lang).encode())
