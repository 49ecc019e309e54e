"""How fast, how small and how alike: estimates of a large survey, ours, the engines', the peers'.

    python tests/bench/estimates.py FOLDER [--persons 1000000] [--cities 200] [--only ours bare ...]
    python tests/bench/estimates.py FOLDER --engines
    python tests/bench/estimates.py FOLDER --peers-python peers/bin/python [--patience 300]

makes a survey in the folder (once; the seed is fixed) and measures each program in a process of
its own: seconds from the opened Parquet file to the finished table, without starting Python and
importing, how long processors were busy for it (which says more on a machine with other work),
and the peak of the process's memory. Asked for: 40 indicators by city and by city and
sex, with standard errors; how far they are from ours is told as well. What is not installed is
named; what has not ended after `--patience` seconds is stopped, and said to take longer. Peers may
live in an environment of their own:

    python -m venv peers
    peers/bin/pip install svy==0.35.0 samplics==0.6.1 numpy pyarrow

`--engines` has every engine estimate the same survey instead; PostgreSQL is the server that
USM_DATABASE_URL names.

The survey: in every city 5 strata, 33 persons in a sampling unit, weights between 50 and 500,
answers that differ between sampling units, one in twenty missing.
"""

import argparse
import csv
import json
import platform
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

STRATA, PERSONS_IN_PSU, INDICATORS = 5, 33, 40
QUESTIONS = [f"q{k:02d}" for k in range(INDICATORS)]
ROWS_IN_GROUP = 100_000


def make_survey(path: Path, persons: int, cities: int, seed: int = 2026) -> None:
    """Write the survey city by city; no more than a row group is ever in memory."""
    rng = np.random.default_rng(seed)
    psus = max(2 * STRATA, round(persons / cities / PERSONS_IN_PSU))
    schema = city_of(0, psus, rng).schema
    waiting: list[pa.Table] = []
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for number in range(cities):
            waiting.append(city_of(number, psus, rng))
            if sum(map(len, waiting)) >= ROWS_IN_GROUP or number == cities - 1:
                writer.write_table(pa.concat_tables(waiting), row_group_size=ROWS_IN_GROUP)
                waiting.clear()


def city_of(number: int, psus: int, rng: np.random.Generator) -> pa.Table:
    psu = np.repeat(np.arange(psus), PERSONS_IN_PSU)
    n = len(psu)
    columns = {
        "area": pa.array(np.full(n, f"C{number:03d}")),
        "period": pa.array(np.full(n, "2026")),
        "person": pa.array(np.arange(n).astype(str)),
        "stratum": pa.array((psu % STRATA).astype(str)),
        "psu": pa.array(psu.astype(str)),
        "weight_person": pa.array(rng.uniform(50, 500, n)),
        "sex": pa.array(rng.integers(1, 3, n).astype(np.int16)),
    }
    for question in QUESTIONS:
        yes = rng.random(n) < rng.beta(2, 5, psus)[psu]
        answers = np.where(yes, 1, 2).astype(np.int16)
        columns[question] = pa.array(answers, mask=rng.random(n) < 0.05)
    return pa.table(columns)


Row = tuple[str, str, str, float, float]
"""Question, city, sex or nothing, share between 0 and 1, standard error."""
Run = Callable[[], Any]
Told = Callable[[Any], Iterable[Row]]


def ours(path: Path) -> tuple[Run, Told]:
    """This program, on DuckDB."""
    return of_engine(path, "duckdb")


def of_engine(path: Path, engine: str) -> tuple[Run, Told]:
    """This program on any engine."""
    sys.path.insert(0, str(Path(__file__).parents[2]))
    from tests.factories import catalogue, indicator, share
    from urban_safety_monitor.engines import psu_totals
    from urban_safety_monitor.pipeline.estimate import estimate

    measured = [indicator(q, share(q), disaggregations=["sex"]) for q in QUESTIONS]
    declared, sexes = catalogue(*measured), {"total": "", "man": "1", "woman": "2"}

    def told(found: Any) -> Iterable[Row]:
        for row in found.estimates.itertuples():
            sex = sexes[row.category]
            yield row.indicator, row.area, sex, row.value / 100, row.standard_error / 100

    return lambda: estimate(
        psu_totals([path], declared, measured, ("sex",), engine), measured
    ), told


def bare(path: Path) -> tuple[Run, Told]:
    """The lower bound: DuckDB's weighted sums of the same columns by sampling unit and sex."""
    import duckdb

    sums = ", ".join(
        f"SUM(weight_person * CAST({q} = 1 AS INTEGER)), "
        f"SUM(weight_person * CAST({q} <= 2 AS INTEGER))"
        for q in QUESTIONS
    )
    keys = "area, period, stratum, psu, sex"
    query = f"SELECT {keys}, {sums} FROM read_parquet('{path}') GROUP BY {keys}"
    return lambda: duckdb.sql(query).to_arrow_table(), lambda _: ()


