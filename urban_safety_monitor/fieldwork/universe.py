"""Who is asked a question, in words: the skips of the questionnaire for its readers."""

from collections.abc import Mapping

from urban_safety_monitor.catalogue.conditions import (
    AllOf,
    AnyOf,
    Between,
    Code,
    Condition,
    CountBetween,
    IsIn,
)
from urban_safety_monitor.catalogue.indicator import Text

AND, OR = Text(en=" and ", es=" y "), Text(en=" or ", es=" o ")
NONE_OF = Text(en="not ({parts})", es="no ({parts})")
COUNTED = Text(
    en="{bounds} of these are {codes}: {columns}", es="{bounds} de estas son {codes}: {columns}"
)


def asked_if(condition: Condition, names: Mapping[str, str], language: str) -> str:
    """The condition in words, columns under the names the table gives them."""
    match condition:
        case IsIn():
            return f"{_name(condition.column, names)} = {_codes(condition.is_in, language)}"
        case Between():
            return f"{_name(condition.column, names)}: {_bounds(condition)}"
        case CountBetween():
            return COUNTED.in_language(language).format(
                bounds=_bounds(condition),
                codes=_codes(condition.is_in, language),
                columns=", ".join(_name(column, names) for column in condition.count_of),
            )
        case AllOf():
            parts = [asked_if(part, names, language) for part in condition.all_of]
            return AND.in_language(language).join(parts)
        case AnyOf():
            parts = [asked_if(part, names, language) for part in condition.any_of]
            return f"({OR.in_language(language).join(parts)})"
    parts = [asked_if(part, names, language) for part in condition.none_of]
    return NONE_OF.in_language(language).format(parts=OR.in_language(language).join(parts))


def _name(column: str, names: Mapping[str, str]) -> str:
    return names.get(column, column)


def _codes(codes: tuple[Code, ...], language: str) -> str:
    return OR.in_language(language).join(map(str, codes))


def _bounds(condition: Between | CountBetween) -> str:
    low, high = condition.at_least, condition.at_most
    if low is None or high is None:
        return f"≥ {low:g}" if high is None else f"≤ {high:g}"
    return f"{low:g} … {high:g}"
