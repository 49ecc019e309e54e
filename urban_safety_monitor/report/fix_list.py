"""The sheet "What to fix": every problem of a check, the most important first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from urban_safety_monitor.intake.messages import LEVELS, phrase
from urban_safety_monitor.intake.problems import Problem
from urban_safety_monitor.intake.report import CheckReport
from urban_safety_monitor.intake.wording import filled, plain, where
from urban_safety_monitor.report.cell_marks import LAST_ROW, cells_of, repair
from urban_safety_monitor.report.numbers import number_text
from urban_safety_monitor.report.palette import LIGHT
from urban_safety_monitor.report.wording import message, translator

COLOURS = {"must_fix": LIGHT["refused"], "check": LIGHT["notice"], "note": LIGHT["told"]}
SYMBOLS = {"must_fix": "■", "check": "◆", "note": "○"}
HEADER_ROW = 3
"""Counted from 0: title, verdict and a blank row stand above."""

COLUMNS = (
    (message("No."), 5),
    (message("Level"), 22),
    (message("What is wrong"), 42),
    (message("Where"), 46),
    (message("Go to"), 10),
    (message("Rows"), 16),
    (message("Found"), 20),
    (message("Expected"), 42),
    (message("How to repair it"), 52),
    (message("Why it matters"), 52),
    (message("Code"), 10),
)
LINK = 4
BESIDE = 1
"""Columns of a data sheet that stand before those of the file."""


@dataclass(frozen=True)
class Copied:
    """What of a user's table the workbook holds, for the notes below the list.

    `shift` is how many rows further down its rows stand.
    """

    file: str
    sheet: str
    problems: tuple[Problem, ...]
    uncommented: bool
    all_rows: bool
    shift: int


def write_fix_list(
    book: xlsxwriter.Workbook,
    sheet: Worksheet,
    report: CheckReport,
    copied: Sequence[Copied],
    language: str,
) -> None:
    """Fill the sheet: the verdict, a row for each problem, and notes on the copy."""
    say = translator(language).gettext
    bold = book.add_format({"bold": True})
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    styles = {
        level: book.add_format({"bg_color": colour, "bold": True, "valign": "top"})
        for level, colour in COLOURS.items()
    }
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    link = book.add_format({"font_color": LIGHT["better"], "underline": 1, "valign": "top"})
    sheet.freeze_panes(HEADER_ROW + 1, 0)
    for column, (_, width) in enumerate(COLUMNS):
        sheet.set_column(column, column, width)
    title = book.add_format({"bold": True, "font_size": 14})
    sheet.write_string(0, 0, say("What to fix"), title)
    sheet.write_string(1, 0, verdict(report, language))
    for column, (name, _) in enumerate(COLUMNS):
        sheet.write_string(HEADER_ROW, column, say(name), head)
    for number, problem in enumerate(report.problems, start=1):
        _write_problem(sheet, number, problem, language, (wrapped, styles[problem.level]))
        _write_link(sheet, number, problem, copied, link)
    line = HEADER_ROW + 2 + len(report.problems)
    sheet.write_string(line, 0, say("About this copy"), bold)
    for note in notes(copied, language):
        line += 1
        sheet.write_string(line, 0, note)


def verdict(report: CheckReport, language: str) -> str:
    """Whether the files can be used, and how many problems of each level there are."""
    numbers = {level: len(report.of_level(level)) for level in LEVELS}
    words = phrase("accepted" if report.accepted else "refused", language)
    return f"{words} {phrase('counts', language, passed=len(report.passed), **numbers)}"


def notes(copied: Sequence[Copied], language: str) -> Iterator[str]:
    """What the copy holds, what it leaves out and why, one sentence or two each."""
    say = translator(language).gettext
    yield say(
        "Colours: red is to be fixed, yellow is to be checked and confirmed, blue is good to know."
    )
    yield say(
        "Values are as in your file; nothing was changed. Mend them here or in your own file."
    )
    for one in copied:
        yield say(
            "Sheet {sheet} holds {file} with the same rows. Its columns stand one place further "
            "right."
        ).format(sheet=one.sheet, file=one.file)
        yield from _bounds(one, language)


def _bounds(one: Copied, language: str) -> Iterator[str]:
    say = translator(language).gettext
    if one.shift:
        yield say(
            "{sheet}: the file has no row for names of columns. Its row 1 is row 2 of the sheet."
        ).format(sheet=one.sheet)
    if not one.all_rows:
        yield say(
            "{sheet}: the file is very large. Only rows with problems are copied, in their places."
        ).format(sheet=one.sheet)
    if one.uncommented:
        yield say(
            "{sheet}: a problem of many cells has comments on its first cells only. All its cells "
            "are coloured."
        ).format(sheet=one.sheet)


def _write_problem(
    sheet: Worksheet, number: int, problem: Problem, language: str, styles: tuple[Format, Format]
) -> None:
    line = HEADER_ROW + number
    wrapped, coloured = styles
    level = f"{SYMBOLS[problem.level]} {phrase(problem.level, language)}"
    texts = (
        filled(problem, "title", language),
        where(problem, language),
        "",
        _how_many(problem, language),
        problem.found,
        plain(problem.expected or "", language),
        repair(problem, language),
        filled(problem, "why", language),
        problem.code,
    )
    sheet.write_number(line, 0, number, wrapped)
    sheet.write_string(line, 1, level, coloured)
    for column, text in enumerate(texts, start=2):
        if column != LINK:
            sheet.write_string(line, column, text, wrapped)


def _how_many(problem: Problem, language: str) -> str:
    if problem.n_rows is None:
        return ""
    counted = number_text(problem.n_rows, 0, language)
    if problem.n_total is None:
        return counted
    return (
        translator(language)
        .gettext("{n} of {total}")
        .format(n=counted, total=number_text(problem.n_total, 0, language))
    )


def _write_link(
    sheet: Worksheet, number: int, problem: Problem, copied: Sequence[Copied], style: Format
) -> None:
    """A link to the problem's first cell in the copy, where there is one."""
    one = next((one for one in copied if problem in one.problems), None)
    cell = next(cells_of(problem), None)
    if one and cell and cell[0] <= LAST_ROW:
        address = xl_rowcol_to_cell(cell[0] - 1 + one.shift, cell[1] + BESIDE)
        quoted = one.sheet.replace("'", "''")
        sheet.write_url(HEADER_ROW + number, LINK, f"internal:'{quoted}'!{address}", style, address)
