"""Totals, notes and merged cells among the answers."""

import xlsxwriter


def rows_of(intake, code):
    return [p.place.rows for p in intake.report.problems if p.code == code]


def test_a_total_row_is_named_and_causes_no_other_fault(check, write, rows):
    total = dict.fromkeys(rows[0], "") | {"city_id": "Total", "weight_person": 2688}
    intake = check(write([*rows, total]))
    assert rows_of(intake, "USM-F19") == [((26, 26),)]
    assert [p.code for p in intake.report.of_level("must_fix")] == ["USM-F19"]


def test_a_total_of_every_column_is_named_at_the_end(check, write, rows):
    total = dict(rows[0]) | {"person_id": "TOTAL", "sex": ""}
    assert rows_of(check(write([*rows, total])), "USM-F19") == [((26, 26),)]


def test_notes_below_the_table_are_named(check, write, rows):
    notes = [dict.fromkeys(rows[0], "") | {"city_id": text} for text in ("Source: city", "Note 1")]
    intake = check(write([*rows, *notes]))
    assert rows_of(intake, "USM-F20") == [((26, 27),)]
    assert [p.code for p in intake.report.of_level("must_fix")] == ["USM-F20"]


def test_a_person_with_few_answers_is_no_note(check, write, rows):
    kept = ("city_id", "round_id", "stratum", "psu", "person_id", "weight_person")
    rows[3] = {name: value if name in kept else "" for name, value in rows[3].items()}
    intake = check(write(rows))
    assert intake.accepted
    assert rows_of(intake, "USM-F20") == rows_of(intake, "USM-F19") == []


def test_merged_cells_are_named(check, tmp_path, rows):
    path = tmp_path / "merged.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("data")
        sheet.write_row(0, 0, list(rows[0]))
        for number, row in enumerate(rows, 1):
            sheet.write_row(number, 0, list(row.values()))
        sheet.merge_range(4, 6, 6, 6, 1)
    assert rows_of(check(path), "USM-F21") == [((5, 7),)]


def test_a_file_of_notes_and_totals_has_no_rows_of_answers(check, write, rows):
    empty = dict.fromkeys(rows[0], "")
    notes = [empty | {"city_id": text} for text in ("Source: city", "1/ Preliminary", "Table 3")]
    totals = [empty | {"city_id": "Total", "weight_person": 12 + n, "psu": n} for n in range(2)]
    for only in (notes, totals, [*notes * 3, *totals]):
        intake = check(write(only))
        assert [p.code for p in intake.report.of_level("must_fix")] == ["USM-F24"]
        assert not intake.accepted


def test_a_row_that_repeats_the_names_is_named_and_causes_no_other_fault(check, write, rows):
    names = {name: name for name in rows[0]}
    intake = check(write([*rows[:9], names, *rows[9:]]))
    assert rows_of(intake, "USM-F23") == [((11, 11),)]
    assert [p.code for p in intake.report.of_level("must_fix")] == ["USM-F23"]


def test_numbers_in_words_in_the_first_row_are_no_names(check, write, rows):
    intake = check(write([rows[0] | {"age": "twenty"}, *rows[1:]]))
    assert rows_of(intake, "USM-F23") == []


def test_the_column_of_a_marked_copy_is_no_answer(check, write, rows):
    told = "Two people gave the same answer to everything that was asked here today "
    marked = [{"Problems in this row": f"{told} {n}"} | row for n, row in enumerate(rows)]
    intake = check(write(marked))
    assert intake.accepted
    assert "USM-X02" not in {p.code for p in intake.report.problems}
