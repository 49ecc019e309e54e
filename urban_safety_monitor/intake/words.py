"""Answers written as words, and labels a file gives its own codes, translated where they match.

A word is translated only where every answer of its column is exactly a label of one language;
anything else is left for the check to ask about.
"""

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from urban_safety_monitor.catalogue.catalogue import Catalogue
from urban_safety_monitor.catalogue.codebook import Variable
from urban_safety_monitor.intake.messages import LANGUAGES
from urban_safety_monitor.intake.problems import Problem, listed
from urban_safety_monitor.intake.source import TEXT, SourceTable

CODES = ("USM-K04", "USM-K05")


def in_codes(table: SourceTable, catalogue: Catalogue) -> tuple[SourceTable, list[Problem]]:
    """The table with words as codes where they match exactly, and what was done or is doubtful."""
    columns: dict[str, pd.Series] = {}
    words: list[str] = []
    problems: list[Problem] = []
    for name in table.frame.columns.intersection(list(catalogue.codebook)):
        variable = catalogue.codebook[name]
        cells = table.frame[name]
        if variable.kind != "code" or not _may_be_words(cells, variable, name in table.labels):
            continue
        found = set(cells.dropna().unique())
        if named := _codes_of_words(variable, found):
            columns[name] = _translated(cells, named)
            words.append(name)
        elif name in table.labels:
            meant = _codes_of_labels(variable, table.labels[name], found)
            problems += _other_meaning(table, name, meant, found)
            if set(meant) >= found:
                columns[name] = _translated(cells, meant)
    if words:
        problems.append(table.problem("USM-K03", n=len(words), names=listed(words)))
    return replace(table, frame=table.frame.assign(**columns)), problems


def _may_be_words(cells: pd.Series, variable: Variable, labelled: bool) -> bool:
    """Whether to look at all: a column that begins with one of our codes is none of words."""
    first = cells.first_valid_index()
    if first is None or not variable.codes:
        return False
    return labelled or cells[first] not in variable.codes


def _by_label(variable: Variable) -> Iterator[dict[str, str]]:
    """For each language, the codes by label; a label of two codes is left out."""
    for language in LANGUAGES:
        labels = [label.in_language(language) for label in variable.codes.values()]
        yield {
            label: code
            for label, code in zip(labels, variable.codes, strict=True)
            if labels.count(label) == 1
        }


def _codes_of_words(variable: Variable, found: set[str]) -> dict[str, str]:
    if found & set(variable.codes):
        return {}
    return next((by for by in _by_label(variable) if set(by) >= found), {})


def _codes_of_labels(variable: Variable, labels: dict[str, str], found: set[str]) -> dict[str, str]:
    """What our codes for the codes found in the file are, by the language that knows most."""
    known = (
        {code: by[labels[code]] for code in found if labels.get(code) in by}
        for by in _by_label(variable)
    )
    return max(known, key=len)


def _other_meaning(
    table: SourceTable, name: str, meant: dict[str, str], found: set[str]
) -> Iterator[Problem]:
    other = {code: ours for code, ours in sorted(meant.items()) if code != ours}
    if not other:
        return
    code = "USM-K04" if set(meant) >= found else "USM-K05"
    rows = table.frame.index[table.frame[name].isin(list(other))]
    labels = table.labels[name]
    pairs = ", ".join(f"{c} {labels[c]} → {ours}" for c, ours in other.items())
    yield table.problem(code, [name], rows, pairs=pairs)


def _translated(cells: pd.Series, codes: dict[str, str]) -> pd.Series:
    return cells.map(codes).astype(TEXT)
