"""Columns of files as cities have them, matched to the questionnaire: never surely wrong."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace

import pytest

from urban_safety_monitor.catalogue.codebook import Variable
from urban_safety_monitor.catalogue.load import shipped
from urban_safety_monitor.catalogue.recipe import Column
from urban_safety_monitor.intake.matching import Match, matched, required_questions
from urban_safety_monitor.intake.read import read_file
from urban_safety_monitor.intake.source import TEXT, SourceTable

Named = tuple[SourceTable, dict[str, str]]
"""A table, and what each of its columns really is."""


@pytest.fixture(scope="session")
def clean() -> SourceTable:
    """The clean practice survey: a column for each question of the codebook."""
    return read_file(shipped("sample_data") / "practice" / "example_clean.csv")


def renamed(table: SourceTable, name: Callable[[str], str]) -> Named:
    """The table under other names; a name that comes again is numbered, as programs do."""
    names: list[str] = []
    for column in table.header:
        new = name(column)
        again = sum(re.fullmatch(re.escape(new) + r"(\.\d+)?", old) is not None for old in names)
        names.append(f"{new}.{again}" if again else new)
    frame = table.frame.set_axis(names, axis=1)
    truth = dict(zip(names, table.header, strict=True))
    return replace(table, frame=frame, header=tuple(names)), truth


def in_words(named: Named, codebook: dict[str, Variable], language: str) -> Named:
    """The same with labels of answers in place of codes."""
    table, truth = named
    frame = table.frame.copy()
    for name, question in truth.items():
        words = {c: t.in_language(language) for c, t in codebook[question].codes.items()}
        frame[name] = frame[name].astype(TEXT).map(lambda cell, words=words: words.get(cell, cell))
        frame[name] = frame[name].astype(TEXT)
    return replace(table, frame=frame), truth


def with_titles(
    named: Named, codebook: dict[str, Variable], title: Callable[[Variable], str]
) -> Named:
    """The same as SPSS has it: short names, the questions and answers as labels."""
    table, truth = named
    titles = {name: title(codebook[question]) for name, question in truth.items()}
    labels = {
        name: {code: text.in_language("es") for code, text in codebook[question].codes.items()}
        for name, question in truth.items()
        if codebook[question].codes
    }
    return replace(table, titles=titles, labels=labels), truth


def without_accents(text: str) -> str:
    parts = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


Q = Callable[[str, str], str]
"""A question's text by its name and language."""
NAMES: dict[str, tuple[Callable[[Q, int, str], str], int]] = {
    "questions in English": (lambda q, n, name: q(name, "en"), 104),
    "questions in Spanish, capitals, no accents": (
        lambda q, n, name: without_accents(q(name, "es")).upper(),
        104,
    ),
    "questions cut at 40 characters": (lambda q, n, name: q(name, "en")[:40], 60),
    "numbered questions": (lambda q, n, name: f"P{n}. {q(name, 'es')}", 104),
    "capitals": (lambda q, n, name: name.upper(), 108),
    "numbers before names": (lambda q, n, name: f"q{n}_{name}", 108),
    "groups of KoboToolbox": (lambda q, n, name: f"group_{n % 7}/{name}", 108),
    "groups of ODK": (lambda q, n, name: f"section-{name}", 108),
    "abbreviations": (lambda q, n, name: re.sub(r"(?<=\w)[aeiou]", "", name), 0),
}


@pytest.fixture(scope="session")
def files(clean: SourceTable, catalogue) -> dict[str, Named]:
    """The clean survey as different programs and offices would have it."""
    order = list(catalogue.codebook)

    def asked(name: str, language: str) -> str:
        return catalogue.codebook[name].question.in_language(language)

    made = {
        way: renamed(clean, lambda name, give=give: give(asked, order.index(name), name))
        for way, (give, _) in NAMES.items()
    }
    plain, short = (
        made["questions in English"],
        renamed(clean, lambda name: f"v{order.index(name)}"),
    )
    spanish = renamed(clean, lambda name: f"Sección/{asked(name, 'es')}")
    return made | {
        "answers in English": in_words(plain, catalogue.codebook, "en"),
        "labels of KoboToolbox in Spanish": in_words(spanish, catalogue.codebook, "es"),
        "SPSS": with_titles(short, catalogue.codebook, lambda v: v.question.in_language("es")),
        "SPSS, labels cut": with_titles(short, catalogue.codebook, lambda v: v.question.en[:40]),
    }


