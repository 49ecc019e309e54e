"""The practice files: every planted fault is found in one pass, where it lies."""

import csv
from pathlib import Path

import pytest

from urban_safety_monitor.intake import require_accepted

PRACTICE = Path(__file__).parents[3] / "sample_data" / "practice"
CODE_OF = {
    "Unknown code": "USM-V12",
    "Weight of zero": "USM-W02",
    "Weight written as a word": "USM-N01",
    "The same person twice": "USM-I01",
    "One sampling unit in two strata": "USM-S02",
    "Decimal comma": "USM-N02",
    "Age out of range": "USM-V13",
    "Answer to a question that was skipped": "USM-P06",
    "Personal detail": "USM-X01",
    "Missing district": "USM-G03",
}
# A fault of two rows or more that contradict each other is shown with all of them.
WITH_OTHERS = {"USM-I01": {89, 90}, "USM-S02": set(range(95, 103))}


def planted() -> list[dict[str, str]]:
    with (PRACTICE / "planted_faults.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_all_ten_planted_faults_are_found_in_one_pass(check, kind):
    report = check(PRACTICE / f"example_ten_faults.{kind}").report
    found = {
        problem.code: (
            {column.name for column in problem.place.columns},
            {row for first, last in problem.place.rows for row in range(first, last + 1)},
        )
        for problem in report.problems
        if problem.level != "note"
    }
    assert set(found) == set(CODE_OF.values())
    for fault in planted():
        columns, rows = found[CODE_OF[fault["title"]]]
        assert fault["column"] in columns
        there = set(map(int, fault["rows"].split()))
        assert rows == WITH_OTHERS.get(CODE_OF[fault["title"]], there)
        assert there <= rows


def test_the_clean_file_has_nothing_to_fix_or_to_confirm(check):
    intake = check(PRACTICE / "example_clean.csv")
    assert {problem.level for problem in intake.report.problems} <= {"note"}
    assert require_accepted(intake)["district"].notna().all()
