"""Runs are kept whole or not at all: real files, a real registry."""

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from tests.factories import areas, differences, estimates, surveys
from urban_safety_monitor.errors import StoreError
from urban_safety_monitor.store import RunStore
from urban_safety_monitor.tables import Comparisons, Robustness, Scores, checked
from urban_safety_monitor.tables.run import Provenance, Results

NOW = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)


def results(run_id="0123456789abcdef", value=50.0):
    """A run of one city with something in every table, missing values included."""
    score = {"component": "safe", "area": "A", "period": "2026", "level": "indicator"}
    score |= {"score": value, "lower": 40.0, "upper": 60.0, "coverage": 1.0, "missing": ""}
    score |= {"rank": np.nan, "rank_lower": np.nan, "rank_upper": np.nan}
    compared = {"component": "safe", "area": "A", "period": "2026", "benchmark": "previous"}
    compared |= dict.fromkeys(["benchmark_value", "difference", "z", "p_value"], np.nan)
    compared |= {"p_adjusted": np.nan, "status": "no_status", "reason": "no_earlier_round"}
    span = {"area": "A", "period": "2026", "choice": "all", "lower": 40.0, "upper": 60.0}
    span |= {"rank_lower": np.nan, "rank_upper": np.nan}
    return Results(
        provenance=Provenance(
            run_id=run_id,
            version="0.1.0",
            catalogue_sha256="c" * 64,
            inputs={"años.csv": "a" * 64},
            options={"draws": 1000, "seed": 7, "lonely_psu": "adjust"},
            demonstration=True,
        ),
        areas=areas(["A"], title=["Ciudad Á"], population=[1e5]),
        surveys=surveys([("A", "2026")]),
        differences=differences([("safe", "A", "2026", "b")]),
        estimates=estimates([{"indicator": "safe", "value": value}, {"indicator": "other"}]),
        scores=checked(Scores, pd.DataFrame([score])),
        comparisons=checked(Comparisons, pd.DataFrame([compared])),
        robustness=checked(Robustness, pd.DataFrame([span])),
        quality=pd.DataFrame(
            {"area": ["A"], "period": ["2026"], "finding": ["f"], "count": [1.0], "detail": ["s"]}
        ),
        peers=pd.DataFrame({"area": ["A"], "period": ["2026"], "peer": ["B"], "distance": [0.5]}),
    )


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "data")


def assert_same(found, expected):
    assert found.provenance == expected.provenance
    for name, table in expected.tables().items():
        pd.testing.assert_frame_equal(found.tables()[name], table)


def kept(store):
    """Names of everything lying where runs are kept."""
    return sorted(path.name for path in (store.folder / "runs").iterdir())


def test_a_run_comes_back_as_it_was_kept(store):
    store.keep(results(), NOW)
    assert_same(store.fetch("0123456789abcdef"), results())
    assert kept(store) == ["0123456789abcdef"]


def test_another_program_finds_it_too(store, tmp_path):
    store.keep(results(), NOW)
    assert_same(RunStore(tmp_path / "data").fetch("0123456789abcdef"), results())


def test_keeping_a_run_twice_changes_nothing(store):
    store.keep(results(), NOW)
    folder = store.folder / "runs" / "0123456789abcdef"
    before = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}
    store.keep(results(), NOW + timedelta(hours=1))
    after = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}
    assert after == before
    assert store.latest() == "0123456789abcdef"


def test_the_latest_run_is_the_one_kept_last(store):
    for hours, name in enumerate(["bbb", "aaa", "ccc"]):
        store.keep(results(name), NOW + timedelta(hours=hours))
    assert store.latest() == "ccc"
    store.keep(results("aaa"), NOW + timedelta(hours=5))
    assert store.latest() == "aaa"
    assert kept(store) == ["aaa", "bbb", "ccc"]


def test_the_latest_is_the_last_in_time_wherever_the_clock_stands(store):
    east = datetime.fromisoformat("2026-01-01T14:00:00+05:00")  # 9:00 UTC
    store.keep(results("noon"), NOW)
    store.keep(results("morning"), east)
    assert store.latest() == "noon"


def test_a_run_that_cannot_be_written_leaves_no_trace(store):
    store.keep(results("old"), NOW)
    unwritable = pd.DataFrame({"peer": [object()]})
    with pytest.raises(Exception, match="Could not convert"):
        store.keep(replace(results("new"), peers=unwritable), NOW + timedelta(hours=1))
    assert kept(store) == ["old"]
    assert store.latest() == "old"
    assert_same(store.fetch("old"), results("old"))
    with pytest.raises(StoreError, match="run new: not kept"):
        store.fetch("new")


def test_a_folder_that_cannot_be_written_to_is_the_users_to_mend(store):
    runs = store.folder / "runs"
    runs.rmdir()
    runs.write_text("not a folder")
    with pytest.raises(StoreError, match=r"data folder .*: cannot be written to") as raised:
        store.keep(results(), NOW)
    assert raised.value.exit_code == 13


def test_a_run_whose_entry_was_lost_is_entered_again(store):
    """A crash between the files and the registry leaves a folder without an entry."""
    other = RunStore(store.folder.parent / "other")
    other.keep(results(), NOW)
    (other.folder / "runs" / "0123456789abcdef").rename(store.folder / "runs" / "0123456789abcdef")
    with pytest.raises(StoreError):
        store.latest()
    store.keep(results(), NOW)
    assert_same(store.fetch(store.latest()), results())