def svy(path: Path) -> tuple[Run, Told]:
    """svy, one call an indicator and grouping."""
    import polars as pl
    from svy import Design, Sample

    def run() -> dict:
        frame = pl.read_parquet(path).with_columns(
            pl.concat_str("area", "stratum", separator="_").alias("stratum"),
            pl.concat_str("area", "psu", separator="_").alias("psu"),
        )
        sample = Sample(frame, Design(stratum="stratum", psu="psu", wgt="weight_person"))
        return {
            (q, by): sample.estimation.prop(q, by=by, drop_nulls=True)
            for q in QUESTIONS
            for by in ("area", ("area", "sex"))
        }

    def told(found: dict) -> Iterable[Row]:
        for (q, _), result in found.items():
            for row in result.to_polars().to_dicts():
                if row[q] == 1:
                    yield q, row["area"], str(row.get("sex", "")), row["est"], row["se"]

    return run, told


def samplics(path: Path) -> tuple[Run, Told]:
    """samplics, one call an indicator, by city only."""
    import pandas as pd
    from samplics import TaylorEstimator
    from samplics.utils.types import PopParam

    def run() -> dict:
        frame = pd.read_parquet(path)
        design = {
            name: (frame["area"] + "_" + frame[name]).to_numpy() for name in ("stratum", "psu")
        }
        found = {q: TaylorEstimator(PopParam.mean) for q in QUESTIONS}
        for q, estimator in found.items():
            estimator.estimate(
                y=(frame[q] == 1).astype(float).where(frame[q].notna()).to_numpy(),
                samp_weight=frame["weight_person"].to_numpy(),
                domain=frame["area"].to_numpy(),
                remove_nan=True,
                **design,
            )
        return found

    def told(found: dict) -> Iterable[Row]:
        for q, estimator in found.items():
            for area, value in estimator.point_est.items():
                yield q, area, "", value, estimator.stderror[area]

    return run, told


R_SCRIPT = """
suppressMessages(library(survey))
given <- commandArgs(TRUE)
started <- proc.time()[["elapsed"]]
data <- read.csv(given[1])
design <- svydesign(id = ~psu, strata = ~interaction(area, stratum), weights = ~weight_person,
                    data = data, nest = TRUE)
found <- list()
for (q in sprintf("q%02d", 0:39)) {
  f <- as.formula(paste0("~as.numeric(", q, " == 1)"))
  all <- svyby(f, ~area, design, svymean, na.rm = TRUE)
  apart <- svyby(f, ~area + sex, design, svymean, na.rm = TRUE)
  found[[length(found) + 1]] <- data.frame(q, area = all$area, sex = "", coef(all), SE(all))
  found[[length(found) + 1]] <- data.frame(q, area = apart$area, sex = apart$sex, coef(apart),
                                           SE(apart))
}
cat(proc.time()[["elapsed"]] - started)
digits <- function(x) sprintf("%.17g", x)
for (one in found) {
  one[4:5] <- lapply(one[4:5], digits)
  write.table(one, given[2], append = TRUE, sep = ",", row.names = FALSE, col.names = FALSE,
              quote = FALSE)
}
"""

PROGRAMS = {"ours": ours, "bare": bare, "svy": svy, "samplics": samplics}


def measure(name: str, path: Path, values: Path) -> None:
    """One program in this process, printed as JSON: the best of three runs if they are short."""
    run, told = PROGRAMS[name](path)
    seconds, busy = [], []
    short = name in ("ours", "bare") and pq.read_metadata(path).num_rows < 2_000_000
    for _ in range(3 if short else 1):
        started, used = time.perf_counter(), time.process_time()
        result = run()
        seconds.append(time.perf_counter() - started)
        busy.append(time.process_time() - used)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with values.open("w", newline="") as file:
        csv.writer(file).writerows(told(result))
    found = {"first": seconds[0], "best": min(seconds), "busy": min(busy), "peak": peak}
    print(json.dumps(found))


def measured(name: str, path: Path, asked: argparse.Namespace) -> str:
    """One program in a process of its own, which is stopped when patience ends."""
    values_of(name, path).unlink(missing_ok=True)
    measure_it = measured_in_r if name == "r" else measured_in_python
    try:
        return measure_it(name, path, asked)
    except subprocess.TimeoutExpired as stopped:
        return f"more than {stopped.timeout:.0f} s: stopped before its end"


