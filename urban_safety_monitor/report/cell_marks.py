"""Which cells of a user's table are marked, how strongly, and with which words beside them."""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field

from urban_safety_monitor.intake.messages import LEVELS, phrase
from urban_safety_monitor.intake.problems import ColumnAt, Problem
from urban_safety_monitor.intake.source import SourceTable
from urban_safety_monitor.intake.wording import filled, plain

ASKED = ("must_fix", "check")
"""Levels that ask for something to be done."""

ROW = -1
"""The column in front of the file's own, which names the problems of each row."""

MOST_COMMENTS = 2_000
"""Comments of one workbook: with many more, spreadsheet programs open it slowly or not at all."""

LAST_ROW = 1_048_575
"""Rows a sheet can have, less one for names of columns."""

Address = tuple[int, int]
"""Row as a spreadsheet numbers it; column of the file from 0, or ROW."""


@dataclass
class CellMarks:
    """Marks of one table: a level by cell and by header, words by cell.

    `titles` say by row what has to be fixed or confirmed there. `uncommented` says whether some
    marked cells have no words of their own, because there would be too many.
    """

    levels: dict[int, dict[int, str]] = field(default_factory=dict)
    headers: dict[int, str] = field(default_factory=dict)
    words: dict[Address, list[str]] = field(default_factory=dict)
    titles: dict[int, list[str]] = field(default_factory=dict)
    uncommented: bool = False


def is_of(problem: Problem, table: SourceTable) -> bool:
    """Whether the problem lies in this table."""
    place = problem.place
    return place.file == table.name and place.sheet in (None, table.sheet)


def cell_marks(
    problems: Sequence[Problem],
    rows: Container[int],
    header_row: int,
    language: str,
    most_comments: int = MOST_COMMENTS,
) -> CellMarks:
    """The marks for the problems of one table, the worst level winning where several meet.

    Args:
        problems: of this table, in any order.
        rows: numbers of the rows that can be marked.
        header_row: number of the row that names of columns stand in.
        language: of the words.
        most_comments: how many cells may carry words; shared equally among the problems.
    """
    marks = CellMarks()
    share = max(1, most_comments // max(1, len(problems)))
    for problem in sorted(problems, key=lambda problem: LEVELS.index(problem.level)):
        _mark_header(marks, problem, header_row, language)
        words = comment(problem, language)
        cells = [cell for cell in cells_of(problem) if cell[0] in rows]
        for row, column in cells:
            marks.levels.setdefault(row, {}).setdefault(column, problem.level)
        if problem.level in ASKED:
            title = filled(problem, "title", language)
            for row in dict.fromkeys(row for row, _ in cells):
                marks.levels[row].setdefault(ROW, problem.level)
                marks.titles.setdefault(row, []).append(title)
        for cell in cells[:share]:
            marks.words.setdefault(cell, []).append(words)
        marks.uncommented |= len(cells) > share
    return marks


def rows_of(problem: Problem) -> Iterator[int]:
    """Numbers of the rows it names, as far as a sheet goes."""
    for first, last in problem.place.rows:
        yield from range(first, min(last, LAST_ROW) + 1)


def cells_of(problem: Problem) -> Iterator[Address]:
    """Cells the problem lies in, row by row; the column in front where it names rows alone."""
    columns = [position(column) for column in problem.place.columns if column.letter] or [ROW]
    return ((row, column) for row in rows_of(problem) for column in columns)


def position(column: ColumnAt) -> int:
    """Where a column stands, from 0: A is 0, Z is 25, AA is 26."""
    number = 0
    for letter in column.letter:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def comment(problem: Problem, language: str) -> str:
    """What is wrong with a cell and what would be right, without any value of the file."""
    lines = [f"{phrase(problem.level, language)} · {problem.code}"]
    lines.append(filled(problem, "title", language))
    if problem.expected:
        lines.append(f"{phrase('expected', language)}: {plain(problem.expected, language)}.")
    lines.append(f"{phrase('repair', language)}: {repair(problem, language)}")
    return "\n".join(lines)


def repair(problem: Problem, language: str) -> str:
    """How to repair it, with the likely answer where there is one."""
    words = filled(problem, "repair", language)
    if problem.suggestion:
        words += " " + phrase("did_you_mean", language, suggestion=problem.suggestion)
    return words


def _mark_header(marks: CellMarks, problem: Problem, header_row: int, language: str) -> None:
    """Colour the names of the columns; words go there where the problem is the whole column's."""
    for column in (position(column) for column in problem.place.columns if column.letter):
        marks.headers.setdefault(column, problem.level)
        if not problem.place.rows:
            marks.words.setdefault((header_row, column), []).append(comment(problem, language))
