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


class Declaration(BaseModel):
    """A frozen part of the catalogue; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class IsIn(Declaration):
    """The answer is one of these codes."""

    column: str
    is_in: tuple[Code, ...] = Field(min_length=1)


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


class AllOf(Declaration):
    """Every part holds."""

    all_of: tuple["Condition", ...] = Field(min_length=1)


class AnyOf(Declaration):
    """At least one part holds."""

    any_of: tuple["Condition", ...] = Field(min_length=1)


class NoneOf(Declaration):
    """No part holds."""

    none_of: tuple["Condition", ...] = Field(min_length=1)


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


class Count(Declaration):
    """How many of these columns hold one of these codes."""

    number_of: tuple[str, ...] = Field(min_length=1)
    is_in: tuple[Code, ...] = Field(min_length=1)


class Share(Declaration):
    """The share of the columns answered `out_of` that are answered `is_in`, times a constant."""

    share_of: tuple[str, ...] = Field(min_length=1)
    is_in: tuple[Code, ...] = Field(min_length=1)
    out_of: tuple[Code, ...] = Field(min_length=1)
    times: float = 1.0


class CappedSum(Declaration):
    """The sum of counts over columns, each capped; a missing count is 0, an unknown one 1.

    Capping keeps one victim of a series of crimes from outweighing all others (UNODC-UNECE
    Manual on Victimization Surveys, 2010, on series victimisation).
    """

    sum_of: tuple[str, ...] = Field(min_length=1)
    each_at_most: float
    unknown: tuple[int, ...] = ()
    unknown_counts_as: float = 1.0


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


def codes_used(part: Declaration) -> Iterator[tuple[str, tuple[Code, ...]]]:
    """Every (column, codes) a condition or quantity mentions; no codes for a plain number."""
    match part:
        case IsIn():
            yield part.column, part.is_in
        case Between():
            yield part.column, ()
        case Value():
            yield part.value_of, ()
        case CountBetween():
            yield from ((column, part.is_in) for column in part.count_of)
        case Count():
            yield from ((column, part.is_in) for column in part.number_of)
        case Share():
            yield from ((column, part.is_in + part.out_of) for column in part.share_of)
        case CappedSum():
            yield from ((column, part.unknown) for column in part.sum_of)
        case AllOf(all_of=parts) | AnyOf(any_of=parts) | NoneOf(none_of=parts):
            for inner in parts:
                yield from codes_used(inner)