def measured_in_python(name: str, path: Path, asked: argparse.Namespace) -> str:
    values = values_of(name, path)
    python = asked.peers_python if name in ("svy", "samplics") else sys.executable
    command = [python, __file__, str(path), "--measure", name]
    done = subprocess.run(command, capture_output=True, text=True, timeout=asked.patience)
    if "ModuleNotFoundError" in done.stderr:
        return "not installed"
    if done.returncode:
        return "failed: " + done.stderr.strip().splitlines()[-1]
    found = json.loads(done.stdout.splitlines()[-1])
    return (
        f"{found['best']:8.2f} s (first {found['first']:.2f} s; processors busy "
        f"{found['busy']:.2f} s), {found['peak']:6.0f} MB{agreement(values, path)}"
    )


def measured_in_r(name: str, path: Path, asked: argparse.Namespace) -> str:
    values = values_of(name, path)
    if shutil.which("Rscript") is None:
        return "not installed"
    script, table = path.with_suffix(".R"), path.with_suffix(".csv")
    script.write_text(R_SCRIPT)
    pq.read_table(path).to_pandas().to_csv(table, index=False)
    command = ["Rscript", script, table, values]
    done = subprocess.run(command, capture_output=True, text=True, timeout=asked.patience)
    if done.returncode:
        return "not installed: survey"
    return f"{float(done.stdout):8.2f} s{agreement(values, path)}"


def values_of(name: str, path: Path) -> Path:
    return path.with_suffix(f".{name}.values")


def agreement(values: Path, path: Path) -> str:
    """How far values and standard errors are from ours, relative to the largest of them."""
    own = values_of("ours", path)
    if values == own or not (own.exists() and values.exists()):
        return ""
    ours, theirs = read_values(own), read_values(values)
    if not theirs:
        return ""
    assert theirs.keys() <= ours.keys(), f"{values}: cells that we do not have"
    given = np.array([theirs[key] for key in theirs])
    expected = np.array([ours[key] for key in theirs])
    apart = np.nanmax(np.abs(given - expected), axis=0) / np.nanmax(np.abs(expected), axis=0)
    return (
        f"; {len(theirs):,} estimates: values within {apart[0]:.1e} of ours, "
        f"standard errors within {apart[1]:.1e}"
    )


def read_values(path: Path) -> dict[tuple[str, ...], tuple[float, float]]:
    with path.open(newline="") as file:
        return {tuple(row[:3]): (float(row[3]), float(row[4])) for row in csv.reader(file)}


def compare_engines(path: Path) -> None:
    """Every engine's estimates beside DuckDB's."""
    for engine in ("duckdb", "postgres", "spark"):
        name = "ours" if engine == "duckdb" else engine
        run, told = of_engine(path, engine)
        started = time.perf_counter()
        try:
            rows = told(run())
        except Exception as error:  # not there, each in its own way
            print(f"{engine:10s} not run: {str(error).splitlines()[0]}")
            continue
        seconds = time.perf_counter() - started
        with values_of(name, path).open("w", newline="") as file:
            csv.writer(file).writerows(rows)
        print(f"{engine:10s} {seconds:8.2f} s{agreement(values_of(name, path), path)}", flush=True)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("folder", type=Path, help="where the survey is kept")
    asked.add_argument("--persons", type=int, default=1_000_000)
    asked.add_argument("--cities", type=int, default=200)
    asked.add_argument("--only", nargs="+", choices=[*PROGRAMS, "r"], default=[*PROGRAMS, "r"])
    asked.add_argument("--engines", action="store_true", help="the engines instead of the peers")
    asked.add_argument("--peers-python", default=sys.executable, help="runs svy and samplics")
    asked.add_argument("--patience", type=float, default=300, help="seconds; then it is stopped")
    asked.add_argument("--measure", choices=PROGRAMS, help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.measure:
        measure(given.measure, given.folder, values_of(given.measure, given.folder))
        return
    given.folder.mkdir(parents=True, exist_ok=True)
    cities = "" if given.cities == 200 else f"-{given.cities}"
    path = given.folder / f"survey-{given.persons}{cities}.parquet"
    if not path.exists():
        partly = path.with_suffix(".part")
        make_survey(partly, given.persons, given.cities)
        partly.rename(path)
    print(f"{datetime.now(UTC):%Y-%m-%d}, {platform.platform()}, {platform.machine()}")
    print(f"{pq.read_metadata(path).num_rows:,} persons, {given.cities} cities, 40 indicators")
    if given.engines:
        compare_engines(path)
        return
    for name in given.only:
        print(f"{name:10s} {measured(name, path, given)}", flush=True)


if __name__ == "__main__":
    main()
