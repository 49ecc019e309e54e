"""A suggested matching as a text file somebody edits: one entry a column, doubts marked by "?".

[[columns]]
column = "P4_1"                 # 1 · 2 · 9
question = "?safe_night"        # suggested, name: How safe do you feel …
codes = {"7" = "9"}
"""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import tomlkit
from pydantic import Field, ValidationError

from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.catalogue.conditions import Declaration
from urban_safety_monitor.errors import DataError
from urban_safety_monitor.intake.matching import Match, questions
from urban_safety_monitor.intake.messages import phrase
from urban_safety_monitor.workflow.matching import Chosen, SuggestedMatching

DOUBT = "?"


class DraftColumn(Declaration):
    """A column of the file; an empty question leaves it out."""

    column: str
    question: str = ""
    codes: dict[str, str | int] = {}


class Draft(Declaration):
    """The file as somebody edited it."""

    columns: tuple[DraftColumn, ...] = Field(min_length=1)


def draft_toml(found: SuggestedMatching, catalogue: Catalogue, language: str = "en") -> str:
    """The suggested matching as the text of a file to edit."""
    document = tomlkit.document()
    for line in phrase("draft_head", language, file=_line(found.file)).split("\n"):
        document.add(tomlkit.comment(line))
    if found.missing:
        document.add(
            tomlkit.comment(phrase("draft_missing", language, names=", ".join(found.missing)))
        )
    columns = tomlkit.aot()
    for match in found.matches:
        columns.append(_entry(match, catalogue, language))
    document.add("columns", columns)
    return tomlkit.dumps(document)


def read_draft(path: Path) -> tuple[Chosen, ...]:
    """What somebody decided: the columns with a question.

    Raises:
        DataError: the file is no draft, or questions in it are still to be decided; all of them.
    """
    try:
        draft = Draft.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise DataError(f"{path}: no such file") from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DataError(f"{path}: cannot be read as TOML: {error}") from error
    except ValidationError as error:
        raise DataError(
            f"{path}: {'.'.join(map(str, e['loc']))}: {e['msg']}"
            for e in error.errors(include_url=False)
        ) from error
    undecided = list(_undecided(path, draft))
    if undecided:
        raise DataError(undecided)
    return tuple(
        Chosen(one.column, one.question, {text: str(code) for text, code in one.codes.items()})
        for one in draft.columns
        if one.question
    )


def _undecided(path: Path, draft: Draft) -> Iterator[str]:
    for one in draft.columns:
        if one.question.startswith(DOUBT):
            guess = one.question.removeprefix(DOUBT)
            yield (
                f"{path}: column {one.column!r}: decide on {one.question!r}: write {guess!r} if "
                'that is its question, the right one if not, or "" to leave the column out'
            )


def _entry(match: Match, catalogue: Catalogue, language: str) -> Any:
    entry = tomlkit.table()
    entry.add("column", tomlkit.string(match.column))
    if match.examples:
        entry["column"].comment(_line(" · ".join(match.examples)))
    entry.add("question", (DOUBT if match.to_decide else "") + match.question)
    entry["question"].comment(_line(_reason(match, catalogue, language)))
    if match.codes:
        codes = tomlkit.inline_table()
        codes.update(match.codes)
        entry.add("codes", codes)
    if match.unknown:
        words = phrase("draft_unknown", language, names=match.unknown_in_words())
        entry.add(tomlkit.comment(_line(words)))
    return entry


def _reason(match: Match, catalogue: Catalogue, language: str) -> str:
    words = [match.how_sure(language), match.why(language)]
    told = ", ".join(word for word in words if word)
    if match.question:
        told += ": " + questions(catalogue)[match.question].question.in_language(language)
    return told


def _line(text: str) -> str:
    """The text on one line, as a comment has to be."""
    return "".join(c if c.isprintable() else " " for c in " ".join(text.split()))
