"""From a city's own columns to its recipe, used again without questions."""

import re
from pathlib import Path

import pandas as pd
import pytest

from urban_safety_monitor.catalogue import Catalogue, load_catalogue
from urban_safety_monitor.errors import DataError, MonitorError, StoreError
from urban_safety_monitor.intake import require_accepted
from urban_safety_monitor.intake.known import Known
from urban_safety_monitor.intake.steps import Step
from urban_safety_monitor.workflow import Wanted, check_files, estimate_files
from urban_safety_monitor.workflow.attempts import HandedIn, check_handed_in
from urban_safety_monitor.workflow.known import known_of
from urban_safety_monitor.workflow.matching import (
    QUESTIONNAIRE,
    Chosen,
    SuggestedMatching,
    confirm,
    recipe_for,
    suggested_matching,
    with_codes,
)
from urban_safety_monitor.workflow.matching_draft import draft_toml, read_draft

CITY = "MX-GDL"
WORDS = ("Muy segura(o)", "Segura(o)", "Insegura(o)", "Muy insegura(o)")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def own_columns(people: int = 48) -> pd.DataFrame:
    """A city's own file: its names and words, no column of the city or the round."""
    numbers = range(people)
    return pd.DataFrame(
        {
            "folio": [f"p{n:03}" for n in numbers],
            "EST_DIS": [f"s{n // 16}" for n in numbers],
            "UPM_DIS": [f"u{n // 4}" for n in numbers],
            "FAC_SEL": [100.5 + n for n in numbers],
            "sexo": [("H", "M")[n % 2] for n in numbers],
            "edad": [20 + n for n in numbers],
            "safe_night": [WORDS[n % 4] for n in numbers],
            "gusto": [n % 3 for n in numbers],
        }
    )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write(tmp_path / "own.csv", own_columns())


def write(path: Path, frame: pd.DataFrame) -> Path:
    frame.to_csv(path, index=False)
    return path


def decided(found: SuggestedMatching) -> list[Chosen]:
    """What a person decides: every suggestion is right, and the words of sex are told."""
    codes = {"sexo": {"H": "1", "M": "2"}}
    return [
        Chosen(m.column, m.question, codes.get(m.column, m.codes))
        for m in found.matches
        if m.question
    ]


def test_what_is_confirmed_reads_this_file_and_the_next(tmp_path, file, catalogue) -> None:
    data = tmp_path / "data"
    found = suggested_matching(file, catalogue, data, CITY)
    assert not found.saved and found.missing == ()
    assert {m.column for m in found.to_decide} == {
        "folio", "EST_DIS", "UPM_DIS", "FAC_SEL", "sexo", "edad",
    }  # fmt: skip
    assert [m.column for m in found.left_out] == ["gusto"]
    assert found.accepted() == (
        Chosen("safe_night", "safe_night", dict(zip(WORDS, "1234", strict=True))),
    )

    name = confirm(found, decided(found), catalogue, data)
    assert name == recipe_for(data, CITY) != QUESTIONNAIRE
    heard: list[Step] = []
    intake = check_files([file], name, catalogue, given={"period": "2026-Q1"}, tell=heard.append)
    assert list(dict.fromkeys(s.key for s in heard)) == ["reading", "searching", "checking"]
    assert heard[0].in_words("es") == "Leyendo own.csv …"
    assert re.fullmatch(r"Checking 48 rows: 0 of \d+ steps done …", heard[2].in_words())
    frame = require_accepted(intake)
    assert frame["safe_night"].tolist() == [1 + n % 4 for n in range(48)]
    assert frame["sex"].tolist() == [1 + n % 2 for n in range(48)]
    assert set(frame["area"]) == {CITY} and set(frame["period"]) == {"2026-Q1"}

    later = own_columns().assign(gusto=5, nueva=1)
    again = suggested_matching(write(tmp_path / "b.csv", later), catalogue, data, CITY)
    assert again.saved and again.to_decide == ()
    assert {m.certainty for m in again.matches if m.question} == {"saved"}
    wanted = Wanted(indicators=("safe_night",))
    made = estimate_files(
        [tmp_path / "b.csv"], name, catalogue, wanted, given={"period": "2026-Q2"}
    )
    assert made.loc[0, ["area", "period"]].tolist() == [CITY, "2026-Q2"]


def test_a_round_that_the_file_tells_is_not_overruled(tmp_path, catalogue) -> None:
    data = tmp_path / "data"
    told = own_columns().assign(round_id="2025-Q4", city_id="14039")
    file = write(tmp_path / "a.csv", told)
    found = suggested_matching(file, catalogue, data, CITY)
    cities = next(m for m in found.matches if m.column == "city_id")
    assert (cities.certainty, cities.codes) == ("suggested", {"14039": CITY})
    name = confirm(found, decided(found), catalogue, data)
    frame = require_accepted(check_files([file], name, catalogue, given={"period": "2026-Q1"}))
    assert set(frame["period"]) == {"2025-Q4"} and set(frame["area"]) == {CITY}


