"""Conditions and quantities of the catalogue as plain SQL expressions.

The text is the same for DuckDB, PostgreSQL and Spark: numbers are DOUBLE and texts STRING, which
DuckDB and Spark know and PostgreSQL is taught as two domains. Identifiers are quoted and codes are
rendered from closed types, so no declaration can become anything but a comparison. Unknown (NULL)
follows SQL's three-valued logic, as the grammar promises.
"""

from collections.abc import Iterable, Sequence

from urban_safety_monitor.catalogue.codebook import Disaggregation
from urban_safety_monitor.catalogue.conditions import (
    AllOf,
    AnyOf,
    Between,
    CappedSum,
    Code,
    Count,
    CountBetween,
    Declaration,
    IsIn,
    NoneOf,
    Share,
    Value,
)


def identifier(name: str) -> str:
    """A quoted column name."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: Code | float) -> str:
    """A code or number as SQL."""
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return repr(value)


def double(number: str) -> str:
    """A number in double precision: decimals and whole numbers divide differently by engine."""
    return f"CAST({number} AS DOUBLE)"


def condition(part: Declaration) -> str:
    """A boolean expression; NULL where an answer that decides it is missing."""
    match part:
        case IsIn(column=column, is_in=codes):
            return f"({_is_in(column, codes)})"
        case Between(column=column, at_least=low, at_most=high):
            return _bounded(identifier(column), low, high)
        case CountBetween(count_of=columns, is_in=codes, at_least=low, at_most=high):
            return _bounded(_number_of(columns, codes), low, high)
        case AllOf(all_of=parts):
            return _joined(" AND ", parts)
        case AnyOf(any_of=parts):
            return _joined(" OR ", parts)
        case NoneOf(none_of=parts):
            return f"(NOT {_joined(' OR ', parts)})"
    raise TypeError(f"not a condition: {part!r}")


def quantity(part: Declaration) -> str:
    """A number per record; a condition counts 1 or 0, NULL means nothing is known."""
    match part:
        case Value(value_of=column, times=times):
            return _times(double(identifier(column)), times)
        case Count(number_of=columns, is_in=codes):
            return _number_of(columns, codes)
        case Share(share_of=columns, is_in=codes, out_of=base, times=times):
            asked = f"NULLIF({_number_of(columns, base)}, 0)"
            return _times(f"({double(_number_of(columns, codes))} / {asked})", times)
        case CappedSum():
            return "(" + " + ".join(_capped(part, column) for column in part.sum_of) + ")"
    return f"(CASE WHEN {condition(part)} THEN 1 ELSE 0 END)"


def category(disaggregation: Disaggregation) -> str:
    """The category a record belongs to as text; NULL for records in none."""
    if disaggregation.column:
        return f"CAST({identifier(disaggregation.column)} AS STRING)"
    cases = " ".join(
        f"WHEN {condition(group.when)} THEN {literal(group.id)}"
        for group in disaggregation.categories
    )
    return f"(CASE {cases} END)"


def every(parts: Iterable[Declaration]) -> str:
    """All conditions together; TRUE where there are none."""
    return " AND ".join(condition(part) for part in parts) or "TRUE"


def tests(parts: Sequence[Declaration]) -> tuple[str, ...]:
    """Boolean expressions, one of which is true where all conditions hold and nowhere else.

    A single list of codes is asked for code by code: after `CASE WHEN` each is looked for only
    where none was found before, which is faster than to look up lists.
    """
    match parts:
        case [IsIn(column=column, is_in=codes)]:
            return tuple(f"{identifier(column)} = {literal(code)}" for code in codes)
    return (every(parts),)


def where(tests: Iterable[str], value: str, otherwise: str = "NULL") -> str:
    """A value where one of the tests is true, NULL or something else elsewhere."""
    cases = " ".join(f"WHEN {test} THEN {value}" for test in tests)
    return f"(CASE {cases} ELSE {otherwise} END)"


def _joined(word: str, parts: Iterable[Declaration]) -> str:
    return "(" + word.join(condition(part) for part in parts) + ")"


def _is_in(column: str, codes: Sequence[Code]) -> str:
    if len(codes) == 1:  # compared sooner than looked up in a list
        return f"{identifier(column)} = {literal(codes[0])}"
    return f"{identifier(column)} IN ({_listed(codes)})"


def _listed(codes: Iterable[Code]) -> str:
    return ", ".join(literal(code) for code in codes)


def _bounded(number: str, low: float | None, high: float | None) -> str:
    bounds = [f"{number} >= {low!r}"] if low is not None else []
    bounds += [f"{number} <= {high!r}"] if high is not None else []
    return "(" + " AND ".join(bounds) + ")"


def _number_of(columns: Iterable[str], codes: Sequence[Code]) -> str:
    one = (f"CASE WHEN {_is_in(column, codes)} THEN 1 ELSE 0 END" for column in columns)
    return "(" + " + ".join(one) + ")"


def _capped(part: CappedSum, column: str) -> str:
    name = identifier(column)
    unknown = f"WHEN {name} IN ({_listed(part.unknown)}) THEN {part.unknown_counts_as!r} "
    return (
        f"CASE WHEN {name} IS NULL THEN 0 {unknown if part.unknown else ''}"
        f"WHEN {name} > {part.each_at_most!r} THEN {part.each_at_most!r} ELSE {name} END"
    )


def _times(number: str, times: float) -> str:
    return number if times == 1.0 else f"({number} * {times!r})"
