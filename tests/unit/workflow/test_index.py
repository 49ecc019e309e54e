"""Finished values: what is no number, no area or no indicator is named with its row."""

from pathlib import Path

import pytest

from urban_safety_monitor.catalogue import load_catalogue
from urban_safety_monitor.errors import DataError
from urban_safety_monitor.workflow import score_values


@pytest.fixture(scope="module")
def catalogue():
    return load_catalogue()


def written(folder: Path, text: str) -> Path:
    path = folder / "values.csv"
    path.write_text(text, encoding="utf-8")
    return path


def problems_of(path: Path, catalogue) -> list[str]:
    with pytest.raises(DataError) as raised:
        score_values(path, catalogue)
    return [problem.removeprefix(f"{path}: ") for problem in raised.value.problems]


def test_an_empty_cell_is_missing_and_never_nought(tmp_path, catalogue):
    path = written(tmp_path, "area,safe_night,safe_day,note\nNA,30,,x\nB,NA,50,y\n")
    scores = score_values(path, catalogue)
    found = scores[scores["level"] == "indicator"].set_index(["component", "area"])["score"]
    assert found["safe_night", "NA"] > 0
    assert found[[("safe_night", "B"), ("safe_day", "NA")]].isna().all()


def test_periods_are_scored_apart(tmp_path, catalogue):
    path = written(tmp_path, "city,period,safe_night\nA,2024,30\nA,2026,60\n")
    scores = score_values(path, catalogue)
    found = scores[scores["component"] == "safe_night"].set_index("period")["score"]
    assert found["2024"] < found["2026"]


def test_every_fault_is_named_at_once_with_its_rows(tmp_path, catalogue):
    text = "area,safe_night,safe_day\nA,30,x\nB,1e400,\nB,40,y\n,20,10\n"
    assert problems_of(written(tmp_path, text), catalogue) == [
        "column safe_night, row 3: not a number: 1e400",
        "column safe_day, row 2, 4: not a number: x, y",
        "column area, row 5: an area without a name",
        "row 3, 4: an area is given once for each period, here twice: B",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("area,colour\nA,3\n", "no column is the id of a scored indicator"),
        ("area,safe_night\n", "has column names but no rows"),
        ("", "cannot be read as a CSV table"),
    ],
)
def test_a_file_without_values_is_refused(tmp_path, catalogue, text, said):
    (problem,) = problems_of(written(tmp_path, text), catalogue)
    assert said in problem


def test_a_file_that_is_not_there_is_named(tmp_path, catalogue):
    (problem,) = problems_of(tmp_path / "nowhere.csv", catalogue)
    assert "cannot be read as a CSV table" in problem
