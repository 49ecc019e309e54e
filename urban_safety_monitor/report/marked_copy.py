"""The user's own file as a workbook with its faulty cells coloured and explained.

Rows stand where the user's file has them, so that every row number of a message holds here too. A
column in front names the problems of each row, as people miss what lies far to the right. Every
text is written as a text: nothing becomes a formula or a link. While the file seems to hold
personal details no copy of it is made. The first sheet lists every problem, whatever else is
bounded.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from functools import lru_cache
from heapq import merge
from io import BytesIO
from itertools import islice
from operator import itemgetter
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from urban_safety_monitor.errors import DataError
from urban_safety_monitor.intake.messages import phrase
from urban_safety_monitor.intake.problems import Problem, listed
from urban_safety_monitor.intake.report import CheckReport
from urban_safety_monitor.intake.source import SourceTable, cell_text
from urban_safety_monitor.report.cell_marks import (
    LAST_ROW,
    MOST_COMMENTS,
    ROW,
    CellMarks,
    cell_marks,
    is_of,
    rows_of,
)
from urban_safety_monitor.report.fix_list import BESIDE, COLOURS, Copied, write_fix_list
from urban_safety_monitor.report.wording import translator

PERSONAL = "USM-X"
"""Codes that begin so are about personal details."""

MOST_CELLS = 3_000_000
"""Cells copied of one table; of a larger one, only the rows with problems."""

LONGEST_NUMBER = 11
"""Digits and signs a spreadsheet shows in full; longer ones stay text, as ids must not change."""

BLOCK = 5_000
"""Rows taken from a table at a time, so that a large one is not held twice."""

FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", "_"))
LONGEST_NAME = 31
OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "constant_memory": True}


class Page(NamedTuple):
    """A table with its sheet, the problems in it, their marks, and the numbers of rows copied.

    `header_row` is where names of columns stand; 0 in files that have no such row, whose records
    therefore stand one row further down here.
    """

    table: SourceTable
    sheet: Worksheet
    problems: tuple[Problem, ...]
    marks: CellMarks
    rows: pd.Index
    header_row: int
    language: str

    @property
    def shift(self) -> int:
        """How many rows further down each row stands."""
        return 1 if self.header_row == 0 else 0

    def line(self, row: int) -> int:
        """Where a row of the file stands, counted from 0 as the writer does."""
        return row - 1 + self.shift


def marked_copy(
    report: CheckReport,
    tables: Sequence[SourceTable],
    day: date,
    language: str = "en",
    *,
    most_cells: int = MOST_CELLS,
    most_comments: int = MOST_COMMENTS,
) -> bytes:
    """The workbook: what to fix, then a sheet for each table with its cells marked.

    Args:
        report: of the check of these files.
        tables: the files as read; one that could not be read has no sheet.
        day: the day it is dated.
        language: of all words.
        most_cells: of a table with more, only rows with problems are copied.
        most_comments: how many cells carry words; all are coloured.

    Raises:
        DataError: a column seems to hold personal details, which must not be copied.
    """
    if reason := why_no_copy(report, language):
        raise DataError(reason)
    say = translator(language).gettext
    file = BytesIO()
    with (
        TemporaryDirectory(prefix="usm-copy-") as folder,
        xlsxwriter.Workbook(file, OPTIONS | {"tmpdir": folder}) as book,
    ):
        book.set_properties({"title": say("What to fix"), "created": datetime.combine(day, time())})
        first = book.add_worksheet(say("What to fix"))
        taken = {first.get_name().casefold()}
        bounds = most_cells, most_comments // max(1, len(tables))
        pages = []
        for table in tables:
            sheet = book.add_worksheet(_sheet_name(table, taken))
            pages.append(_page(report, table, sheet, bounds, language))
        copied = [_copied(page) for page in pages]
        write_fix_list(book, first, report, copied, language)
        for page in pages:
            _write_page(page, _formats(book))
    return file.getvalue()


def why_no_copy(report: CheckReport, language: str = "en") -> str:
    """Why no marked copy may be made of these files; nothing where one may."""
    suspected = [problem for problem in report.problems if problem.code.startswith(PERSONAL)]
    names = dict.fromkeys(column.name for problem in suspected for column in problem.place.columns)
    if not suspected:
        return ""
    return (
        translator(language)
        .gettext(
            "No marked copy was made, because personal details must not be copied. These columns "
            "seem to hold some: {columns}. Leave them out and check again."
        )
        .format(columns=listed(list(names)))
    )


def _page(
    report: CheckReport,
    table: SourceTable,
    sheet: Worksheet,
    bounds: tuple[int, int],
    language: str,
) -> Page:
    most_cells, most_comments = bounds
    problems = tuple(problem for problem in report.problems if is_of(problem, table))
    rows = _rows_copied(table, problems, most_cells // len(table.header))
    first = min([table.first_data_row, *(p.place.rows[0][0] for p in problems if p.place.rows)])
    header_row = max(0, first - 1)
    marks = cell_marks(problems, set(rows), header_row, language, most_comments)
    return Page(table, sheet, problems, marks, rows, header_row, language)


def _rows_copied(table: SourceTable, problems: Sequence[Problem], most: int) -> pd.Index:
    """All rows, or those with problems, the most important first, as far as there is room.

    Rows that could not be read are among them: they are marked, and empty.
    """
    there = table.frame.index[table.frame.index <= LAST_ROW]
    wanted = dict.fromkeys(row for problem in problems for row in rows_of(problem))
    rows = there.union(pd.Index(list(wanted), dtype="int64"))
    if len(rows) <= most:
        return rows
    return pd.Index(sorted(islice(wanted, most)), dtype="int64")


def _copied(page: Page) -> Copied:
    return Copied(
        file=page.table.name,
        sheet=page.sheet.get_name(),
        problems=page.problems,
        uncommented=page.marks.uncommented,
        all_rows=len(page.rows) >= len(page.table.frame),
        shift=page.shift,
    )


def _sheet_name(table: SourceTable, taken: set[str]) -> str:
    """The sheet's or file's own name, as far as a workbook allows it, each once."""
    stem = table.sheet or table.name.rsplit(".", 1)[0]
    plain = stem.translate(FORBIDDEN).strip("' ")[:LONGEST_NAME] or "data"
    name, number = plain, 2
    while name.casefold() in taken or name.casefold() == "history":  # Excel keeps that name
        ending = f" {number}"
        name, number = plain[: LONGEST_NAME - len(ending)] + ending, number + 1
    taken.add(name.casefold())
    return name


def _formats(book: xlsxwriter.Workbook) -> dict[str, Format]:
    formats = {level: book.add_format({"bg_color": colour}) for level, colour in COLOURS.items()}
    head = {"bold": True, "bottom": 1}
    formats["head"] = book.add_format(head)
    for level, colour in COLOURS.items():
        formats[f"head {level}"] = book.add_format(head | {"bg_color": colour})
    return formats


def _write_page(page: Page, formats: dict[str, Format]) -> None:
    """Comments, names, then rows in their order: the writer takes nothing for rows gone by."""
    _write_comments(page)
    table, sheet = page.table, page.sheet
    names = page.line(page.header_row)
    sheet.freeze_panes(names + 1, BESIDE)
    sheet.set_column(0, 0, 34)
    sheet.set_column(BESIDE, len(table.header), 14)
    sheet.write_string(names, 0, phrase("problems_in_row", page.language), formats["head"])
    for column, name in enumerate(table.header):
        level = page.marks.headers.get(column)
        style = formats[f"head {level}" if level else "head"]
        sheet.write_string(names, column + BESIDE, name, style)
    columns = [table.header.index(str(name)) for name in table.frame]
    kept = table.frame[table.frame.index.isin(page.rows)]
    unread: Iterator[tuple[int, dict[int, str]]] = (
        (int(row), {}) for row in page.rows.difference(table.frame.index)
    )
    for row, texts in merge(_texts(kept, columns), unread, key=itemgetter(0)):
        if row in page.marks.titles:
            texts[ROW] = " ".join(page.marks.titles[row])
        _write_row(sheet, page.line(row), texts, page.marks.levels.get(row, {}), formats)


def _texts(frame: pd.DataFrame, columns: Sequence[int]) -> Iterator[tuple[int, dict[int, str]]]:
    """Each row's number and its filled cells by column, taken from the frame block by block."""
    for start in range(0, len(frame), BLOCK):
        block = frame.iloc[start : start + BLOCK]
        for row, cells in zip(block.index, block.to_numpy(dtype=object), strict=True):
            pairs = zip(columns, cells, strict=True)
            yield row, {column: text for column, text in pairs if isinstance(text, str)}


def _write_row(
    sheet: Worksheet,
    line: int,
    texts: dict[int, str],
    levels: dict[int, str],
    formats: dict[str, Format],
) -> None:
    for column, text in texts.items():
        style = formats[levels[column]] if column in levels else None
        number = plain_number(text)
        if number is None:
            sheet.write_string(line, column + BESIDE, text, style)
        else:
            sheet.write_number(line, column + BESIDE, number, style)
    for column in levels.keys() - texts.keys():
        sheet.write_blank(line, column + BESIDE, None, formats[levels[column]])


@lru_cache(maxsize=100_000)
def plain_number(text: str) -> float | None:
    """The number a text is, where a spreadsheet shows it exactly as the file has it."""
    if len(text) > LONGEST_NUMBER or not text[-1].isdigit():
        return None
    try:
        number = float(text)
    except ValueError:
        return None
    return number if cell_text(number) == text else None


def _write_comments(page: Page) -> None:
    for (row, column), texts in page.marks.words.items():
        words = "\n\n".join(texts)
        height = min(400, 20 * (2 + words.count("\n") + len(words) // 45))
        size = {"width": 340, "height": height, "font_size": 9}
        page.sheet.write_comment(page.line(row), column + BESIDE, words, size)
