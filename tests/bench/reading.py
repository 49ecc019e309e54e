"""How long and how much memory it takes to read and check survey files.

    python -m tests.bench.reading FOLDER [--only small medium csv parquet]

makes the files in the folder once (seeded, by the generator of the demonstration data) and checks
each by `usm check` in a process of its own: seconds by the clock, seconds processors were busy
(which says more on a machine with other work), and the peak of the process's memory, whole and
above that of a process that has checked the shipped practice file.
"""

import argparse
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from sample_data.making.plan import load_plan
from sample_data.making.survey import survey
from urban_safety_monitor.catalogue.load import shipped

ROUNDS = ("2024-Q1", "2026-Q1")
PERSONS_IN_PSU, STRATA = 12, 4
ADDED = ("team", "tablet")
"""Columns a city adds of its own."""


class File(NamedTuple):
    """A file to check, and how much of a survey it holds."""

    name: str
    rows: int
    columns: int


FILES = {
    "small": File("3000.xlsx", 3_000, 110),
    "medium": File("20000.xlsx", 20_000, 110),
    "csv": File("200MB.csv", 740_000, 110),
    "parquet": File("million.parquet", 1_000_000, 60),
}


def cities(rows: int, columns: int) -> Iterator[pd.DataFrame]:
    """Surveys of one city and round each, as many interviews in all as asked for."""
    plan = load_plan()
    surveys = [(city, period) for period in ROUNDS for city in plan.cities]
    of_each = max(1, rows // 25_000)
    left = rows
    for number, (city, period) in enumerate(surveys[:of_each]):
        wanted = left // (of_each - number)
        psus = (wanted // (PERSONS_IN_PSU * STRATA) + 30,) * STRATA
        larger = city.model_copy(update={"psus": psus, "not_asked": ()})
        frame = survey(plan, larger, period).head(wanted)
        left -= len(frame)
        psu = pd.factorize(frame["psu"])[0]
        yield frame.assign(team=psu % 7 + 1, tablet=psu % 23 + 1).iloc[:, :columns]


def write_workbook(path: Path, frames: Iterator[pd.DataFrame]) -> None:
    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    sheet = book.add_worksheet("data")
    row = 0
    for frame in frames:
        if row == 0:
            sheet.write_row(0, 0, list(frame))
        cells = frame.astype(object).where(frame.notna(), "")
        for values in cells.to_numpy().tolist():
            row += 1
            sheet.write_row(row, 0, values)
    book.close()


def write_csv(path: Path, frames: Iterator[pd.DataFrame]) -> None:
    for number, frame in enumerate(frames):
        frame.to_csv(path, index=False, mode="a" if number else "w", header=not number)


def write_parquet(path: Path, frames: Iterator[pd.DataFrame]) -> None:
    tables = (pa.Table.from_pandas(frame, preserve_index=False) for frame in frames)
    first = next(tables)
    with pq.ParquetWriter(path, first.schema) as writer:
        writer.write_table(first)
        for table in tables:
            writer.write_table(table.cast(first.schema))


WRITERS: dict[str, Callable[[Path, Iterator[pd.DataFrame]], None]] = {
    ".xlsx": write_workbook,
    ".csv": write_csv,
    ".parquet": write_parquet,
}


def made(folder: Path, file: File) -> Path:
    """The file, made where it is not there yet."""
    path = folder / file.name
    if not path.exists():
        partly = path.with_name(f"part-{path.name}")
        WRITERS[path.suffix](partly, cities(file.rows, file.columns))
        partly.rename(path)
    return path


class Measured(NamedTuple):
    """One run of `usm check`: by the clock, processors busy, and the peak of its memory."""

    seconds: float
    busy: float
    megabytes: float


def measured(path: Path) -> Measured:
    """Check a file in a process of its own, whose exit says the file was accepted."""
    command = [sys.executable, "-m", "urban_safety_monitor", "check", str(path)]
    started = perf_counter()
    program = subprocess.Popen(
        [*command, "--recipe", "usm-questionnaire"], stdout=subprocess.DEVNULL
    )
    _, status, used = os.wait4(program.pid, 0)
    if status:
        sys.exit(f"{path}: not accepted, or not read (status {status})")
    return Measured(
        perf_counter() - started, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024 / 1e6
    )


def main() -> None:
    """Make the files and print a row of measures for each."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("folder", type=Path, help="where the files are kept")
    asked.add_argument("--only", nargs="+", choices=FILES, default=list(FILES))
    given = asked.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    print(f"{datetime.now(UTC):%Y-%m-%d}, {platform.platform()}, {platform.machine()}")
    usual = measured(shipped("sample_data") / "practice" / "example_clean.csv")
    print(f"the practice file: {usual.seconds:.1f} s, busy {usual.busy:.1f} s")
    print("| file | MB | seconds | processors busy | peak MB | above the practice file's |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name in given.only:
        path = made(given.folder, FILES[name])
        found, size = measured(path), path.stat().st_size / 1e6
        above = found.megabytes - usual.megabytes
        print(
            f"| {path.name} | {size:.1f} | {found.seconds:.1f} | {found.busy:.1f} "
            f"| {found.megabytes:.0f} | {above:.0f} ({above / size:.1f} times its size) |",
            flush=True,
        )


if __name__ == "__main__":
    main()
