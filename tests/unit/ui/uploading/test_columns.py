"""What a person decides on columns, put together with what is sure."""

from dataclasses import replace

from urban_safety_monitor.intake.matching import Match
from urban_safety_monitor.ui.uploading.columns import chosen_of
from urban_safety_monitor.workflow.matching import Chosen, SuggestedMatching, with_codes

FOUND = SuggestedMatching(
    "own.csv",
    "MX-PUE",
    (
        Match("upm", question="psu", certainty="suggested"),
        Match("sexo", question="sex", certainty="suggested", codes={"H": "1", "M": "2"}),
        Match("age", question="age", certainty="sure"),
        Match("edad", certainty="none"),
    ),
    missing=(),
    saved=False,
)


def test_a_suggestion_taken_keeps_its_codes() -> None:
    chosen = chosen_of(FOUND, {"upm": "psu", "sexo": "sex"})
    assert list(chosen) == [
        Chosen("age", "age"),
        Chosen("upm", "psu"),
        Chosen("sexo", "sex", {"H": "1", "M": "2"}),
    ]


def test_another_question_has_codes_of_its_own() -> None:
    assert Chosen("sexo", "tenure") in chosen_of(FOUND, {"sexo": "tenure"})


def test_no_question_leaves_a_column_out_and_a_question_moves_from_one_to_another() -> None:
    chosen = chosen_of(FOUND, {"upm": "", "sexo": "", "edad": "age"})
    assert list(chosen) == [Chosen("edad", "age")]


def test_what_codes_mean_is_kept_besides_those_kept_before() -> None:
    saved = Match("sexo", question="sex", certainty="saved", codes={"H": "1"}, unknown={"X": 3})
    found = replace(FOUND, matches=(saved, *FOUND.matches[2:]))
    assert with_codes(found, {"sexo": {"X": ""}}) == [
        Chosen("sexo", "sex", {"H": "1", "X": ""}),
        Chosen("age", "age"),
    ]
