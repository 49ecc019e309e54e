"""Words for every problem, from `messages.toml`: data to be translated, not code."""

import tomllib
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

from urban_safety_monitor.catalogue.indicator import Text

LANGUAGES = ("en", "es")
LEVELS = ("must_fix", "check", "note")
PARTS = ("title", "why", "repair")


@cache
def message_catalogue() -> dict[str, Any]:
    """All messages: `codes` by code, `phrases` by language."""
    text = files(__package__).joinpath("messages.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def level_of(code: str) -> str:
    """The level a code always has."""
    return str(message_catalogue()["codes"][code]["level"])


def template(code: str, part: str, language: str) -> str:
    """One part of a message with its {placeholders}; English where the language has none."""
    entry = message_catalogue()["codes"][code]
    return str(entry.get(language, entry["en"])[part])


def phrase(key: str, language: str, **values: Any) -> str:
    """A short phrase used around messages, filled in; for one thing in the singular."""
    phrases = message_catalogue()["phrases"]
    words = phrases.get(language, phrases["en"])
    one = words.get(f"{key}_one") if str(values.get("n")) == "1" else None
    return str(one or words[key]).format_map(values)


def in_each_language(words: Callable[[str], str]) -> Text:
    """A text made of the words for each language."""
    return Text(**{language: words(language) for language in LANGUAGES})
