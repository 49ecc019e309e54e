"""Configurations of runs: every fault at once; a survey's own files are its own matter."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from urban_safety_monitor.catalogue.load import shipped
from urban_safety_monitor.errors import DataError
from urban_safety_monitor.store import RunStore
from urban_safety_monitor.workflow import run_config
from urban_safety_monitor.workflow.config import read_config

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SAMPLE = shipped("sample_data")
WHOLE = """
areas = "areas.csv"
surveys = "surveys.csv"
"""
SURVEY = """
[[microdata]]
files = ["{file}"]
recipe = "{recipe}"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("areas.csv", "surveys.csv"):
        shutil.copy(SAMPLE / name, tmp_path)
    return tmp_path


def written(folder: Path, text: str) -> Path:
    path = folder / "run.toml"
    path.write_text(text, encoding="utf-8")
    return path


def problems_of(path: Path) -> list[str]:
    with pytest.raises(DataError) as raised:
        read_config(path)
    return list(raised.value.problems)


def test_a_whole_configuration_is_read(folder):
    text = WHOLE + SURVEY.format(file="a.csv", recipe="usm-questionnaire")
    config = read_config(written(folder, text))
    assert [source.name for source in config.microdata] == ["a.csv"]
    assert (config.draws, config.seed, config.lonely_psu) == (1000, 0, "adjust")
    assert config.tables == (Path("areas.csv"), Path("surveys.csv"))


def test_the_shipped_configuration_holds():
    assert len(read_config(SAMPLE / "demonstration.toml").microdata) == 22


def test_every_fault_is_named_at_once(folder):
    text = 'areas = 3\ndraws = 0\nlonely_psu = "drop"\ncolour = "red"\n[[microdata]]\nfiles = []\n'
    text += SURVEY.format(file="a.csv", recipe="usm-questionnaire")
    problems = problems_of(written(folder, text))
    entries = {problem.split(": ")[1] for problem in problems}
    assert entries == {
        "areas",
        "surveys",
        "draws",
        "lonely_psu",
        "colour",
        "microdata.0.files",
        "microdata.0.recipe",
    }
    assert all(problem.startswith(f"configuration {folder / 'run.toml'}: ") for problem in problems)


def test_a_run_without_a_survey_is_refused(folder):
    (problem,) = problems_of(written(folder, WHOLE))
    assert "microdata" in problem


def test_every_missing_table_is_named_at_once(folder):
    text = WHOLE + 'administrative = ["a.csv", "b.csv"]\ndifferences = "d.csv"\n'
    text += 'boundaries = ["e.geojson"]\n'
    text += SURVEY.format(file="answers.csv", recipe="usm-questionnaire")
    problems = problems_of(written(folder, text))
    assert [problem.split(": ")[1] for problem in problems] == [
        "d.csv",
        "a.csv",
        "b.csv",
        "e.geojson",
    ]
    assert all("no such file" in problem for problem in problems)


def test_a_missing_or_unreadable_configuration_is_named(tmp_path):
    (problem,) = problems_of(tmp_path / "nowhere.toml")
    assert problem == f"configuration {tmp_path / 'nowhere.toml'}: no such file"
    (problem,) = problems_of(written(tmp_path, "areas = ["))
    assert "not TOML" in problem
    (tmp_path / "run.toml").write_bytes(b"areas = '\xff'")
    assert "cannot be read" in problems_of(tmp_path / "run.toml")[0]


def refused(folder: Path, *sources: tuple[str, str]) -> list[str]:
    text = WHOLE + "".join(SURVEY.format(file=file, recipe=recipe) for file, recipe in sources)
    with pytest.raises(DataError) as raised:
        run_config(written(folder, text), RunStore(folder / "data"), NOW, lambda _: None)
    assert list((folder / "data" / "runs").iterdir()) == []
    return list(raised.value.problems)


def test_outlines_that_cannot_be_drawn_stop_the_run_before_a_survey_is_read(folder):
    (folder / "outlines.geojson").write_text('{"type": "Point"}', encoding="utf-8")
    text = WHOLE + 'boundaries = ["outlines.geojson"]\n'
    text += SURVEY.format(file="nowhere.csv", recipe="usm-questionnaire")
    with pytest.raises(DataError, match=r"outlines\.geojson: not a GeoJSON FeatureCollection"):
        run_config(written(folder, text), RunStore(folder / "data"), NOW, lambda _: None)


def test_files_that_are_not_there_are_their_surveys_own_fault(folder):
    one, two = refused(
        folder, ("nowhere.csv", "usm-questionnaire"), ("gone.csv", "usm-questionnaire")
    )
    assert "USM-F01" in one and "nowhere.csv" in one
    assert "USM-F01" in two and "gone.csv" in two


def test_recorded_figures_are_no_survey(folder):
    shutil.copy(SAMPLE / "administrative.csv", folder)
    (problem,) = refused(folder, ("administrative.csv", "usm-records"))
    assert problem == "administrative.csv: recipe usm-records reads administrative, not answers"


def test_the_same_persons_in_two_surveys_are_refused(folder):
    answers = pd.read_csv(SAMPLE / "practice" / "example_clean.csv", dtype=str)
    answers.to_csv(folder / "one.csv", index=False)
    answers.tail(20).to_csv(folder / "two.csv", index=False)
    recipe = "usm-questionnaire"
    (problem,) = refused(folder, ("one.csv", recipe), ("two.csv", recipe))
    assert problem.startswith("ZA-D10, 2026-Q1: the same persons are in one.csv and in two.csv")