LEAST_SURE = {way: least for way, (_, least) in NAMES.items()} | {
    "answers in English": 104,
    "labels of KoboToolbox in Spanish": 104,
    "SPSS": 104,
    "SPSS, labels cut": 60,
}


@pytest.mark.parametrize("way", LEAST_SURE)
def test_sure_matches_are_right_and_no_question_is_given_twice(way, files, catalogue) -> None:
    table, truth = files[way]
    found = matched(table, catalogue)
    sure = [match for match in found if match.certainty == "sure"]
    assert [(m.column, m.question) for m in sure if truth[m.column] != m.question] == []
    assert len(sure) >= LEAST_SURE[way]
    given = [match.question for match in found if match.question]
    assert len(given) == len(set(given))
    assert [match.column for match in found] == list(table.header)
    assert all(match.reasons for match in found if match.question)


def table_of(tmp_path, columns: dict[str, list[object]], **more) -> SourceTable:
    """A file with these columns and one of ours, twelve rows long."""
    columns = columns | {"result_code": [1]}
    rows = [",".join(columns)]
    rows += [",".join(str(cells[n % len(cells)]) for cells in columns.values()) for n in range(12)]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return replace(read_file(path), **more)


def match_of(matches: tuple[Match, ...], column: str) -> Match:
    return next(match for match in matches if match.column == column)


def test_short_names_of_another_survey_are_no_proof(tmp_path, catalogue) -> None:
    columns = {"mode": [1, 2], "age": [30, 41], "influence": [1, 5], "lighting": [1, 4], "x": [1]}
    found = matched(table_of(tmp_path, columns), catalogue)
    sure = [match.column for match in found if match.certainty == "sure"]
    assert sure == ["result_code"]
    assert match_of(found, "age").question == "age"


def test_a_title_that_says_something_else_speaks_against_the_name(tmp_path, catalogue) -> None:
    titles = {"safe_day": "Does the household own a strongbox?"}
    table = table_of(tmp_path, {"safe_day": [1, 2]}, titles=titles)
    assert match_of(matched(table, catalogue), "safe_day").certainty == "suggested"
    assert match_of(matched(replace(table, titles={}), catalogue), "safe_day").certainty == "sure"


def test_answers_that_do_not_fit_speak_against_the_name(tmp_path, catalogue) -> None:
    table = table_of(tmp_path, {"safe_day": [17, 23, 42]})
    match = match_of(matched(table, catalogue), "safe_day")
    assert (match.question, match.certainty) == ("safe_day", "suggested")


def test_two_columns_that_claim_a_question_are_both_in_doubt(tmp_path, catalogue) -> None:
    columns = {"a/safe_night": [1, 2, 3], "b/safe_night": [3, 2, 1]}
    found = matched(table_of(tmp_path, columns), catalogue)
    assert [match.column for match in found if match.certainty == "sure"] == ["result_code"]
    assert [match.question for match in found].count("safe_night") == 1


def test_the_exact_name_wins_over_a_spelling_of_it(tmp_path, catalogue) -> None:
    columns = {"old/safe_night": [1, 2, 3], "safe_night": [3, 2, 1]}
    found = matched(table_of(tmp_path, columns), catalogue)
    assert match_of(found, "safe_night").certainty == "sure"
    assert match_of(found, "old/safe_night").question != "safe_night"


def test_personal_details_are_never_matched_or_shown(tmp_path, catalogue) -> None:
    names = ["María López", "Juan Pérez", "Ana Ruiz", "Thabo Mokoena"]
    columns = {
        "quien": names,
        "safe_night": ["3312345678", "+52 33 1234 5678"],
        "telefono": ["3312345678"],
        "psu": ["u1", "u2"],
    }
    found = matched(table_of(tmp_path, columns), catalogue)
    for column in ("quien", "safe_night", "telefono"):
        match = match_of(found, column)
        assert (match.question, match.certainty, match.reasons) == ("", "none", ("personal",))
        assert match.examples == ()
    assert "331234" not in repr(found) and "López" not in repr(found)


