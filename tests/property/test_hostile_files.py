"""Files changed by chance: a table or a reason, the same each time, and no other cell changed.

A few tries of each format run with the other tests. Thousands are asked for by

    USM_TRIES=1000 python -m pytest tests/property/test_hostile_files.py

Workbooks, SPSS, Stata and Parquet files are each read in a process of its own, so that one
thousand of each take some ten minutes.
"""

import os
import random
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest
import xlsxwriter
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from tests.faults.chance import changed, changed_inside
from urban_safety_monitor.catalogue.load import load_catalogue, load_recipe, shipped
from urban_safety_monitor.intake import SourceTable, apply_recipe, read_file
from urban_safety_monitor.intake.source import UnreadableFile

TRIES = int(os.environ.get("USM_TRIES", "0"))
PEOPLE, COLUMNS = 60, 40


def practice() -> pd.DataFrame:
    frame = pd.read_csv(shipped("sample_data") / "practice" / "example_clean.csv")
    return frame.iloc[:PEOPLE, :COLUMNS]


def as_csv(path: Path) -> None:
    practice().to_csv(path, index=False)


def as_workbook(path: Path) -> None:
    frame = practice()
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("data")
    sheet.write_row(0, 0, list(frame))
    for number, row in enumerate(frame.astype(object).where(frame.notna(), "").to_numpy(), 1):
        sheet.write_row(number, 0, row)
    book.close()


def as_spss(path: Path) -> None:
    pyreadstat.write_sav(practice(), str(path), variable_value_labels={"sex": {1: "Man"}})


def as_stata(path: Path) -> None:
    pyreadstat.write_dta(practice(), str(path), variable_value_labels={"sex": {1: "Man"}})


def as_parquet(path: Path) -> None:
    practice().to_parquet(path)


WRITERS: dict[str, Callable[[Path], None]] = {
    "csv": as_csv, "xlsx": as_workbook, "sav": as_spss, "dta": as_stata, "parquet": as_parquet,
}  # fmt: skip
USUAL = {"csv": 40, "xlsx": 4, "sav": 3, "dta": 3, "parquet": 3}


@pytest.fixture(scope="session")
def clean(tmp_path_factory) -> dict[str, bytes]:
    """The practice file in each format."""
    folder = tmp_path_factory.mktemp("clean")
    for ending, write in WRITERS.items():
        write(folder / f"clean.{ending}")
    return {ending: (folder / f"clean.{ending}").read_bytes() for ending in WRITERS}


def read_or_reason(path: Path) -> SourceTable | UnreadableFile:
    try:
        return read_file(path)
    except UnreadableFile as error:
        return error


def tries(ending: str) -> settings:
    return settings(
        max_examples=TRIES or USUAL[ending],
        phases=[Phase.explicit, Phase.generate],  # a seed cannot be made simpler
        suppress_health_check=[HealthCheck.function_scoped_fixture],
        deadline=None,
    )


@pytest.mark.parametrize("ending", WRITERS)
def test_a_changed_file_is_a_table_or_a_reason_and_so_again(clean, tmp_path, ending):
    path = tmp_path / f"changed.{ending}"
    change = changed_inside if ending == "xlsx" else changed

    @tries(ending)
    @given(st.integers(0, 2**32))
    def law(seed: int) -> None:
        path.write_bytes(change(clean[ending], random.Random(seed)))
        first = read_or_reason(path)
        if isinstance(first, UnreadableFile):
            assert first.problem.level == "must_fix" and str(first)
            return
        assert len(first.frame) > 0 and first.frame.index.is_monotonic_increasing
        assert len(set(first.header)) == len(first.header)
        if seed % 5 == 0:
            again = read_or_reason(path)
            pd.testing.assert_frame_equal(again.frame, first.frame)

    law()


@pytest.fixture(scope="session")
def check() -> Callable[[Path], str]:
    recipe, catalogue = load_recipe("usm-questionnaire", load_catalogue())
    return lambda path: apply_recipe(recipe, catalogue, [path]).report.text("es")


def test_a_changed_file_gives_a_report(clean, tmp_path, check):
    path = tmp_path / "changed.csv"

    @settings(tries("csv"), max_examples=TRIES or 8)
    @given(st.integers(0, 2**32))
    def law(seed: int) -> None:
        path.write_bytes(changed(clean["csv"], random.Random(seed)))
        assert check(path)

    law()


@settings(tries("csv"), max_examples=TRIES or 25)
@given(
    st.tuples(st.integers(1, PEOPLE), st.integers(0, 9)),
    st.sampled_from(
        ["\r", '"', "\n", ",", ";", "\t", "\0", "é", "\ufeff", "\x0b", "\u2028", "\x85"]
    ),
    st.sampled_from(["utf-8", "utf-16", "utf-16-be", "cp1252", "utf-8-sig"]),
)
@example((3, 8), "\r", "utf-8")
@example((3, 8), '"', "utf-8")
def test_one_strange_sign_changes_its_own_cell_or_is_told(clean, tmp_path, cell, sign, encoding):
    """Cells of other rows are those of the clean file, or rows that could not be read are named."""
    row, column = cell
    lines = clean["csv"].decode().split("\n")
    cells = lines[row].split(",")
    cells[column] = cells[column][:1] + sign + cells[column][1:]
    lines[row] = ",".join(cells)
    (tmp_path / "changed.csv").write_bytes("\n".join(lines).encode(encoding, "replace"))
    (tmp_path / "clean.csv").write_bytes(clean["csv"])
    whole = read_file(tmp_path / "clean.csv").frame.astype(object)
    found = read_or_reason(tmp_path / "changed.csv")
    if isinstance(found, UnreadableFile) or found.problems:
        return
    assert len(found.frame) == len(whole)
    same = found.frame.astype(object).to_numpy() == whole.to_numpy()
    same |= found.frame.isna().to_numpy() & whole.isna().to_numpy()
    same[row - 1, column] = True
    assert same.all()
