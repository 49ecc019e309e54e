"""Prose and the tour, declared as data: each text in every language it has, else in English."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from urban_safety_monitor.catalogue.conditions import Declaration
from urban_safety_monitor.catalogue.indicator import Text

FOLDER = Path(__file__).resolve().parent / "prose"


class Term(Declaration):
    """A word and its meaning."""

    term: Text
    text: Text


class Section(Declaration):
    """A part of a page; `id` is its place in the address."""

    id: str
    title: Text
    paragraphs: tuple[Text, ...] = ()
    terms: tuple[Term, ...] = ()


class Prose(Declaration):
    """A page."""

    title: Text
    headline: Text
    sections: tuple[Section, ...]


class Step(Declaration):
    """A step of the tour: on which page, what to look at there and what to do.

    `below` is where on the page it points to, with `{ind}` for the indicator it is about;
    `practice` is the file it offers to check.
    """

    page: str
    view: str = ""
    ind: str = ""
    below: str = ""
    practice: str = ""
    title: Text
    text: Text


class Tour(Declaration):
    """The steps, the first being number 1."""

    steps: tuple[Step, ...]


@cache
def prose(name: str) -> Prose:
    """A page by its name."""
    return Prose.model_validate(_declared(name))


@cache
def tour_steps() -> dict[str, Step]:
    """The steps of the tour by their numbers, as they stand in an address."""
    steps = Tour.model_validate(_declared("tour")).steps
    return {str(number): step for number, step in enumerate(steps, 1)}


def _declared(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))
