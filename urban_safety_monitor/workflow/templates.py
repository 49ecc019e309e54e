"""The files a city's field team starts from: the empty table, an example, one with ten faults."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pandas as pd
from pandera.typing.pandas import DataFrame

from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.catalogue.load import shipped
from urban_safety_monitor.errors import DataError
from urban_safety_monitor.fieldwork.city import city_in, relabelled
from urban_safety_monitor.fieldwork.practice import faulty, planted_faults
from urban_safety_monitor.fieldwork.template import Filling, questionnaire_workbook
from urban_safety_monitor.tables import Areas, checked
from urban_safety_monitor.workflow.views import find_area

EXAMPLE_ROWS = 3


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
    made = relabelled(_made_interviews(), city)
    example = Filling(example=made.head(EXAMPLE_ROWS))
    books = {
        "template": example,
        "example": replace(example, answers=made),
        "ten_faults": replace(example, answers=faulty(made)),
    }
    ending = f"{wanted.language}.xlsx"
    files = {
        f"{city.area.lower()}_{name}_{ending}": questionnaire_workbook(
            catalogue, city, filling, day, wanted.language
        )
        for name, filling in books.items()
    }
    listed = planted_faults(made, wanted.language).assign(demonstration=True)
    name = f"{city.area.lower()}_planted_faults_{wanted.language}.csv"
    files[name] = listed.to_csv(index=False, lineterminator="\n").encode("utf-8-sig")
    return _written(files, folder)


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


def _made_interviews() -> pd.DataFrame:
    """The clean practice survey: made answers that fit the questionnaire."""
    return pd.read_csv(shipped("sample_data") / "practice" / "example_clean.csv")
