"""How fast and how small: estimates of a large survey, ours and the peers'.

    python tests/bench/estimates.py FOLDER [--persons 1000000] [--only ours bare ...]

makes a survey in the folder (once; the seed is fixed) and measures each program in a process of
its own: seconds from the opened Parquet file to the finished table, without starting Python and
importing, how long processors were busy for it (which says more on a machine with other work),
and the peak of the process's memory. Asked for: 40 indicators by city and by city and
sex, with standard errors. What is not installed is named.

The survey: 200 cities, 5 strata each, 33 persons in a sampling unit, weights between 50 and 500,
answers that differ between sampling units, one in twenty missing.
"""

import argparse
import json
import platform
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

CITIES, STRATA, PERSONS_IN_PSU, INDICATORS = 200, 5, 33, 40
QUESTIONS = [f"q{k:02d}" for k in range(INDICATORS)]
ROWS_IN_GROUP = 100_000


def make_survey(path: Path, persons: int, seed: int = 2026) -> None:
    """Write the survey city by city; no more than a row group is ever in memory."""
    rng = np.random.default_rng(seed)
    psus = max(2 * STRATA, round(persons / CITIES / PERSONS_IN_PSU))
    schema = city_of(0, psus, rng).schema
    waiting: list[pa.Table] = []
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for number in range(CITIES):
            waiting.append(city_of(number, psus, rng))
            if sum(map(len, waiting)) >= ROWS_IN_GROUP or number == CITIES - 1:
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


def ours(path: Path) -> Callable[[], int]:
    """This program, on DuckDB."""
    sys.path.insert(0, str(Path(__file__).parents[2]))
    from tests.factories import catalogue, indicator, share
    from urban_safety_monitor.engines import psu_totals
    from urban_safety_monitor.pipeline.estimate import estimate

    measured = [indicator(f"i_{q}", share(q), disaggregations=["sex"]) for q in QUESTIONS]
    declared = catalogue(*measured)
    return lambda: len(
        estimate(psu_totals([path], declared, measured, ("sex",)), measured).estimates
    )


def bare(path: Path) -> Callable[[], int]:
    """The lower bound: DuckDB's weighted sums of the same columns by sampling unit and sex."""
    import duckdb

    sums = ", ".join(
        f"SUM(weight_person * CAST({q} = 1 AS INTEGER)), "
        f"SUM(weight_person * CAST({q} <= 2 AS INTEGER))"
        for q in QUESTIONS
    )
    keys = "area, period, stratum, psu, sex"
    query = f"SELECT {keys}, {sums} FROM read_parquet('{path}') GROUP BY {keys}"
    return lambda: len(duckdb.sql(query).to_arrow_table())


def svy(path: Path) -> Callable[[], int]:
    """svy, one call an indicator and grouping."""
    import polars as pl
    from svy import Design, Sample

    def run() -> int:
        frame = pl.read_parquet(path).with_columns(
            pl.concat_str("area", "stratum", separator="_").alias("stratum"),
            pl.concat_str("area", "psu", separator="_").alias("psu"),
        )
        sample = Sample(frame, Design(stratum="stratum", psu="psu", wgt="weight_person"))
        for q in QUESTIONS:
            sample.estimation.prop(q, by="area", drop_nulls=True)
            sample.estimation.prop(q, by=("area", "sex"), drop_nulls=True)
        return 2 * INDICATORS

    return run


def samplics(path: Path) -> Callable[[], int]:
    """samplics, one call an indicator, by city only."""
    import pandas as pd
    from samplics import TaylorEstimator
    from samplics.utils.types import PopParam

    def run() -> int:
        frame = pd.read_parquet(path)
        design = {
            name: (frame["area"] + "_" + frame[name]).to_numpy() for name in ("stratum", "psu")
        }
        for q in QUESTIONS:
            TaylorEstimator(PopParam.mean).estimate(
                y=(frame[q] == 1).astype(float).where(frame[q].notna()).to_numpy(),
                samp_weight=frame["weight_person"].to_numpy(),
                domain=frame["area"].to_numpy(),
                remove_nan=True,
                **design,
            )
        return INDICATORS

    return run


R_SCRIPT = """
suppressMessages(library(survey))
path <- commandArgs(TRUE)[1]
started <- proc.time()[["elapsed"]]
data <- read.csv(path)
design <- svydesign(id = ~psu, strata = ~interaction(area, stratum), weights = ~weight_person,
                    data = data, nest = TRUE)
for (q in sprintf("q%02d", 0:39)) {
  f <- as.formula(paste0("~as.numeric(", q, " == 1)"))
  svyby(f, ~area, design, svymean, na.rm = TRUE)
  svyby(f, ~area + sex, design, svymean, na.rm = TRUE)
}
cat(proc.time()[["elapsed"]] - started)
"""

PROGRAMS = {"ours": ours, "bare": bare, "svy": svy, "samplics": samplics}
PACKAGES = {"ours": "duckdb", "bare": "duckdb", "svy": "svy", "samplics": "samplics"}


def measure(name: str, path: Path) -> None:
    """One program in this process, printed as JSON: the best of three runs if they are short."""
    run = PROGRAMS[name](path)
    seconds, busy = [], []
    short = name in ("ours", "bare") and pq.read_metadata(path).num_rows < 2_000_000
    for _ in range(3 if short else 1):
        started, used = time.perf_counter(), time.process_time()
        run()
        seconds.append(time.perf_counter() - started)
        busy.append(time.process_time() - used)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    found = {"first": seconds[0], "best": min(seconds), "busy": min(busy), "peak": peak}
    print(json.dumps(found))


def measured(name: str, path: Path) -> str:
    """One program in a process of its own."""
    if name == "r":
        return measured_in_r(path)
    if find_spec(PACKAGES[name]) is None:
        return "not installed"
    command = [sys.executable, __file__, str(path), "--measure", name]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        return "failed: " + done.stderr.strip().splitlines()[-1]
    found = json.loads(done.stdout.splitlines()[-1])
    return (
        f"{found['best']:8.2f} s (first {found['first']:.2f} s; processors busy "
        f"{found['busy']:.2f} s), {found['peak']:6.0f} MB"
    )


def measured_in_r(path: Path) -> str:
    if shutil.which("Rscript") is None:
        return "not installed"
    script, table = path.with_suffix(".R"), path.with_suffix(".csv")
    script.write_text(R_SCRIPT)
    pq.read_table(path).to_pandas().to_csv(table, index=False)
    done = subprocess.run(["Rscript", script, table], capture_output=True, text=True)
    return f"{float(done.stdout):8.2f} s" if done.returncode == 0 else "not installed: survey"


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("folder", type=Path, help="where the survey is kept")
    asked.add_argument("--persons", type=int, default=1_000_000)
    asked.add_argument("--only", nargs="+", choices=[*PROGRAMS, "r"], default=[*PROGRAMS, "r"])
    asked.add_argument("--measure", choices=PROGRAMS, help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.measure:
        measure(given.measure, given.folder)
        return
    given.folder.mkdir(parents=True, exist_ok=True)
    path = given.folder / f"survey-{given.persons}.parquet"
    if not path.exists():
        partly = path.with_suffix(".part")
        make_survey(partly, given.persons)
        partly.rename(path)
    print(f"{datetime.now(UTC):%Y-%m-%d}, {platform.platform()}, {platform.machine()}")
    print(f"{pq.read_metadata(path).num_rows:,} persons, {CITIES} cities, {INDICATORS} indicators")
    for name in given.only:
        print(f"{name:10s} {measured(name, path)}", flush=True)


if __name__ == "__main__":
    main()