def test_codes_nobody_knows_are_told_with_their_number_once(tmp_path, catalogue) -> None:
    data = tmp_path / "data"
    odd = own_columns()
    odd.loc[:4, "safe_night"] = "Depende"
    odd.loc[5, "safe_night"] = "-9"
    file = write(tmp_path / "odd.csv", odd)
    confirm(
        found := suggested_matching(file, catalogue, data, CITY), decided(found), catalogue, data
    )
    saved = suggested_matching(file, catalogue, data, CITY)
    asked = {match.column: dict(match.unknown) for match in saved.matches if match.unknown}
    assert asked == {"safe_night": {"Depende": 5, "-9": 1}} and not saved.to_decide
    given = {"period": "2026-Q1"}
    told = check_files([file], recipe_for(data, CITY), catalogue, given=given).report
    assert [p.code for p in told.of_level("must_fix")] == ["USM-V12"]

    meanings = {"safe_night": {"Depende": "", "-9": "9"}}
    confirm(saved, with_codes(saved, meanings), catalogue, data)
    again = suggested_matching(file, catalogue, data, CITY)
    assert not any(match.unknown for match in again.matches)
    intake = check_files([file], recipe_for(data, CITY), catalogue, given=given)
    answers = require_accepted(intake)["safe_night"]
    assert answers.isna().tolist() == [n < 5 for n in range(48)] and answers[5] == 9


def test_a_file_of_another_city_or_round_than_chosen_has_to_be_fixed(tmp_path, catalogue) -> None:
    data = tmp_path / "data"
    told = own_columns().assign(round_id="2025-Q4", city_id=CITY)
    told.loc[7, "city_id"] = "MX-PUE"
    file = write(tmp_path / "a.csv", told)
    found = suggested_matching(file, catalogue, data, CITY)
    confirm(found, decided(found), catalogue, data)
    intake, _ = check_handed_in(handed(tmp_path, told), catalogue)
    problems = {p.code: p for p in intake.report.of_level("must_fix")}
    assert set(problems) == {"USM-G09", "USM-D07"}
    assert (problems["USM-G09"].found, problems["USM-G09"].place.rows) == ("MX-PUE", ((9, 9),))
    assert (problems["USM-D07"].found, problems["USM-D07"].n_rows) == ("2025-Q4", 48)
    right = told.assign(round_id="2026-Q1", city_id=CITY)
    assert check_handed_in(handed(tmp_path, right), catalogue)[0].accepted


def test_everything_wrong_with_a_choice_is_told_at_once(tmp_path, file, catalogue) -> None:
    frame = own_columns().assign(telefono="3312345678")
    found = suggested_matching(write(file, frame), catalogue, tmp_path, CITY)
    chosen = [
        Chosen("edad", "age"),
        Chosen("sexo", "age", {"H": "1"}),
        Chosen("edda", "stratum"),
        Chosen("EST_DIS", "strata"),
        Chosen("safe_night", "safe_night", {"Segura(o)": "17"}),
        Chosen("telefono", "psu"),
    ]
    with pytest.raises(DataError) as error:
        confirm(found, chosen, catalogue, tmp_path)
    told = "\n".join(error.value.problems)
    for words in (
        "'age': matched with edad, sexo",
        "no such column; did you mean 'edad'",
        "called 'strata'; did you mean 'stratum'",
        "cannot be '17'",
        "personal details",
    ):
        assert words in told
    assert recipe_for(tmp_path, CITY) == QUESTIONNAIRE
    with pytest.raises(DataError, match="match at least one"):
        confirm(found, [], catalogue, tmp_path)


def test_questions_without_a_column_are_missing(tmp_path, file, catalogue) -> None:
    write(file, own_columns().drop(columns="FAC_SEL"))
    found = suggested_matching(file, catalogue, tmp_path, CITY)
    assert found.missing == ("weight_person",)


def test_a_city_is_a_code(tmp_path, file, catalogue) -> None:
    for act in (
        lambda: suggested_matching(file, catalogue, tmp_path, "../x"),
        lambda: recipe_for(tmp_path, "../x"),
    ):
        with pytest.raises(StoreError, match="MX-GDL"):
            act()


def test_a_draft_is_decided_on_and_read_back(tmp_path, file, catalogue) -> None:
    odd = own_columns().rename(columns={"gusto": 'a "b"\\ = #c'})
    found = suggested_matching(write(file, odd), catalogue, tmp_path, CITY)
    draft = tmp_path / "draft.toml"
    draft.write_text(draft_toml(found, catalogue, "es"), encoding="utf-8")
    with pytest.raises(DataError) as error:
        read_draft(draft)
    assert len(error.value.problems) == len(found.to_decide)
    assert all("decide" in problem for problem in error.value.problems)
    edited = draft.read_text(encoding="utf-8").replace('"?', '"')
    draft.write_text(edited, encoding="utf-8")
    assert read_draft(draft) == tuple(
        Chosen(m.column, m.question, m.codes) for m in found.matches if m.question
    )


