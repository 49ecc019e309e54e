"""`usm run`: repeatable to the byte; one broken city stops no other; nothing is left half done."""

import re
from dataclasses import fields
from pathlib import Path

import pandas as pd
import pytest

from tests.e2e.command_line import Done, usm
from urban_safety_monitor.catalogue.load import shipped
from urban_safety_monitor.tables.run import Results

pytestmark = pytest.mark.e2e

SAMPLE = shipped("sample_data")
CITIES = ("ZA-ETH", "ZA-D01")
PERIOD = "2026-Q1"
TABLES = {field.name for field in fields(Results)} - {"provenance"}
CONFIG = """
areas = "areas.csv"
surveys = "surveys.csv"
administrative = ["administrative.csv"]
draws = 20
"""
SURVEY = """
[[microdata]]
files = ["{file}"]
recipe = "usm-questionnaire"
"""


class Run:
    """A call of `usm run` on a configuration, with what it left in its data folder."""

    def __init__(self, config: Path, data: Path) -> None:
        self.done: Done = usm("run", config, "--data", data, "--format", "csv")
        self.folders = sorted(data.glob("runs/*")) + sorted(data.glob("runs/.*"))

    @property
    def bytes(self) -> dict[str, bytes]:
        (folder,) = self.folders
        return {path.stem: path.read_bytes() for path in folder.iterdir()}

    @property
    def run_id(self) -> str:
        (folder,) = self.folders
        return folder.name


def answers_of(city: str) -> pd.DataFrame:
    answers = pd.read_parquet(SAMPLE / "microdata" / f"{city}.parquet")
    return answers[answers["round_id"] == PERIOD].reset_index(drop=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tables and answers of two cities, and answers of a third with several faults."""
    folder = tmp_path_factory.mktemp("run")
    for name in ("areas", "surveys", "administrative"):
        rows = pd.read_csv(SAMPLE / f"{name}.csv", dtype=str, keep_default_na=False)
        kept = rows["area"].isin(CITIES) | (rows["area"] == "ZA")
        if name == "areas":
            kept |= rows["parent"].isin(CITIES)
        else:
            kept &= rows["period"] == PERIOD
        rows[kept].to_csv(folder / f"{name}.csv", index=False)
    for city in CITIES:
        answers_of(city).head(300).to_parquet(folder / f"{city}.parquet")
    broken = answers_of("ZA-D02").head(200)
    broken.loc[3, "safe_night"] = 7
    broken.loc[7, "weight_person"] = 0
    broken.to_csv(folder / "broken.csv", index=False)
    return folder


def configured(folder: Path, name: str, files: list[str], start: str = CONFIG) -> Path:
    path = folder / name
    path.write_text(start + "".join(SURVEY.format(file=file) for file in files), "utf-8")
    return path


WHOLE = [f"{city}.parquet" for city in CITIES]


@pytest.fixture(scope="module")
def first(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    data = tmp_path_factory.mktemp("first")
    return Run(configured(folder, "whole.toml", WHOLE), data)


def test_a_run_is_kept_and_summed_up(first: Run) -> None:
    assert first.done.code == 0, first.done.err
    assert set(first.bytes) == TABLES
    lines = first.done.out.splitlines()
    assert lines[0].startswith("area,city,period,values,withheld")
    assert [line.split(",")[0] for line in lines[1:]] == ["ZA-D01", "ZA-ETH"]
    assert all(line.endswith(first.run_id) for line in lines[1:])


def test_the_same_configuration_gives_the_same_id_and_the_same_bytes(
    folder: Path, first: Run, tmp_path: Path
) -> None:
    again = Run(folder / "whole.toml", tmp_path)
    assert again.done.code == 0
    assert again.run_id == first.run_id
    assert again.bytes == first.bytes


def test_a_changed_answer_gives_another_id(folder: Path, first: Run, tmp_path: Path) -> None:
    answers = pd.read_parquet(folder / "ZA-D01.parquet")
    answers.loc[0, "safe_day"] = 5 - answers.loc[0, "safe_day"]
    answers.to_parquet(folder / "changed.parquet")
    (folder / "elsewhere").mkdir()
    (folder / "changed.parquet").rename(folder / "elsewhere" / "ZA-D01.parquet")
    for name in ("areas.csv", "surveys.csv", "administrative.csv", "ZA-ETH.parquet"):
        (folder / "elsewhere" / name).write_bytes((folder / name).read_bytes())
    changed = Run(configured(folder / "elsewhere", "whole.toml", WHOLE), tmp_path)
    assert changed.done.code == 0
    assert changed.run_id != first.run_id
    assert changed.bytes["areas"] == first.bytes["areas"]
    assert changed.bytes["estimates"] != first.bytes["estimates"]


def test_a_broken_city_is_named_and_the_others_are_computed_as_without_it(
    folder: Path, first: Run, tmp_path: Path
) -> None:
    files = [WHOLE[0], "broken.csv", WHOLE[1]]
    run = Run(configured(folder, "broken.toml", files), tmp_path)
    assert run.done.code == 11
    assert run.bytes["estimates"] == first.bytes["estimates"]
    said = run.done.err[run.done.err.index("left out: broken.csv") :]
    assert re.findall(r"MUST FIX · (USM-\w+)", said) == ["USM-W02", "USM-V12"]
    assert "column AC (safe_night), row 5" in said
    assert "column J (weight_person), row 9" in said
    assert not set(WHOLE) & set(re.findall(r"left out: (\S+)", run.done.err))


def test_a_design_that_cannot_be_estimated_leaves_nothing_behind(
    folder: Path, tmp_path: Path
) -> None:
    answers = pd.read_parquet(folder / "ZA-D01.parquet")
    stratum = answers["stratum"].iloc[0]
    one_unit = (answers["stratum"] != stratum) | (answers["psu"] == answers["psu"].iloc[0])
    answers[one_unit].to_parquet(folder / "one_unit.parquet")
    start = CONFIG + 'lonely_psu = "fail"\n'
    run = Run(configured(folder, "fail.toml", ["one_unit.parquet"], start), tmp_path)
    assert run.done.code == 12
    assert str(stratum) in run.done.err
    assert run.folders == []


def test_a_configuration_is_refused_with_all_its_faults(tmp_path: Path) -> None:
    config = tmp_path / "run.toml"
    config.write_text('areas = "areas.csv"\ndraws = "many"\nsede = 3\n', encoding="utf-8")
    done = usm("run", config, "--data", tmp_path / "data")
    assert (done.code, done.out) == (11, "")
    for entry in ("draws", "sede", "surveys", "microdata"):
        assert f"run.toml: {entry}: " in done.err
