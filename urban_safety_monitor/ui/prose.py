"""Pages of prose, declared as data: each text in every language it has, else in English."""

import tomllib
from functools import cache
from pathlib import Path

from urban_safety_monitor.catalogue.conditions import Declaration
from urban_safety_monitor.catalogue.indicator import Text

FOLDER = Path(__file__).resolve().parent / "prose"


class Step(Declaration):
    """A step of a tour: what to do, and the page where it is done."""

    page: str
    ind: str = ""
    text: Text


class Term(Declaration):
    """A word and its meaning."""

    term: Text
    text: Text


class Section(Declaration):
    """A part of a page; `id` is its place in the address."""

    id: str
    title: Text
    paragraphs: tuple[Text, ...] = ()
    steps: tuple[Step, ...] = ()
    terms: tuple[Term, ...] = ()


class Prose(Declaration):
    """A page."""

    title: Text
    headline: Text
    sections: tuple[Section, ...]


@cache
def prose(name: str) -> Prose:
    """A page by its name."""
    return Prose.model_validate(tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8")))
