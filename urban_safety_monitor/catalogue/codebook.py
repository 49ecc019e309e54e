"""The codebook: canonical survey variables, their questions, codes and universe."""

from typing import Literal

from pydantic import Field

from urban_safety_monitor.catalogue.conditions import Condition, Declaration
from urban_safety_monitor.catalogue.indicator import IDENTIFIER, Text


class Variable(Declaration):
    """One column of a survey file.

    `column` is its name in the Microdata table where that differs (design variables).
    `codes` lists every allowed code; a number may also lie within `minimum` and `maximum`.
    `missing` lists the codes that are no answer (refused, does not know).
    """

    name: str = Field(pattern=IDENTIFIER)
    item: str = ""
    section: str = ""
    kind: Literal["code", "integer", "number", "text", "date"]
    question: Text
    codes: dict[str, Text] = {}
    minimum: float | None = None
    maximum: float | None = None
    missing: tuple[int, ...] = ()
    asked_if: Condition | None = None
    recall: str = ""
    instrument: str = ""
    mapping: str = ""
    sensitive: bool = False
    sensitivity: str = ""
    column: str | None = None

    @property
    def canonical(self) -> str:
        """Name of the column in the Microdata table."""
        return self.column or self.name


class Category(Declaration):
    """One group of a disaggregation; an optional one is shown only where enough people are in it.

    People of an optional category that is too small stay in the total.
    """

    id: str
    title: Text
    when: Condition
    optional: bool = False


class Disaggregation(Declaration):
    """How people are grouped: by named categories, or by every code found in a column.

    `designed_for` is false where the sample was not designed to speak of the single groups (a
    city in a national survey): every value is then flagged as unreliable, however it looks.
    """

    id: str = Field(pattern=IDENTIFIER)
    title: Text
    categories: tuple[Category, ...] = ()
    column: str | None = None
    designed_for: bool = True
