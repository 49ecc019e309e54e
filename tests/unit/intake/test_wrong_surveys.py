"""Survey files with planted faults: all of them in one report, each with its row and column."""

import pytest

from urban_safety_monitor.errors import DataError
from urban_safety_monitor.intake import require_accepted

DESIGN = ["A", "B", "C", "D", "E", "F"]
LETTER = {"weight_person": "F", "sex": "G", "age": "H", "safe_night": "I", "n_robbery": "K"}


def found(intake):
    """Code, first column letter and rows of every problem: few people and questions is no fault."""
    return {
        (p.code, p.place.columns[0].letter if p.place.columns else "", p.place.rows)
        for p in intake.report.problems
        if p.code not in {"USM-C02", "USM-G04"}
    }


def test_a_right_file_is_accepted(check, write, rows):
    intake = check(write(rows))
    assert intake.accepted
    assert found(intake) == set()
    frame = require_accepted(intake)
    assert len(frame) == 24
    assert frame["period"].unique().tolist() == ["2026-Q2"]
    assert frame["weight_person"].tolist() == [row["weight_person"] for row in rows]
    assert str(frame["safe_night"].dtype) == "Int8"
    assert frame["n_robbery"].isna().sum() == 20


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("weight_person", 0, "USM-W02"),
        ("weight_person", -3, "USM-W03"),
        ("weight_person", "", "USM-W01"),
        ("weight_person", "many", "USM-N01"),
        ("weight_person", "152,37", "USM-N02"),
        ("weight_person", 100_000, "USM-W04"),
        ("safe_night", 7, "USM-V12"),
        ("sex", "Woman", "USM-K02"),
        ("age", 12, "USM-V13"),
        ("age", "young", "USM-N01"),
        ("stratum", "", "USM-S01"),
        ("psu", "", "USM-S01"),
        ("person_id", "", "USM-S01"),
    ],
)
def test_a_wrong_cell_is_found(check, write, rows, *, column, value, code):
    rows[4][column] = value
    problems = found(check(write(rows)))
    letter = "ABCDEFGHIJK"[list(rows[4]).index(column)]
    assert problems == {(code, letter, ((6, 6),))}


def test_a_wrong_cell_is_not_accepted_unless_it_only_has_to_be_confirmed(check, write, rows):
    rows[4]["weight_person"] = 100_000
    assert check(write(rows)).accepted
    rows[5]["weight_person"] = 0
    assert not check(write(rows)).accepted


def test_no_weights(check, write, rows):
    renamed = [
        {("wieght_person" if k == "weight_person" else k): v for k, v in row.items()}
        for row in rows
    ]
    (problem,) = [p for p in check(write(renamed)).report.problems if p.level == "must_fix"]
    assert problem.code == "USM-C01"
    assert problem.params["missing"] == "weight_person"
    assert problem.suggestion == "wieght_person"


def test_duplicate_persons(check, write, rows):
    rows.append(dict(rows[3]))
    rows[7]["person_id"] = rows[6]["person_id"]
    (problem,) = [p for p in check(write(rows)).report.problems if p.code == "USM-I01"]
    assert problem.place.rows == ((5, 5), (8, 9), (26, 26))
    assert (problem.params["n"], problem.params["same"]) == (2, 1)


def test_a_unit_in_two_strata(check, write, rows):
    rows[0]["stratum"] = "s2"
    (problem,) = [p for p in check(write(rows)).report.problems if p.level == "must_fix"]
    assert (problem.code, problem.found) == ("USM-S02", "u0 (s0, s2)")
    assert problem.place.rows == ((2, 5),)


def test_units_numbered_anew_in_each_stratum_are_no_fault(check, write, rows):
    for row in rows:
        row["psu"] = int(row["psu"][1:]) % 2
    intake = check(write(rows))
    assert intake.accepted
    assert {code for code, _, _ in found(intake)} == {"USM-S04"}


def test_a_stratum_with_one_unit_has_to_be_confirmed(check, write, rows):
    intake = check(write(rows[:20]))
    assert found(intake) == {("USM-S03", "C", ((18, 21),))}
    assert intake.accepted


def test_an_answer_that_should_have_been_skipped(check, write, rows):
    rows[1]["n_robbery"] = 3
    assert ("USM-P05", "K", ((3, 3),)) in found(check(write(rows)))


def test_a_private_answer_that_should_have_been_skipped_is_not_shown(check, write, rows):
    for row in rows:
        row["private_sensitive"] = 2
        row["v_sexual"] = ""
    rows[1]["v_sexual"] = 1
    report = check(write(rows)).report
    (problem,) = [p for p in report.problems if p.code == "USM-P06"]
    assert problem.sensitive and problem.found == ""
    assert problem.place.rows == ((3, 3),)


def test_values_of_sensitive_columns_are_never_printed(check, write, rows):
    for row in rows:
        row["private_sensitive"] = 1
        row["v_sexual"] = 2
    rows[1]["v_sexual"] = "SECRET"
    report = check(write(rows)).report
    assert ("USM-V12", "M", ((3, 3),)) in {
        (p.code, p.place.columns[0].letter, p.place.rows) for p in report.of_level("must_fix")
    }
    for output in (report.text("en"), report.text("es"), report.as_json(), report.table().to_csv()):
        assert "SECRET" not in output


def test_an_empty_column_has_to_be_confirmed(check, write, rows):
    for row in rows:
        row["safe_day"] = ""
    assert ("USM-C05", "L", ()) in found(check(write(rows)))