@pytest.mark.parametrize("text", ["", "columns = 3", "[[columns]]\nquestion = 1", "\x00", "[[a"])
def test_what_is_no_draft_is_refused(tmp_path, text: str) -> None:
    path = tmp_path / "draft.toml"
    path.write_text(text)
    with pytest.raises(MonitorError):
        read_draft(path)
    with pytest.raises(MonitorError):
        read_draft(tmp_path / "none.toml")


def handed(tmp_path: Path, frame: pd.DataFrame, **more) -> HandedIn:
    file = write(tmp_path / "handed.csv", frame)
    given = {"period": "2026-Q1"}
    return HandedIn((file,), tmp_path / "data", CITY, given=given, **more)


def test_a_check_tells_what_became_of_the_last_one_in_another_session(
    tmp_path, file, catalogue
) -> None:
    data = tmp_path / "data"
    found = suggested_matching(file, catalogue, data, CITY)
    confirm(found, decided(found), catalogue, data)
    faulty = own_columns()
    faulty.loc[3, "safe_night"] = "Quién sabe qué"
    faulty.loc[5, "edad"] = 199
    faulty["FAC_SEL"] = faulty["FAC_SEL"].astype(str)
    faulty.loc[7, "FAC_SEL"] = "0"
    _, since = check_handed_in(handed(tmp_path, faulty), catalogue)
    assert since is None

    better = faulty.copy()
    better.loc[[5, 7], ["edad", "FAC_SEL"]] = [31, "120"]
    better.loc[9, "sexo"] = "Z"
    _, since = check_handed_in(handed(tmp_path, better), catalogue)
    assert (since.before, len(since.fixed), len(since.new)) == (3, 2, 1)
    assert since.sentences("en").startswith("Compared with your last upload, 2 of 3")

    intake, since = check_handed_in(handed(tmp_path, own_columns()), catalogue)
    assert intake.accepted and (since.before, len(since.fixed)) == (2, 2)
    _, since = check_handed_in(handed(tmp_path, own_columns()), catalogue)
    assert since.before == 0 and since.sentences("es").startswith("Su carga anterior no tenía")


def test_no_answer_is_kept_of_a_check(tmp_path, catalogue) -> None:
    rows = own_columns().rename(columns={"folio": "person_id", "edad": "age"})
    rows.loc[3, "age"] = 171717
    rows.loc[4, "person_id"] = rows.loc[5, "person_id"] = "TWICE-171"
    check_handed_in(handed(tmp_path, rows), catalogue)
    (kept,) = (tmp_path / "data" / "attempts" / CITY).iterdir()
    assert "USM-V13" in kept.read_text()
    assert "171" not in kept.read_text()


def test_a_kept_check_of_another_version_is_no_hindrance(tmp_path, catalogue) -> None:
    check_handed_in(handed(tmp_path, own_columns()), catalogue)
    (kept,) = (tmp_path / "data" / "attempts" / CITY).iterdir()
    kept.write_text('{"another": "version"}')
    assert check_handed_in(handed(tmp_path, own_columns()), catalogue)[1] is None
    assert check_handed_in(handed(tmp_path, own_columns()), catalogue)[1] is not None


def test_files_are_held_against_what_a_configuration_knows(tmp_path, catalogue) -> None:
    (tmp_path / "areas.csv").write_text(
        "area,title,country,level,parent,boundary_version,population\n"
        f"MX,Mexico,MX,country,,1,\n{CITY},Guadalajara,MX,city,MX,1,90000000\n"
    )
    (tmp_path / "surveys.csv").write_text(
        "area,period,mode,first_day,last_day,interviews,demonstration\n"
        f"{CITY},2026-Q1,face_to_face,2026-02-09,2026-03-20,48,True\n"
    )
    config = tmp_path / "run.toml"
    config.write_text(
        'areas = "areas.csv"\nsurveys = "surveys.csv"\n'
        '[[microdata]]\nfiles = ["none.csv"]\nrecipe = "usm-questionnaire"\n'
    )
    known = known_of(config, tmp_path)
    assert isinstance(known, Known) and known.people(CITY) == ("population", 90_000_000)
    data = tmp_path / "data"
    found = suggested_matching(write(tmp_path / "a.csv", own_columns()), catalogue, data, CITY)
    confirm(found, decided(found), catalogue, data)
    plain, _ = check_handed_in(handed(tmp_path, own_columns()), catalogue)
    told, _ = check_handed_in(handed(tmp_path, own_columns(), config=config), catalogue)
    codes = [problem.code for problem in told.report.problems]
    assert "USM-W05" in codes
    assert "USM-W05" not in [problem.code for problem in plain.report.problems]


def test_a_recipe_or_a_city_has_to_be_named(tmp_path, catalogue) -> None:
    with pytest.raises(DataError, match="name a recipe, or the city"):
        check_handed_in(HandedIn((tmp_path / "a.csv",), tmp_path), catalogue)
