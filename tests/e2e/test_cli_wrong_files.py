"""Wrong files: one report of everything that is wrong, where it is, and never a traceback."""

import gzip
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest
import xlsxwriter

from tests.e2e.command_line import Done, usm
from urban_safety_monitor.catalogue.load import shipped

pytestmark = pytest.mark.e2e

CLEAN = shipped("sample_data") / "practice" / "example_clean.csv"
WHOLE_FILE = ("", ())
UNIT = "U001"
Place = tuple[str, tuple[tuple[int, int], ...]]


class Fault(NamedTuple):
    """A change to the clean answers, and what must be said of it: code, column letter, rows."""

    change: Callable[[pd.DataFrame], pd.DataFrame]
    found: dict[str, Place]


def at(row: int, column: str, value: object) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """A change of one cell; rows as a spreadsheet numbers them."""

    def change(answers: pd.DataFrame) -> pd.DataFrame:
        changed = answers.astype({column: object})
        changed.loc[row - 2, column] = value
        return changed

    return change


def every_change(answers: pd.DataFrame) -> pd.DataFrame:
    for name in SEVERAL:
        answers = CELLS[name].change(answers)
    return answers


def rows_of_unit(answers: pd.DataFrame, unit: str) -> Place:
    rows = [number + 2 for number in answers.index[answers["psu"] == unit]]
    assert rows == list(range(rows[0], rows[-1] + 1))
    return "G", ((rows[0], rows[-1]),)


ANSWERS = pd.read_csv(CLEAN)
CELLS = {
    "an unknown code": Fault(at(12, "safe_night", 7), {"USM-V12": ("AC", ((12, 12),))}),
    "a weight of 0": Fault(at(20, "weight_person", 0), {"USM-W02": ("J", ((20, 20),))}),
    "a weight in words": Fault(at(31, "weight_person", "many"), {"USM-N01": ("J", ((31, 31),))}),
    "a person twice": Fault(
        at(41, "person_id", ANSWERS["person_id"][38]), {"USM-I01": ("I", ((40, 41),))}
    ),
    "a unit in two strata": Fault(at(2, "stratum", "S2"), {"USM-S02": rows_of_unit(ANSWERS, UNIT)}),
}
SEVERAL = list(CELLS)
TABLES = {
    **CELLS,
    "no weights": Fault(
        lambda answers: answers.drop(columns="weight_person"), {"USM-C01": WHOLE_FILE}
    ),
    "no rows": Fault(lambda answers: answers.head(0), {"USM-F06": WHOLE_FILE}),
    "several at once": Fault(
        every_change, {code: where for one in CELLS.values() for code, where in one.found.items()}
    ),
}
BYTES = {
    "document.xlsx": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "USM-F02"),
    "carets.csv": (CLEAN.read_bytes().replace(b",", b"^"), "USM-F05"),
    "empty.csv": (b"", "USM-F04"),
}
# Each fault alone as CSV; all of them together, and those of whole columns, as XLSX as well.
KINDS = [(name, "csv") for name in TABLES] + [
    (name, "xlsx") for name in ("no weights", "no rows", "several at once")
]


def write(path: Path, answers: pd.DataFrame) -> Path:
    if path.suffix == ".csv":
        answers.to_csv(path, index=False)
        return path
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("data")
        sheet.write_row(0, 0, list(answers))
        for number, row in enumerate(answers.astype(object).to_numpy().tolist(), 1):
            sheet.write_row(number, 0, ["" if cell != cell else cell for cell in row])
    return path


def check(path: Path) -> Done:
    return usm("check", path, "--recipe", "usm-questionnaire", "--format", "json")


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Done]:
    """The report of every wrong file by its name, each from a call of its own."""
    folder = tmp_path_factory.mktemp("wrong")
    paths = [write(folder / f"{name}.{kind}", TABLES[name].change(ANSWERS)) for name, kind in KINDS]
    for name, (content, _) in BYTES.items():
        (folder / name).write_bytes(content)
        paths.append(folder / name)
    whole = write(folder / "whole.xlsx", ANSWERS).read_bytes()
    paths.append(folder / "truncated.xlsx")
    paths[-1].write_bytes(whole[: len(whole) // 2])
    return {path.name: check(path) for path in paths}


def to_fix(done: Done) -> dict[str, Place]:
    problems = [p for p in json.loads(done.out)["problems"] if p["level"] == "must_fix"]
    found = {p["code"]: (p["column_letter"], tuple(map(tuple, p["rows"]))) for p in problems}
    assert len(found) == len(problems)
    assert all(p["title"] and p["why"] and p["repair"] and p["file"] for p in problems)
    return found


@pytest.mark.parametrize(("name", "kind"), KINDS)
def test_a_wrong_table_is_refused_with_every_fault_in_its_place(
    name: str, kind: str, reports: dict[str, Done]
) -> None:
    done = reports[f"{name}.{kind}"]
    assert (done.code, done.err) == (11, "")
    assert to_fix(done) == TABLES[name].found


@pytest.mark.parametrize(
    ("name", "code"),
    [*((name, code) for name, (_, code) in BYTES.items()), ("truncated.xlsx", "USM-F10")],
)
def test_a_file_that_is_no_table_is_refused(name: str, code: str, reports: dict[str, Done]) -> None:
    done = reports[name]
    assert (done.code, done.err) == (11, "")
    assert to_fix(done) == {code: WHOLE_FILE}


def test_nothing_is_estimated_from_a_wrong_file(tmp_path: Path) -> None:
    path = write(tmp_path / "wrong.csv", every_change(ANSWERS))
    done = usm("estimate", path, "--recipe", "usm-questionnaire")
    assert (done.code, done.out) == (11, "")
    assert [code for code in TABLES["several at once"].found if code not in done.err] == []


def test_a_program_that_is_told_to_end_leaves_no_copy_of_a_file(tmp_path: Path) -> None:
    packed, scratch = tmp_path / "survey.csv.gz", tmp_path / "scratch"
    header, *rows = CLEAN.read_bytes().splitlines(keepends=True)
    packed.write_bytes(gzip.compress(header + b"".join(rows) * 100, compresslevel=1))
    scratch.mkdir()
    call = [sys.executable, "-m", "urban_safety_monitor", "check", str(packed)]
    check = subprocess.Popen(
        [*call, "--recipe", "usm-questionnaire"],
        env={**os.environ, "TMPDIR": str(scratch)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    while not (copies := list(scratch.iterdir())):
        assert check.poll() is None, "it ended before it was told to"
    check.terminate()
    said, _ = check.communicate(timeout=60)
    assert copies and not list(scratch.iterdir())
    assert (check.returncode, said) == (128 + signal.SIGTERM, "")
