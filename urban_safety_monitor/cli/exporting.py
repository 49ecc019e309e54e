"""`usm export`: a country's round as files that explain themselves."""

from pathlib import Path
from typing import Annotated

import typer

from urban_safety_monitor.cli.options import DATA, DataFolder, InLanguage, Language, Period


def export(
    country: Annotated[str, typer.Argument(help="Country code, as in the table of areas.")],
    *,
    output: Annotated[
        Path, typer.Option(help="Zip file to write; or a folder to put the files in.")
    ] = Path("release.zip"),
    period: Period = None,
    data: DataFolder = DATA,
    lang: InLanguage = Language.EN,
) -> None:
    """Write every published figure of a country's round, with readme, licence and flags.

    CSV with a Data Package descriptor, JSON, XLSX, and SDMX-CSV with its structure: the same
    numbers in each.

    Example: `usm export MX --period 2026-Q1 --output mexico.zip`
    """
    from urban_safety_monitor.workflow.releases import release_of, write_release
    from urban_safety_monitor.workflow.views import latest_results

    files = release_of(latest_results(data), country, period, lang)
    for path in write_release(files, output):
        print(path)