def test_many_without_an_answer_is_good_to_know(check, write, rows):
    for row in rows[:6]:
        row["safe_night"] = 9
    (problem,) = [p for p in check(write(rows)).report.problems if p.code == "USM-V14"]
    assert problem.params["names"] == "safe_night 25%"


def test_dates_far_from_the_round(check, write, rows):
    for row in rows:
        row["interview_date"] = "2026-05-04"
    rows[3]["interview_date"] = "2025-05-04"
    rows[4]["interview_date"] = "soon"
    assert {("USM-D02", "L", ((5, 5),)), ("USM-D01", "L", ((6, 6),))} <= found(check(write(rows)))


def test_dates_that_can_be_read_two_ways(check, write, rows):
    for row in rows:
        row["interview_date"] = "03/04/2026"
    intake = check(write(rows))
    assert intake.frame["interview_date"].unique().tolist() == ["2026-04-03"]
    assert {code for code, _, _ in found(intake)} == {"USM-D04"}
    rows[0]["interview_date"] = "25/04/2026"
    assert found(check(write(rows))) == set()


def test_small_districts_are_named(check, write, rows):
    for number, row in enumerate(rows):
        row["district_id"] = "north" if number < 5 else "south"
    (problem,) = [p for p in check(write(rows)).report.problems if p.code == "USM-G01"]
    assert problem.params["names"] == "north (5), south (19)"


def test_personal_details_stop_the_file_and_are_not_shown(check, write, rows):
    for row in rows:
        row["telefono"] = "3312345678"
        row["remark"] = "write to ana.lopez@example.org" if row["sex"] == 1 else "none"
    intake = check(write(rows))
    assert {("USM-X01", "L"), ("USM-X01", "M")} == {p[:2] for p in found(intake)}
    assert not intake.accepted
    assert "3312345678" not in intake.report.text() and "ana.lopez" not in intake.report.text()


def test_copied_interviews_have_to_be_confirmed(check, write, rows):
    places = [f"inciv_{k}" for k in ("vandal", "alcohol", "robbery", "gangs", "drugs", "shots")]
    places += [f"place_{k}" for k in ("home", "street", "park", "transport", "market", "atm")]
    places += ["safe_day", "safe_city", "expect_12m", "lighting", "trust_neigh", "coll_eff"]
    for number, row in enumerate(rows):
        row.update({column: 1 + (number >> bit) % 2 for bit, column in enumerate(places[:5])})
        row.update(dict.fromkeys(places[5:], 1))
    assert "USM-I02" not in {code for code, _, _ in found(check(write(rows)))}
    rows[9] = rows[8] | {"person_id": "p009"}
    (problem,) = [p for p in check(write(rows)).report.problems if p.code == "USM-I02"]
    assert problem.place.rows == ((10, 11),)


def test_all_faults_come_in_one_report_and_one_error(check, write, rows):
    rows[2]["safe_night"], rows[3]["safe_night"], rows[9]["safe_night"] = 7, 7, 6
    rows[4]["weight_person"] = 0
    rows[5]["weight_person"] = "x"
    rows[6]["person_id"] = rows[5]["person_id"]
    intake = check(write(rows))
    with pytest.raises(DataError) as error:
        require_accepted(intake)
    assert error.value.exit_code == 11
    assert len(error.value.problems) == 4
    text = intake.report.text()
    assert "rows 4, 5 and 11" in text and "Found: 7, 6." in text
    for code in ("USM-V12", "USM-W02", "USM-N01", "USM-I01"):
        assert code in text


@pytest.mark.parametrize(
    ("content", "code"), [(b"", "USM-F04"), (b"a,b\n", "USM-F06"), (b"%PDF", "USM-F02")]
)
def test_a_file_that_cannot_be_read_is_a_report_too(check, tmp_path, content, code):
    path = tmp_path / "answers.csv"
    path.write_bytes(content)
    intake = check(path)
    assert [p.code for p in intake.report.problems] == [code]
    with pytest.raises(DataError, match=code):
        require_accepted(intake)


def test_column_names_in_other_capitals_are_read_and_said(check, write, rows):
    shouted = [{k.upper(): v for k, v in row.items()} for row in rows]
    intake = check(write(shouted))
    assert intake.accepted
    assert {code for code, _, _ in found(intake)} == {"USM-C03"}
    shouted[0]["SAFE_NIGHT"] = 7
    (problem,) = [p for p in check(write(shouted)).report.problems if p.code == "USM-V12"]
    assert problem.place.columns[0].name == "SAFE_NIGHT"


def test_people_without_a_district_have_to_be_confirmed(check, write, rows):
    for number, row in enumerate(rows):
        row["district_id"] = "" if number in (3, 4, 9) else "D1"
    intake = check(write(rows))
    (problem,) = [p for p in intake.report.problems if p.code == "USM-G03"]
    assert intake.accepted and problem.level == "check"
    assert (problem.params["n"], problem.place.rows) == (3, ((5, 6), (11, 11)))
    assert problem.place.columns[0].name == "district_id"


def test_a_survey_without_districts_is_no_fault(check, write, rows):
    assert "USM-G03" not in {p.code for p in check(write(rows)).report.problems}


def test_a_round_that_is_no_period_has_no_days_to_compare_with(check, write, rows):
    for row in rows:
        row["interview_date"] = "2026-05-04"
    rows[0]["round_id"] = "nan"
    assert "USM-D02" not in {p.code for p in check(write(rows)).report.problems}
