"""The profile as a workbook that people and screen readers can use.

Rules of the UK Analysis Function's gptables: one table a sheet, its title in A1, a sheet of
notes, no merged cells, numbers as numbers, a header that stays in sight.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from urban_safety_monitor.report.numbers import last_day_of
from urban_safety_monitor.report.records import CityProfile, FullProfile
from urban_safety_monitor.report.wording import message, translator

HEADER_ROW = 4
"""Counted from 0: title, subtitle, demonstration mark and a blank row stand above."""

WIDEST, NARROWEST = 60, 9

Cell = str | float | None

Column = tuple[str, Callable[[Any], Cell]]
"""A column's header, to be translated, and the cell it shows of a record."""

_FIGURE: tuple[Column, ...] = (
    (message("Value"), lambda row: row.figure.value),
    (message("Lower end"), lambda row: row.figure.lower),
    (message("Upper end"), lambda row: row.figure.upper),
    (message("n"), lambda row: row.figure.n),
)

_STATUS: tuple[Column, ...] = (
    (message("Status"), lambda row: row.verdict.word),
    (message("Reason"), lambda row: row.verdict.reason),
    (message("Flags"), lambda row: " ".join(row.figure.flags)),
)

INDICATORS: tuple[Column, ...] = (
    (message("Indicator"), lambda row: row.title),
    (message("Domain"), lambda row: row.domain_title),
    (message("Unit"), lambda row: row.unit),
    *_FIGURE,
    (message("Benchmark"), lambda row: row.verdict.benchmark_value),
    (message("Difference"), lambda row: row.verdict.difference),
    *_STATUS,
    (message("Code"), lambda row: row.indicator),
)

SCORES: tuple[Column, ...] = (
    (message("Part"), lambda line: line.title),
    (message("Score"), lambda line: line.score),
    (message("Lower end"), lambda line: line.lower),
    (message("Upper end"), lambda line: line.upper),
    (message("Coverage"), lambda line: line.coverage),
    (message("Note"), lambda line: line.note),
)

GROUPS: tuple[Column, ...] = (
    (message("Indicator"), lambda row: row.title),
    (message("Grouping"), lambda row: row.disaggregation_title),
    (message("Group"), lambda row: row.category_title),
    *_FIGURE,
    (message("Rest of the city"), lambda row: row.verdict.benchmark_value),
    *_STATUS,
)

CHANGES: tuple[Column, ...] = (
    (message("Indicator"), lambda row: row.title),
    (message("Unit"), lambda row: row.unit),
    (message("Earlier value"), lambda row: row.before.value),
    (message("Value"), lambda row: row.after.value),
    (message("Lower end"), lambda row: row.after.lower),
    (message("Upper end"), lambda row: row.after.upper),
    (message("Smallest change that could be seen"), lambda row: row.detectable),
    (message("Status"), lambda row: row.verdict.word),
    (message("In one sentence"), lambda row: row.sentence),
)


@dataclass(frozen=True)
class Sheet:
    """A sheet with one table; `name` is its tab and the name of its table."""

    name: str
    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def profile_workbook(profile: FullProfile) -> bytes:
    """The workbook: notes, indicators, domains, groups and changes, each on its own sheet."""
    return workbook(_sheets(profile), profile.demonstration, _properties(profile))


def workbook(sheets: Sequence[Sheet], mark: str, properties: Mapping[str, str | datetime]) -> bytes:
    """Sheets as a workbook; `mark` stands on each, `properties` are the document's own."""
    file = BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    with xlsxwriter.Workbook(file, options) as book:
        book.set_properties(dict(properties))
        bold = book.add_format({"bold": True, "font_size": 14})
        whole, decimal = (book.add_format({"num_format": f}) for f in ("#,##0", "#,##0.00"))
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        for number, sheet in enumerate(sheets):
            page = book.add_worksheet(sheet.name)
            _fill(page, sheet, mark, (bold, whole, decimal))
            page.add_table(
                HEADER_ROW,
                0,
                HEADER_ROW + max(1, len(sheet.rows)),
                len(sheet.header) - 1,
                {
                    "name": f"table_{number}",
                    "style": None,
                    "autofilter": False,
                    "columns": [{"header": text, "header_format": head} for text in sheet.header],
                },
            )
    return file.getvalue()


def _fill(page: Worksheet, sheet: Sheet, mark: str, formats: Sequence[Format]) -> None:
    title, whole, decimal = formats
    page.write_string(0, 0, sheet.title, title)
    page.write_string(2, 0, mark)
    page.freeze_panes(HEADER_ROW + 1, 1)
    for column, text in enumerate(sheet.header):
        cells = [row[column] for row in sheet.rows]
        page.set_column(column, column, _width(text, cells))
        for line, cell in enumerate(cells, start=HEADER_ROW + 1):
            if isinstance(cell, str):
                page.write_string(line, column, cell)
            elif cell is not None:
                page.write_number(line, column, cell, whole if cell == int(cell) else decimal)


def _width(header: str, cells: Sequence[Cell]) -> int:
    texts = [len(cell) for cell in cells if isinstance(cell, str)]
    return min(WIDEST, max([NARROWEST, len(header) + 1, *texts]))


def _properties(profile: CityProfile) -> dict[str, str | datetime]:
    day = datetime.combine(last_day_of(profile.period), time())
    return {
        "title": f"{profile.title}, {profile.period_text}",
        "subject": profile.demonstration or profile.headline,
        "comments": profile.provenance.run_id,
        "created": day,
    }


def _sheets(profile: FullProfile) -> list[Sheet]:
    say = translator(profile.language).gettext
    scores = [*profile.domains, *profile.evidence]
    return [
        _notes(profile),
        _sheet(profile, (say("Indicators"), say("All indicators")), INDICATORS, profile.rows),
        _sheet(profile, (say("Scores"), say("Scores from 0 to 100")), SCORES, scores),
        _sheet(
            profile,
            (say("Groups"), say("Groups of people against the rest of the city")),
            GROUPS,
            profile.groups,
        ),
        _sheet(
            profile,
            (say("Changes"), say("Change since the last round")),
            CHANGES,
            profile.changes,
        ),
    ]


def _sheet(
    profile: CityProfile,
    names: tuple[str, str],
    columns: Sequence[Column],
    records: Sequence[Any],
) -> Sheet:
    tab, title = names
    say = translator(profile.language).gettext
    return Sheet(
        name=tab,
        title=f"{profile.title}, {profile.period_text}: {title}",
        header=[say(text) for text, _ in columns],
        rows=[[cell(record) for _, cell in columns] for record in records],
    )


def _notes(profile: CityProfile) -> Sheet:
    say = translator(profile.language).gettext
    provenance = profile.provenance
    rows = [
        (say("City"), profile.title),
        (say("Round"), profile.period_text),
        (say("In one sentence"), profile.headline),
        (say("Survey"), profile.survey_facts),
        (say("Compared with"), profile.benchmark_name),
        (say("Method"), profile.method),
        (say("By chance"), profile.chance_line),
        (say("Missing"), profile.missing_line),
        *((f"[{letter}]", meaning) for letter, meaning in profile.flags_used.items()),
        *((say("Not comparable"), note) for note in profile.notes),
        (say("Citation"), profile.citation),
        (say("Licence"), profile.licence),
        (say("Run"), provenance.run_id),
        (say("Program version"), provenance.version),
        (say("Catalogue (SHA-256)"), provenance.catalogue_sha256),
    ]
    return Sheet(
        say("Notes"),
        f"{profile.title}, {profile.period_text}",
        (say("Item"), say("Text")),
        [row for row in rows if row[1]],
    )
