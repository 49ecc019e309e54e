"""Every text is there in every language, says as much, and covers every key of the tables."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir

import urban_safety_monitor.report
from urban_safety_monitor.errors import DataError
from urban_safety_monitor.report import wording
from urban_safety_monitor.tables.results import COMPARISON_STATUS, OBS_STATUS

KEYWORDS = {"gettext": None, "ngettext": (1, 2), "message": None, "say": None}
PLACEHOLDER = re.compile(r"\{(\w*)\}")

PACKAGE = Path(urban_safety_monitor.report.__file__).parent
MESSAGES = sorted(
    {
        found[2] if isinstance(found[2], tuple) else (found[2],)
        for found in extract_from_dir(str(PACKAGE), [("**.py", "python")], keywords=KEYWORDS)
    }
)


def translations(texts: tuple[str, ...]) -> list[str]:
    words = wording.translator("es")
    if len(texts) == 1:
        return [words.gettext(texts[0])]
    return [words.ngettext(*texts, number) for number in (1, 2)]


def test_there_are_messages_to_look_at() -> None:
    assert len(MESSAGES) > 120
    assert any(len(texts) == 2 for texts in MESSAGES)


def test_spanish_has_every_message() -> None:
    there = wording.translator("es")._catalog  # the only way to tell "same word" from "missing"
    missing = [texts[0] for texts in MESSAGES if not {texts[0], (texts[0], 0)} & set(there)]
    assert missing == []


def test_spanish_loses_no_placeholder() -> None:
    pairs = [
        (original, translated)
        for texts in MESSAGES
        for original, translated in zip(texts, translations(texts), strict=True)
    ]
    assert [
        pair
        for pair in pairs
        if set(PLACEHOLDER.findall(pair[0])) != set(PLACEHOLDER.findall(pair[1]))
    ] == []


def test_english_is_the_source() -> None:
    assert wording.translator("en").gettext("Not comparable") == "Not comparable"
    assert wording.translator("es").gettext("Not comparable") == "No comparable"


def test_unknown_language_names_those_there_are() -> None:
    with pytest.raises(DataError, match="'xx': known are en, es"):
        wording.translator("xx")


@pytest.mark.parametrize("status", COMPARISON_STATUS)
def test_every_status_has_a_word(status: str) -> None:
    assert status in wording.STATUS_WORDS


@pytest.mark.parametrize("status", OBS_STATUS)
def test_every_observation_status_but_the_normal_one_has_an_explained_flag(status: str) -> None:
    assert status == "A" or wording.FLAG_OF_STATUS[status] in wording.FLAGS


def test_worded_falls_back_on_the_key() -> None:
    assert wording.worded(wording.REASONS, "no_target", "es") == "No se ha fijado una meta."
    assert wording.worded(wording.REASONS, "something_new", "es") == "something_new"


def test_only_demonstration_data_carry_the_mark() -> None:
    assert wording.demonstration_text(False, "en") == ""
    assert "not a description of any real city" in wording.demonstration_text(True, "en")
