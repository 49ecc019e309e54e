"""Whatever is handed in: a table or a reason, a report or a table, never a traceback."""

import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from urban_safety_monitor.intake import read_file
from urban_safety_monitor.intake.source import UnreadableFile

SHARED_FOLDER = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
STARTS = [b"", b"PK\x03\x04", b"\x1f\x8b", b"$FL2", b"PAR1", b"<stata_dta>", b"\xff\xfe", b"a,b\n"]
CELLS = st.sampled_from(
    [
        "",
        "0",
        "-1",
        "7",
        "1e400",
        "nan",
        "1,5",
        "x",
        "á\u200b",
        '"',
        "a\nb",
        "=1+1",
        "99",
        "s0",
        " ",
    ]
)


@settings(SHARED_FOLDER, max_examples=16)  # half of these start a process
@given(st.sampled_from(STARTS), st.binary(max_size=300))
def test_any_bytes_are_a_table_or_a_reason(tmp_path, start, content):
    path = tmp_path / "any.csv"
    path.write_bytes(start + content)
    try:
        table = read_file(path)
    except UnreadableFile as error:
        assert error.problem.level == "must_fix"
    else:
        assert len(table.frame) > 0
        assert table.frame.index.is_monotonic_increasing


@SHARED_FOLDER
@given(st.text(alphabet=',;\t|"\r\n ab1é', max_size=80))
def test_any_text_is_a_table_or_a_reason(tmp_path, text):
    path = tmp_path / "any.csv"
    path.write_text(text, encoding="utf-8", newline="")
    try:
        table = read_file(path)
    except UnreadableFile as error:
        assert error.problem.code.startswith("USM-F")
    else:
        assert len(set(table.header)) == len(table.header)


@settings(SHARED_FOLDER, max_examples=15)
@given(st.lists(st.tuples(st.integers(0, 23), st.integers(0, 10), CELLS), max_size=12))
def test_any_cells_give_a_report_with_rows_of_the_file(check, write, rows, faults):
    spoilt = [dict(row) for row in rows]
    names = list(rows[0])
    for row, column, cell in faults:
        spoilt[row][names[column]] = cell
    report = check(write(spoilt)).report
    assert report.text("es") and report.as_json()
    for problem in report.problems:
        assert all(2 <= first <= last <= 25 for first, last in problem.place.rows)


def test_the_order_of_rows_changes_only_row_numbers(check, write, rows):
    rows[3]["safe_night"], rows[9]["weight_person"] = 7, 0
    shuffled = random.Random(1).sample(rows, len(rows))
    found = [
        {(p.code, p.n_rows, p.found) for p in check(write(given)).report.problems}
        for given in (rows, shuffled)
    ]
    assert found[0] == found[1]
