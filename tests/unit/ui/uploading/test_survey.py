"""Facts of a survey as officials type them."""

from datetime import date

import pytest

from urban_safety_monitor.ui.uploading.survey import Survey, code_of, facts_from
from urban_safety_monitor.ui.visit import Visit

ENGLISH = Visit(language="en", run_id="")
TYPED = {"first_day": "2026-02-09", "last_day": "2026-03-20", "planned": "1,400", "held": "1 310"}


def test_facts_are_read_as_typed() -> None:
    facts, troubles = facts_from(TYPED, ENGLISH)
    assert troubles == []
    assert facts == {
        "first_day": date(2026, 2, 9),
        "last_day": date(2026, 3, 20),
        "planned": 1400,
        "held": 1310,
    }


def test_nothing_typed_is_nothing_known() -> None:
    facts, troubles = facts_from(dict.fromkeys(TYPED, " "), ENGLISH)
    assert set(facts.values()) == {None} and troubles == []


def test_everything_wrong_is_said_together_and_left_out() -> None:
    typed = TYPED | {"first_day": "9/2/2026", "held": "many"}
    facts, troubles = facts_from(typed, ENGLISH)
    assert len(troubles) == 2
    assert "9/2/2026" in troubles[0] and "many" in troubles[1]
    assert facts["first_day"] is None and facts["held"] is None and facts["planned"] == 1400


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"last_day": ""}, "or neither"),
        ({"first_day": "2026-04-01"}, "1 April 2026, is after the last day, 20 March 2026"),
    ],
)
def test_days_that_cannot_be_are_not_held_against_the_file(
    typed: dict[str, str], said: str
) -> None:
    facts, troubles = facts_from(TYPED | typed, ENGLISH)
    assert len(troubles) == 1 and said in troubles[0]
    assert facts["first_day"] is None and facts["last_day"] is None


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("León", "LEON"),
        ("San José del Cabo", "SAN-JOSE-DEL-CABO"),
        (" !? ", ""),
        ("MX-PUE", "MX-PUE"),
    ],
)
def test_another_city_gets_a_code_out_of_its_name(title: str, code: str) -> None:
    assert code_of(title) == code


def test_what_is_told_of_a_survey_is_known_to_its_check() -> None:
    survey = Survey("MX-PUE", "Puebla", "2026-Q1", held=1310)
    known = survey.known()
    assert known.interviews("MX-PUE", "2026-Q1") == 1310
    assert known.fieldwork("MX-PUE", "2026-Q1") is None
    days = Survey("MX-PUE", "Puebla", "2026-Q1", date(2026, 2, 9), date(2026, 3, 20)).known()
    assert days.interviews("MX-PUE", "2026-Q1") is None
    first, last = days.fieldwork("MX-PUE", "2026-Q1")
    assert f"{first:%d.%m.} {last:%d.%m.}" == "09.02. 20.03."
