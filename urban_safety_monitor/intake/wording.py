"""Problems in words: what, where, found and expected, why it matters, how to repair it."""

from collections.abc import Sequence

from urban_safety_monitor.catalogue.indicator import Text
from urban_safety_monitor.intake.messages import phrase, template
from urban_safety_monitor.intake.problems import Param, Problem, Ranges

SHOWN_RANGES = 8
SHOWN_COLUMNS = 12
SHOWN_TITLES = 3
LEAST_SHARE = 0.001


def render(problem: Problem, language: str = "en") -> str:
    """The problem in words: what, where, found and expected, why, how to repair, what follows."""
    lines = [
        f"{phrase(problem.level, language)} · {problem.code}",
        filled(problem, "title", language),
        f"{phrase('where', language)}: {where(problem, language)}.",
    ]
    if problem.found:
        lines.append(f"{phrase('found', language)}: {problem.found}.")
    if problem.expected:
        lines.append(f"{phrase('expected', language)}: {plain(problem.expected, language)}.")
    lines.append(f"{phrase('why', language)}: {filled(problem, 'why', language)}")
    lines.append(f"{phrase('repair', language)}: {filled(problem, 'repair', language)}")
    if problem.suggestion:
        lines[-1] += " " + phrase("did_you_mean", language, suggestion=problem.suggestion)
    return "\n".join([*lines, phrase(f"{problem.level}_follows", language)])


def where(problem: Problem, language: str = "en") -> str:
    """The place in words: file, sheet, columns by letter and header, rows, how many."""
    place = problem.place
    parts = [phrase("file", language, file=place.file)] if place.file else []
    parts += [phrase("sheet", language, sheet=place.sheet)] if place.sheet else []
    if place.columns:
        names = [f"{column.letter} ({column.name})" for column in place.columns]
        key = "column" if len(names) == 1 else "columns"
        parts.append(phrase(key, language, columns=_first(names, SHOWN_COLUMNS, language)))
    if place.rows:
        parts.append(_rows(place.rows, language))
    if problem.n_rows and problem.n_total:
        parts.append(_share(problem.n_rows, problem.n_total, language))
    return ", ".join(parts) or phrase("whole_file", language)


def filled(problem: Problem, part: str, language: str) -> str:
    """One part of the problem's message (title, why, repair) with its values in place."""
    values = {name: plain(value, language) for name, value in problem.params.items()}
    names = [column.name for column in problem.place.columns]
    values |= {
        "column": _first(names, SHOWN_TITLES, language),
        "found": problem.found,
        "expected": plain(problem.expected or "", language),
        "affects": _affected(problem.affects, language),
    }
    return template(problem.code, part, language).format_map(values)


def _share(rows: int, total: int, language: str) -> str:
    """How many rows of how many; a few of very many are not said to be none."""
    if total == 1:
        return phrase("only_row", language)
    share = f"{rows / total:.1%}" if rows / total >= LEAST_SHARE else f"<{LEAST_SHARE:.1%}"
    return phrase("share", language, n=f"{rows:,}", total=f"{total:,}", share=share)


def _affected(titles: Sequence[Text], language: str) -> str:
    if not titles:
        return phrase("all_results", language)
    quoted = [phrase("quoted", language, text=t.in_language(language)) for t in titles]
    more = len(quoted) - SHOWN_TITLES
    shown = quoted[:SHOWN_TITLES]
    return _list(
        [*shown, phrase("more_indicators", language, n=more)] if more > 0 else shown, language
    )


def _rows(spans: Ranges, language: str) -> str:
    if len(spans) == 1 and spans[0][0] == spans[0][1]:
        return phrase("row", language, row=f"{spans[0][0]:,}")
    words: list[str] = []
    for first, last in spans[:SHOWN_RANGES]:
        pair = phrase("span", language, first=f"{first:,}", last=f"{last:,}")
        words += [f"{n:,}" for n in range(first, last + 1)] if last - first < 2 else [pair]
    more = len(spans) - SHOWN_RANGES
    if more > 0:
        words.append(phrase("more_places", language, n=more))
    return phrase("rows", language, rows=_list(words, language))


def _first(names: Sequence[str], most: int, language: str) -> str:
    """The first names of columns, and how many more there are."""
    more = len(names) - most
    if more <= 0:
        return _list(names, language)
    return _list([*names[:most], phrase("more_columns", language, n=more)], language)


def _list(words: Sequence[str], language: str) -> str:
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {phrase('and', language)} {words[-1]}"


def plain(value: Param, language: str) -> str:
    """A value as it is written in this language."""
    if isinstance(value, Text):
        return value.in_language(language)
    return f"{value:,}" if isinstance(value, int) else str(value)
