"""The files a city's field team starts from: the empty table, an example, one with ten faults."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, get_args

import pandas as pd
from pandera.typing.pandas import DataFrame

from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.catalogue.load import shipped
from urban_safety_monitor.errors import DataError
from urban_safety_monitor.fieldwork.city import City, city_in, relabelled
from urban_safety_monitor.fieldwork.practice import faulty, planted_faults
from urban_safety_monitor.fieldwork.template import Filling, questionnaire_workbook
from urban_safety_monitor.tables import Areas, checked
from urban_safety_monitor.tables.csv_text import csv_text
from urban_safety_monitor.workflow.views import find_area

EXAMPLE_ROWS = 3

Kind = Literal["template", "example", "ten_faults"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True)
class TemplateFor:
    """Whose template is wanted: a city's code or name, in which table of areas, which language.

    Without a table of areas, the demonstration's is used.
    """

    city: str
    areas: Path | None = None
    language: str = "en"


def template_files(
    wanted: TemplateFor, folder: Path, day: date, catalogue: Catalogue
) -> list[Path]:
    """Write the template, the example, the faulty example and the list of its faults.

    Args:
        wanted: the city and language.
        folder: where the files go; made if it is not there.
        day: the day the files are dated.
        catalogue: whose codebook the columns are.

    Raises:
        DataError: the table of areas cannot be read or lacks the city, or nothing can be written.
    """
    areas = read_areas(wanted.areas or shipped("sample_data") / "areas.csv")
    city = city_in(areas, find_area(areas, wanted.city))
    files = {
        template_name(city, kind, wanted.language): template(
            kind, city, day, catalogue, wanted.language
        )
        for kind in KINDS
    }
    listed = planted_faults(_made_interviews(city), wanted.language).assign(demonstration=True)
    name = f"{city.area.lower()}_planted_faults_{wanted.language}.csv"
    files[name] = csv_text(listed).encode("utf-8-sig")
    return _written(files, folder)


def template_name(city: City, kind: Kind, language: str) -> str:
    """What the workbook of this kind is called."""
    return f"{city.area.lower()}_{kind}_{language}.xlsx"


def template(
    kind: Kind, city: City, day: date, catalogue: Catalogue, language: str = "en"
) -> bytes:
    """One workbook: the empty table, or one filled with made interviews with or without faults."""
    made = _made_interviews(city)
    answers = {"template": made.head(0), "example": made, "ten_faults": faulty(made)}[kind]
    filling = Filling(example=made.head(EXAMPLE_ROWS), answers=answers)
    return questionnaire_workbook(catalogue, city, filling, day, language)


def _written(files: dict[str, bytes], folder: Path) -> list[Path]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_bytes(content)
    except OSError as error:
        raise DataError(f"{folder}: cannot be written to: {error.strerror}") from error
    return [folder / name for name in files]


def read_areas(path: Path) -> DataFrame[Areas]:
    """A table of areas; codes are kept as they are written, with their leading zeros.

    Raises:
        DataError: the file cannot be read, or does not have the columns of the table.
    """
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""])
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: cannot be read as a CSV table of areas: {error}") from error
    return checked(Areas, frame)


def _made_interviews(city: City) -> pd.DataFrame:
    """The clean practice survey as if of this city: made answers that fit the questionnaire."""
    made = pd.read_csv(shipped("sample_data") / "practice" / "example_clean.csv")
    return relabelled(made, city)