def test_no_examples_of_sensitive_questions_are_shown(tmp_path, catalogue) -> None:
    table = table_of(tmp_path, {"v_sexual": [1, 2], "safe_night": [1, 2], "psu": ["a"]})
    found = matched(table, catalogue)
    assert match_of(found, "v_sexual").examples == ()
    assert match_of(found, "safe_night").examples == ("1", "2")


def test_words_become_codes_in_either_language_and_gender(tmp_path, catalogue) -> None:
    words = ["Muy inseguro", "SEGURA", "inseguro/a", "muy_segura", "No sabe"]
    match = match_of(matched(table_of(tmp_path, {"safe_night": words}), catalogue), "safe_night")
    codes = {"Muy inseguro": "4", "SEGURA": "2", "inseguro/a": "3", "muy_segura": "1"}
    assert match.certainty == "sure"
    assert match.codes == codes | {"No sabe": "9"}


def test_a_word_is_never_taken_for_its_opposite_or_for_one_of_two(tmp_path, catalogue) -> None:
    words = ["Insecure", "A lot", "Yes"]
    match = match_of(
        matched(table_of(tmp_path, {"trust_police": words}), catalogue), "trust_police"
    )
    assert match.certainty == "suggested"
    assert match.codes == {} and set(match.unknown) == set(words)


def test_a_word_that_only_begins_a_label_has_to_be_confirmed(tmp_path, catalogue) -> None:
    table = table_of(tmp_path, {"avoid_visits": ["Sí", "No"]})
    match = match_of(matched(table, catalogue), "avoid_visits")
    assert (match.certainty, match.codes) == ("suggested", {"Sí": "1", "No": "2"})


def test_labels_under_other_codes_have_to_be_confirmed(tmp_path, catalogue) -> None:
    reversed_labels = {"safe_city": {"1": "Unsafe", "2": "Safe"}}
    table = table_of(tmp_path, {"safe_city": [1, 2]}, labels=reversed_labels)
    match = match_of(matched(table, catalogue), "safe_city")
    assert (match.certainty, match.codes) == ("suggested", {"1": "2", "2": "1"})
    right = replace(table, labels={"safe_city": {"1": "Safe", "2": "Unsafe"}})
    assert match_of(matched(right, catalogue), "safe_city").certainty == "sure"


def test_answers_tell_a_question_that_its_name_does_not(tmp_path, catalogue) -> None:
    words = ["Very well", "Well", "Poorly"]
    match = match_of(matched(table_of(tmp_path, {"p48": words}), catalogue), "p48")
    assert (match.question, match.certainty) == ("lighting", "suggested")
    assert match.reasons == ("codes",) and match.why("es") == "palabras de las respuestas"


def test_what_was_confirmed_or_left_out_is_not_asked_again(tmp_path, catalogue) -> None:
    table = table_of(tmp_path, {"P1": ["a", "b"], "P2": [1, 2], "safe_night": [1, 2]})
    saved = {"safe_night": Column.model_validate({"from": "P1", "recode": {"a": 1, "b": 2}})}
    found = matched(table, catalogue, saved, left_out=("P2",))
    first, second, third, _ = found
    assert (first.question, first.certainty) == ("safe_night", "saved")
    assert first.codes == {"a": "1", "b": "2"}
    assert (second.question, second.reasons) == ("", ("left_out",))
    assert third.question != "safe_night", "a question is matched once"


def test_columns_of_survey_programs_are_left_aside(tmp_path, catalogue) -> None:
    columns = {"_uuid": ["u"], "_index": [1], "today": ["2026-03-02"], "home/safe_night": [1, 2]}
    found = matched(table_of(tmp_path, columns), catalogue)
    assert [m.column for m in found if m.reasons == ("added",)] == ["_uuid", "_index", "today"]
    assert match_of(found, "home/safe_night").certainty == "sure"


def test_required_questions_have_the_names_of_the_questionnaire(catalogue) -> None:
    names = ("city_id", "round_id", "person_id", "stratum", "psu", "weight_person")
    assert required_questions(catalogue) == names