def test_where_nothing_is_kept_it_says_how_to_make_something(store):
    with pytest.raises(StoreError, match=r"no results yet; make some with usm run") as raised:
        store.latest()
    assert raised.value.exit_code == 13


def test_an_unknown_run_is_named(store):
    store.keep(results(), NOW)
    with pytest.raises(StoreError, match="run feed: not kept in"):
        store.fetch("feed")


def test_missing_tables_are_named_together(store):
    store.keep(results(), NOW)
    for name in ("scores", "areas"):
        (store.folder / "runs" / "0123456789abcdef" / f"{name}.parquet").unlink()
    with pytest.raises(StoreError, match="tables are missing: areas, scores"):
        store.fetch("0123456789abcdef")


def test_a_damaged_table_is_said_to_be_damaged(store):
    store.keep(results(), NOW)
    path = store.folder / "runs" / "0123456789abcdef" / "scores.parquet"
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(StoreError, match="its files cannot be read"):
        store.fetch("0123456789abcdef")


OPEN = """
import sys
from pathlib import Path
from urban_safety_monitor.errors import StoreError
from urban_safety_monitor.store import RunStore
sys.stdin.readline()
for folder in sys.argv[1:]:
    try:
        RunStore(Path(folder)).latest()
    except StoreError:
        pass
"""


def test_two_programs_may_open_new_data_folders_at_the_same_moment(tmp_path):
    folders = [str(tmp_path / f"data{number}") for number in range(8)]
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", OPEN, *folders],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for program in programs:  # both have read in all they need before either starts
        program.stdin.write("go\n")
        program.stdin.flush()
    said = [program.communicate(timeout=60)[1] for program in programs]
    assert [(program.returncode, text) for program, text in zip(programs, said, strict=True)] == [
        (0, ""),
        (0, ""),
    ]


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match=r"data folder .*file/data: cannot be opened"):
        RunStore(tmp_path / "file" / "data")


def test_a_registry_that_is_none_is_named(tmp_path):
    (tmp_path / "registry.sqlite").write_text("This is no database, however long it may be." * 9)
    with pytest.raises(StoreError, match=r"cannot be opened: file is not a database$"):
        RunStore(tmp_path)


def test_a_run_kept_before_there_were_tables_of_uncertainty_comes_back(store):
    store.keep(results(), NOW)
    for name in ("sensitivity", "left_out", "order_changes"):
        (store.folder / "runs" / "0123456789abcdef" / f"{name}.parquet").unlink()
    found = store.fetch("0123456789abcdef")
    assert list(found.order_changes.columns) == ["period", "area", "other", "share"]
    assert found.order_changes.empty and found.sensitivity.empty and found.left_out.empty


def test_scores_kept_before_values_could_be_filled_in_are_measured(store):
    store.keep(results(), NOW)
    path = store.folder / "runs" / "0123456789abcdef" / "scores.parquet"
    pd.read_parquet(path).drop(columns=["obs_status", "imputed"]).to_parquet(path)
    scores = store.fetch("0123456789abcdef").scores
    assert scores[["obs_status", "imputed"]].values.tolist() == [["A", ""]]


def told_before(store, run_id="", inputs=None, period="2026", demonstration=True):
    made_from = replace(
        results().provenance,
        run_id=run_id,
        inputs=inputs or {"other.csv": "b" * 64},
        demonstration=demonstration,
    )
    return list(store.released_before(made_from, surveys([("A", period)])))


def test_every_kept_run_of_the_same_area_and_period_counts_as_published(store):
    assert told_before(store) == []
    store.keep(results("bbb"), NOW)
    store.keep(results("aaa"), NOW + timedelta(hours=1))
    assert told_before(store) == ["aaa", "bbb"]
    assert told_before(store, period="2024") == []
    assert told_before(store, demonstration=False) == []
    found = store.released_before(results().provenance, surveys([("A", "2026")]))
    assert found == {}  # the same run, made again
    told = store.released_before(replace(results().provenance, inputs={}), surveys([("A", "2026")]))
    pd.testing.assert_frame_equal(told["aaa"], results().estimates)


def test_a_run_made_again_keeps_to_what_it_first_kept_to(store):
    store.keep(results("first"), NOW)
    later = results("later").provenance
    own = {"own.csv": "d" * 64}
    options = later.options | {"released": ["first"]}
    provenance = replace(later, inputs=own, options=options)
    store.keep(replace(results("later"), provenance=provenance), NOW + timedelta(hours=1))
    another = replace(results("third").provenance, inputs={"third.csv": "e" * 64})
    store.keep(replace(results("third"), provenance=another), NOW + timedelta(hours=2))
    assert told_before(store, inputs=own) == ["first"]
    assert told_before(store) == ["first", "later", "third"]


def test_a_run_whose_published_figures_are_lost_stops_the_next(store):
    store.keep(results(), NOW)
    (store.folder / "runs" / "0123456789abcdef" / "estimates.parquet").unlink()
    with pytest.raises(StoreError, match="what it published cannot be read"):
        told_before(store)


def test_the_log_of_what_is_withheld_is_its_owners_only(store):
    store.keep(results(), NOW)
    path = store.folder / "runs" / "0123456789abcdef" / "withheld.parquet"
    assert path.stat().st_mode & 0o077 == 0
