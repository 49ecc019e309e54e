"""What each column of the empty table lets in: drop-downs of codes, bounds, dates, with a prompt.

A spreadsheet offers the codes, as files are read by code; the prompt beside the cell says what
each code means. Its limits: 32 letters of a title, 255 of a message, a formula or a list.
"""

from typing import Any

from urban_safety_monitor.catalogue.codebook import Variable
from urban_safety_monitor.catalogue.indicator import Text

LONGEST_TITLE, LONGEST_TEXT = 32, 255
NOT_LISTED = Text(
    en="This is not one of the answers of the questionnaire. Choose one from the list.",
    es="No es una de las respuestas del cuestionario. Elija una de la lista.",
)
OUT_OF_RANGE = Text(
    en="This number is not possible here. Possible are: {bounds}.",
    es="Este número no es posible aquí. Son posibles: {bounds}.",
)
NO_DATE = Text(
    en="Write a date as year-month-day, for example 2026-04-03.",
    es="Escriba una fecha como año-mes-día, por ejemplo 2026-04-03.",
)


def choice(variable: Variable, cell: str, language: str) -> dict[str, Any]:
    """The rule for the cells of a variable, as the writer takes it.

    Args:
        variable: of the codebook.
        cell: address of the first cell the rule is for, as "T2".
        language: of the prompt and of the message that refuses a value.
    """
    prompt = {
        "input_title": shortened(variable.name, LONGEST_TITLE),
        "input_message": shortened(_prompt(variable, language), LONGEST_TEXT),
        "error_title": shortened(variable.name, LONGEST_TITLE),
        "ignore_blank": True,
    }
    return prompt | _rule(variable, cell, language)


def listed(source: str | list[str], variable: Variable, language: str) -> dict[str, Any]:
    """A drop-down of texts, or of what stands in cells, as "=Districts!$A$2:$A$12"."""
    return choice(variable, "A1", language) | {
        "validate": "list",
        "source": source,
        "error_message": NOT_LISTED.in_language(language),
    }


def shortened(text: str, most: int) -> str:
    """At most so many letters, the last an ellipsis where some are left out."""
    plain = " ".join(text.split())
    return plain if len(plain) <= most else plain[: most - 1] + "…"


def bounds(variable: Variable, language: str) -> str:
    """The numbers a variable allows, with the codes that are no answer."""
    low, high = variable.minimum, variable.maximum
    parts = []
    if low is not None or high is not None:
        parts.append(" … ".join(f"{n:g}" if n is not None else "" for n in (low, high)).strip())
    parts += [f"{code} {label.in_language(language)}" for code, label in variable.codes.items()]
    return " · ".join(parts)


def _prompt(variable: Variable, language: str) -> str:
    """The codes with their labels first, as they are what is looked for; then the question."""
    parts = [bounds(variable, language), variable.question.in_language(language)]
    return " — ".join(part for part in parts if part)


def _rule(variable: Variable, cell: str, language: str) -> dict[str, Any]:
    if variable.kind == "code" and variable.codes:
        message = NOT_LISTED.in_language(language)
        return {"validate": "list", "source": list(variable.codes), "error_message": message}
    if variable.kind == "date":
        message = NO_DATE.in_language(language)
        value = f"=AND(ISNUMBER({cell}),{cell}>=36526)"  # from the year 2000 on
        return {"validate": "custom", "value": value, "error_message": message}
    formula = _possible(variable, cell)
    if not formula:
        return {"validate": "any"}
    message = OUT_OF_RANGE.in_language(language).format(bounds=bounds(variable, language))
    return {
        "validate": "custom",
        "value": formula,
        "error_message": shortened(message, LONGEST_TEXT),
    }


def _possible(variable: Variable, cell: str) -> str:
    """A formula that is true for numbers within the bounds and for codes that are no answer."""
    if variable.kind not in ("integer", "number"):
        return ""
    within = [f"ISNUMBER({cell})"]
    within += [f"{cell}>={variable.minimum:g}"] if variable.minimum is not None else []
    within += [f"{cell}<={variable.maximum:g}"] if variable.maximum is not None else []
    within += [f"{cell}=INT({cell})"] if variable.kind == "integer" else []
    codes = [f"{cell}={code}" for code in variable.codes]
    inside = f"AND({','.join(within)})"
    return f"=OR({','.join([inside, *codes])})" if codes else f"={inside}"
