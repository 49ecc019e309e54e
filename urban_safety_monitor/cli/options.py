"""Options that several commands share, and their values."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


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
AnyRecipe = Annotated[
    str | None,
    typer.Option("--recipe", help="Id of a recipe (see indicators/recipes), or a .toml file."),
]
City = Annotated[str, typer.Option("--city", help="The city's code, such as MX-GDL.")]
OfCity = Annotated[
    str | None,
    typer.Option("--city", help="The city's code: its own matching and last attempt are used."),
]
Round = Annotated[
    str | None,
    typer.Option("--period", help="Survey round, where the file has no column for it."),
]
CatalogueFolder = Annotated[
    Path | None, typer.Option("--catalogue", help="A catalogue folder instead of the shipped one.")
]
DropColumns = Annotated[
    list[str] | None,
    typer.Option("--drop-columns", help="Leave this column out before anything else; repeatable."),
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
