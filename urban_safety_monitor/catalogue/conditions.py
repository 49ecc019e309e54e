"""The closed grammar of conditions and quantities: what can be said about one person's record.

A condition is true, false or unknown (an answer is missing); unknown is never taken for "no".
The logic is SQL's: `any_of` is true when one part is, whatever is missing; a person for whom the
condition is unknown is not counted as fulfilling it. A quantity is a number per record: a
condition counts as 1 or 0. There is no free text and no evaluation, so a declaration is inert.
"""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

Code = int | str
ColumnCodes = tuple[str, tuple[Code, ...]]
"""A column with the codes mentioned of it; none for a plain number."""


class Declaration(BaseModel):
    """A frozen part of the catalogue; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class IsIn(Declaration):
    """The answer is one of these codes."""

    column: str
    is_in: tuple[Code, ...] = Field(min_length=1)

    def codes_used(self) -> Iterator[ColumnCodes]:
        """Columns and codes this part mentions."""
        yield self.column, self.is_in


class Between(Declaration):
    """The number lies within these bounds, both included."""

    column: str
    at_least: float | None = None
    at_most: float | None = None

    @model_validator(mode="after")
    def _bounded(self) -> "Between":
        if self.at_least is None and self.at_most is None:
            raise ValueError("give at_least, at_most or both")
        return self

    def codes_used(self) -> Iterator[ColumnCodes]:
        """Columns and codes this part mentions."""
        yield self.column, ()


class CountBetween(Declaration):
    """So many of these columns hold one of these codes."""

    count_of: tuple[str, ...] = Field(min_length=1)
    is_in: tuple[Code, ...] = Field(min_length=1)
    at_least: int | None = None
    at_most: int | None = None

    @model_validator(mode="after")
    def _bounded(self) -> "CountBetween":
        if self.at_least is None and self.at_most is None:
            raise ValueError("give at_least, at_most or both")
        return self

    def codes_used(self) -> Iterator[ColumnCodes]:
        """Columns and codes this part mentions."""
        yield from ((column, self.is_in) for column in self.count_of)


class AllOf(Declaration):
    """Every part holds."""

    all_of: tuple["Condition", ...] = Field(min_length=1)

    def codes_used(self) -> Iterator[ColumnCodes]:
        """Columns and codes this part mentions."""
        for part in self.all_of:
            yield from part.codes_used()


class AnyOf(Declaration):
    """At least one part holds."""

    any_of: tuple["Condition", ...] = Field(min_length=1)

    def codes_used(self) -> Iterator[ColumnCodes]:
        """Columns and codes this part mentions."""
        for part in self.any_of:
            yield from part.codes_used()


class NoneOf(Declaration):
    """No part holds."""

    none_of: tuple["Condition", ...] = Field(min_length=1)

    def codes_used(self) -> Iterator[ColumnCodes]:
        """Columns and codes this part mentions."""
        for part in self.none_of:
            yield from part.codes_used()


def _condition_form(given: Any) -> str | None:
    keys = given if isinstance(given, dict) else getattr(given, "model_fields_set", ())
    for key in ("all_of", "any_of", "none_of", "count_of"):
        if key in keys:
            return key
    return "is_in" if "is_in" in keys else "between"


Condition = Annotated[
    Annotated[IsIn, Tag("is_in")]
    | Annotated[Between, Tag("between")]
    | Annotated[CountBetween, Tag("count_of")]
    | Annotated[AllOf, Tag("all_of")]
    | Annotated[AnyOf, Tag("any_of")]
    | Annotated[NoneOf, Tag("none_of")],
    Discriminator(_condition_form),
]


class Value(Declaration):
    """The number in a column."""

    value_of: str
    times: float = 1.0

    def codes_used(self) -> Iterator[ColumnCodes]:
        """Columns and codes this part mentions."""
        yield self.value_of, ()


class Count(Declaration):
    """How many of these columns hold one of these codes."""

    number_of: tuple[str, ...] = Field(min_length=1)
    is_in: tuple[Code, ...] = Field(min_length=1)

    def codes_used(self) -> Iterator[ColumnCodes]:
        """Columns and codes this part mentions."""
        yield from ((column, self.is_in) for column in self.number_of)


class Share(Declaration):
    """The share of the columns answered `out_of` that are answered `is_in`, times a constant."""

    share_of: tuple[str, ...] = Field(min_length=1)
    is_in: tuple[Code, ...] = Field(min_length=1)
    out_of: tuple[Code, ...] = Field(min_length=1)
    times: float = 1.0

    def codes_used(self) -> Iterator[ColumnCodes]:
        """Columns and codes this part mentions."""
        yield from ((column, self.is_in + self.out_of) for column in self.share_of)


class CappedSum(Declaration):
    """The sum of counts over columns, each capped; a missing count is 0, an unknown one 1.

    Capping keeps one victim of a series of crimes from outweighing all others (UNODC-UNECE
    Manual on Victimization Surveys, 2010, on series victimisation).
    """

    sum_of: tuple[str, ...] = Field(min_length=1)
    each_at_most: float
    unknown: tuple[int, ...] = ()
    unknown_counts_as: float = 1.0

    def codes_used(self) -> Iterator[ColumnCodes]:
        """Columns and codes this part mentions."""
        yield from ((column, self.unknown) for column in self.sum_of)


def _quantity_form(given: Any) -> str | None:
    keys = given if isinstance(given, dict) else getattr(given, "model_fields_set", ())
    for key in ("value_of", "number_of", "share_of", "sum_of"):
        if key in keys:
            return key
    return "condition"


Quantity = Annotated[
    Annotated[Value, Tag("value_of")]
    | Annotated[Count, Tag("number_of")]
    | Annotated[Share, Tag("share_of")]
    | Annotated[CappedSum, Tag("sum_of")]
    | Annotated[Condition, Tag("condition")],
    Discriminator(_quantity_form),
]

for _model in (AllOf, AnyOf, NoneOf):
    _model.model_rebuild()
