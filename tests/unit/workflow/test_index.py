"""Finished values: what is no number, no area or no indicator is named with its row."""

from pathlib import Path

import numpy as np
import pytest

from urban_safety_monitor.catalogue import load_catalogue, load_framework
from urban_safety_monitor.errors import DataError
from urban_safety_monitor.workflow.index import (
    Doubt,
    analyse_values,
    check_framework,
    score_values,
    scored_values,
)


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


FRAMEWORK = """
title = "Two of a kind"
[normalisation]
method = "min_max"
reason = "For a test."
[[components]]
id = "all"
title = "All"
level = "overall"
[[indicators]]
id = "deaths"
component = "all"
better = "lower"
denominator = "people"
[[indicators]]
id = "trust"
component = "all"
better = "higher"
"""
TEXT = "city,people,deaths,trust,note\nA,100,10,20,x\nB,200,10,80,\nC,50,10,50,\n"


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    path = tmp_path_factory.mktemp("framework") / "own.toml"
    path.write_text(FRAMEWORK, encoding="utf-8")
    return load_framework(path)


def test_a_framework_file_and_a_table_make_an_index(tmp_path, own):
    scores = score_values(written(tmp_path, TEXT), own)
    found = scores.set_index(["component", "area"])["score"]
    assert found["deaths"].tolist() == pytest.approx([100 * 0.1 / 0.15, 100, 0])
    assert found["trust"].tolist() == pytest.approx([0, 100, 50])
    assert found["all"].tolist() == pytest.approx([100 / 3, 100, 25])


def errors_of(folder, text):
    path = folder / "errors.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_standard_errors_give_intervals_and_are_divided_too(tmp_path, own):
    errors = errors_of(tmp_path, "city,deaths\nC,0\nB,2\nA,0\n")  # in another order
    doubt = Doubt(errors, 400, 1)
    found = scored_values(written(tmp_path, TEXT), own, doubt)
    group = found.groups[0]
    drawn = group.index.values[:, 0]
    assert drawn.shape == (3, 401)
    np.testing.assert_allclose(drawn[:, 0], [0.1, 0.05, 0.2])
    np.testing.assert_allclose(drawn.std(axis=1), [0, 2 / 200, 0], atol=0.001)
    assert (group.index.values[:, 1] == group.index.values[:, 1, :1]).all()  # without errors
    scores = score_values(written(tmp_path, TEXT), own, doubt).set_index(["component", "area"])
    assert (scores.loc["all", "lower"] < scores.loc["all", "score"])["A"]


def test_faulty_standard_errors_are_told_together(tmp_path, own):
    errors = errors_of(tmp_path, "city,deaths,trust\nA,-1,\nB,2,3\n")
    with pytest.raises(DataError) as raised:
        score_values(written(tmp_path, TEXT), own, Doubt(errors))
    assert [problem.removeprefix(f"{errors}: ") for problem in raised.value.problems] == [
        "column deaths: no standard error of C; 0 is one without error",
        "column deaths: a standard error is never below 0",
        "column trust: no standard error of A, C; 0 is one without error",
    ]
    with pytest.raises(DataError, match="no column is an indicator of the values"):
        score_values(written(tmp_path, TEXT), own, Doubt(errors_of(tmp_path, "city,people\nA,1\n")))


def test_a_denominator_must_be_there_and_be_a_number(tmp_path, own):
    with pytest.raises(DataError, match="no column people, which others are divided by"):
        score_values(written(tmp_path, TEXT.replace("people", "persons")), own)
    with pytest.raises(DataError, match="column people, row 2: not a number: many"):
        score_values(written(tmp_path, TEXT.replace("100", "many")), own)


def test_uncertainty_and_coherence_of_finished_values(tmp_path, own):
    path = written(tmp_path, TEXT)
    found = analyse_values(path, own, Doubt(None, 64, 1))
    assert set(found.order_changes["area"]) | set(found.order_changes["other"]) == set("ABC")
    assert found.sensitivity["factor"].tolist() == [
        "importance", "normalisation", "aggregation", "goalposts",
    ]  # fmt: skip
    assert check_framework(path, own).parts["part"].tolist() == ["deaths", "trust"]
