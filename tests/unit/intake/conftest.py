"""Factories of small survey files, right ones and wrong ones."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter

from urban_safety_monitor.catalogue.catalogue import Catalogue
from urban_safety_monitor.catalogue.load import load_catalogue, load_recipe
from urban_safety_monitor.intake import Intake, apply_recipe
from urban_safety_monitor.intake.known import NOTHING, Known

Rows = list[dict[str, object]]


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load_catalogue()


def survey_rows(people: int = 24) -> Rows:
    """People of one city: three strata of two sampling units with four people each."""
    return [
        {
            "city_id": "XX-CTY",
            "round_id": "2026Q2",
            "stratum": f"s{number // 8}",
            "psu": f"u{number // 4}",
            "person_id": f"p{number:03}",
            "weight_person": 100.5 + number,
            "sex": 1 + number % 2,
            "age": 20 + number,
            "safe_night": 1 + number % 4,
            "v_robbery": 1 if number % 6 == 0 else 2,
            "n_robbery": 2 if number % 6 == 0 else "",
        }
        for number in range(people)
    ]


def write_csv(path: Path, rows: Rows, delimiter: str = ",") -> Path:
    frame = pd.DataFrame(rows)
    frame.to_csv(path, index=False, sep=delimiter)
    return path


def write_xlsx(path: Path, rows: Rows, sheet: str = "data") -> Path:
    """A workbook as Excel writes it: numbers as numbers."""
    book = xlsxwriter.Workbook(path, {"strings_to_formulas": False})
    cells = book.add_worksheet(sheet)
    cells.write_row(0, 0, list(rows[0]))
    for number, row in enumerate(rows, 1):
        cells.write_row(number, 0, list(row.values()))
    book.close()
    return path


@pytest.fixture
def rows() -> Rows:
    return survey_rows()


@pytest.fixture
def check(catalogue: Catalogue) -> Callable[..., Intake]:
    """Applies a recipe by id to files."""

    def apply(*files: Path, recipe: str = "usm-questionnaire", known: Known = NOTHING) -> Intake:
        declared, extended = load_recipe(recipe, catalogue)
        return apply_recipe(declared, extended, files, known)

    return apply


@pytest.fixture
def write_workbook(tmp_path: Path) -> Callable[[Rows], Path]:
    """Writes rows as a workbook."""
    return lambda rows: write_xlsx(tmp_path / "answers.xlsx", rows)


@pytest.fixture
def write(tmp_path: Path) -> Callable[[Rows], Path]:
    """Writes rows as a CSV file; that a workbook is read alike is a test of its own."""
    return lambda rows: write_csv(tmp_path / "answers.csv", rows)
