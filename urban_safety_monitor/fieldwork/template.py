"""The questionnaire as an empty table: one column a question, with the answers it takes.

The columns are the codebook's in its order, so a filled table is read with the recipe of this
questionnaire and nothing has to be matched. The sheet of answers is the only one whose first row
holds names of columns, by which a check finds it.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from io import BytesIO

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from urban_safety_monitor.catalogue.catalogue import Catalogue
from urban_safety_monitor.catalogue.codebook import Variable
from urban_safety_monitor.catalogue.indicator import Text
from urban_safety_monitor.fieldwork.choices import choice, listed
from urban_safety_monitor.fieldwork.city import City
from urban_safety_monitor.fieldwork.universe import asked_if

ROWS = 5_000
"""Rows of answers the drop-downs reach."""

DEMONSTRATION = Text(
    en="Demonstration data, not a description of any real city",
    es="Datos de demostración; no describen a ninguna ciudad real",
)
SHEETS = {
    "about": Text(en="About", es="Léame"),
    "answers": Text(en="Answers", es="Respuestas"),
    "codebook": Text(en="Codebook", es="Libro de códigos"),
    "districts": Text(en="Districts", es="Distritos"),
    "example": Text(en="Example", es="Ejemplo"),
}
STEPS = (
    Text(
        en="Questionnaire of the Urban Safety Monitor: {city} ({area})",
        es="Cuestionario del Monitor de Seguridad Urbana: {city} ({area})",
    ),
    Text(
        en='1. Fill the sheet "{answers}": one row for each adult interviewed.',
        es="1. Llene la hoja «{answers}»: una fila por cada persona adulta entrevistada.",
    ),
    Text(
        en="2. Leave the names of the columns in row 1 as they are. Delete columns not asked.",
        es="2. Deje los nombres de las columnas de la fila 1 como están. Borre las no preguntadas.",
    ),
    Text(
        en="3. Write codes, not words. Each cell shows its codes and what they mean.",
        es="3. Escriba códigos, no palabras. Cada celda muestra sus códigos y qué significan.",
    ),
    Text(
        en='4. Leave a cell empty where the question was skipped; see "{codebook}".',
        es="4. Deje vacía la celda donde la pregunta se omitió; vea «{codebook}».",
    ),
    Text(
        en="5. Write no names, telephone numbers, addresses or coordinates anywhere.",
        es="5. No escriba nombres, teléfonos, domicilios ni coordenadas en ningún lugar.",
    ),
    Text(
        en='6. Check the file before you hand it in: page "Check a file", or usm check.',
        es="6. Revise el archivo antes de entregarlo: página «Revisar un archivo», o usm check.",
    ),
    Text(
        en="The drop-downs reach row {last}. For more rows, copy the last one down.",
        es="Las listas llegan hasta la fila {last}. Para más filas, copie la última hacia abajo.",
    ),
)
CODEBOOK = (
    (Text(en="Column", es="Columna"), 20),
    (Text(en="Letter", es="Letra"), 7),
    (Text(en="Item", es="Pregunta"), 9),
    (Text(en="Section", es="Sección"), 24),
    (Text(en="Question (English)", es="Pregunta (inglés)"), 60),
    (Text(en="Question (Spanish)", es="Pregunta (español)"), 60),
    (Text(en="Answers (English)", es="Respuestas (inglés)"), 40),
    (Text(en="Answers (Spanish)", es="Respuestas (español)"), 40),
    (Text(en="Asked only if", es="Solo se pregunta si"), 36),
    (Text(en="Sensitive", es="Sensible"), 10),
)
DISTRICTS = (
    (Text(en="Code", es="Clave"), 16),
    (Text(en="District", es="Distrito"), 40),
)
YES = Text(en="Yes", es="Sí")
OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}


@dataclass(frozen=True)
class Filling:
    """Rows that stand in the sheet of answers, and the example's rows; both are made data."""

    answers: pd.DataFrame = field(default_factory=pd.DataFrame)
    example: pd.DataFrame = field(default_factory=pd.DataFrame)


def questionnaire_workbook(
    catalogue: Catalogue, city: City, filling: Filling, day: date, language: str = "en"
) -> bytes:
    """The workbook: how to, answers, codebook, the city's districts, and example rows.

    Args:
        catalogue: whose codebook the columns are.
        city: whose codes the drop-downs of city and district offer.
        filling: made rows; columns the codebook lacks stand after its own.
        day: the day it is dated.
        language: of everything but the names of columns.
    """
    file = BytesIO()
    with xlsxwriter.Workbook(file, OPTIONS) as book:
        book.set_properties({"title": city.title, "created": datetime.combine(day, time())})
        pages = {
            key: book.add_worksheet(name.in_language(language)) for key, name in SHEETS.items()
        }
        bold, head = book.add_format({"bold": True}), book.add_format({"bold": True, "bottom": 1})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        _write_about(pages["about"], city, language, bold, made=len(filling.answers) > 0)
        _write_answers(book, pages["answers"], catalogue, filling.answers, head)
        _add_choices(pages["answers"], catalogue, city, language)
        _write_codebook(pages["codebook"], catalogue, language, (head, wrapped))
        _write_districts(pages["districts"], city, language, head)
        _write_example(pages["example"], filling.example, language, (bold, head))
    return file.getvalue()


def _write_about(page: Worksheet, city: City, language: str, bold: Format, *, made: bool) -> None:
    names = {key: name.in_language(language) for key, name in SHEETS.items()}
    lines = [
        step.in_language(language).format(
            city=city.title, area=city.area, last=f"{ROWS + 1:,}", **names
        )
        for step in STEPS
    ]
    if made:
        lines.insert(1, DEMONSTRATION.in_language(language))
    page.set_column(0, 0, 100)
    for line, text in enumerate(lines):
        page.write_string(line, 0, text, bold if line == 0 or (made and line == 1) else None)


def _write_answers(
    book: xlsxwriter.Workbook,
    page: Worksheet,
    catalogue: Catalogue,
    rows: pd.DataFrame,
    head: Format,
) -> None:
    """Names in row 1; text columns are kept as text, so that codes keep their zeros."""
    formats = {
        "text": book.add_format({"num_format": "@"}),
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
    }
    page.freeze_panes(1, 0)
    for column, variable in enumerate(catalogue.codebook.values()):
        width = max(9, len(variable.name) + 2)
        page.set_column(column, column, width, formats.get(variable.kind))
    names = [*catalogue.codebook, *(name for name in rows if name not in catalogue.codebook)]
    write_rows(page, _with_dates(rows.reindex(columns=names), catalogue), head)


def _with_dates(rows: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Dates as dates, which a spreadsheet shows and checks as such."""
    dates = [v.name for v in catalogue.codebook.values() if v.kind == "date" and v.name in rows]
    return rows.assign(**{name: pd.to_datetime(rows[name]) for name in dates})


def _add_choices(page: Worksheet, catalogue: Catalogue, city: City, language: str) -> None:
    sheet = SHEETS["districts"].in_language(language)
    lists = {
        "area": [city.area],
        "district": f"='{sheet}'!$A$2:$A${len(city.districts) + 1}" if city.districts else None,
        "boundary_version": list(city.boundary_versions),
    }
    for column, variable in enumerate(catalogue.codebook.values()):
        source = lists.get(variable.canonical)
        rule = (
            listed(source, variable, language)
            if source
            else choice(variable, f"{xl_col_to_name(column)}2", language)
        )
        page.data_validation(1, column, ROWS, column, rule)


def _write_codebook(
    page: Worksheet, catalogue: Catalogue, language: str, formats: tuple[Format, Format]
) -> None:
    head, wrapped = formats
    page.freeze_panes(1, 1)
    names = {variable.canonical: variable.name for variable in catalogue.codebook.values()}
    for column, (title, width) in enumerate(CODEBOOK):
        page.set_column(column, column, width)
        page.write_string(0, column, title.in_language(language), head)
    for line, variable in enumerate(catalogue.codebook.values(), start=1):
        gate = variable.asked_if
        cells = (
            variable.name,
            xl_col_to_name(line - 1),
            variable.item,
            variable.section,
            *(" ".join(variable.question.in_language(one).split()) for one in ("en", "es")),
            *(_answers(variable, one) for one in ("en", "es")),
            asked_if(gate, names, language) if gate else "",
            YES.in_language(language) if variable.sensitive else "",
        )
        for column, text in enumerate(cells):
            page.write_string(line, column, text, wrapped)


def _answers(variable: Variable, language: str) -> str:
    """One answer a line: the numbers allowed, then each code with its meaning."""
    low, high = variable.minimum, variable.maximum
    numbers = [f"{low:g} … {high:g}"] if low is not None and high is not None else []
    codes = [f"{code} {label.in_language(language)}" for code, label in variable.codes.items()]
    return "\n".join(numbers + codes)


def _write_districts(page: Worksheet, city: City, language: str, head: Format) -> None:
    page.freeze_panes(1, 0)
    for column, (title, width) in enumerate(DISTRICTS):
        page.set_column(column, column, width)
        page.write_string(0, column, title.in_language(language), head)
    for line, (code, name) in enumerate(city.districts.items(), start=1):
        page.write_string(line, 0, code)
        page.write_string(line, 1, name)


def _write_example(
    page: Worksheet, rows: pd.DataFrame, language: str, formats: tuple[Format, Format]
) -> None:
    """The mark stands above the names, so that no check takes this sheet for the answers."""
    bold, head = formats
    page.set_column(0, max(0, rows.shape[1] - 1), 14)
    page.write_string(0, 0, DEMONSTRATION.in_language(language), bold)
    write_rows(page, rows, head, first=2)


def write_rows(page: Worksheet, rows: pd.DataFrame, head: Format, first: int = 0) -> None:
    """Names and rows of a frame; texts are written as texts, an empty cell as nothing."""
    for column, name in enumerate(rows):
        page.write_string(first, column, str(name), head)
        for line, cell in enumerate(rows[name].tolist(), start=first + 1):
            if pd.isna(cell):
                continue
            if isinstance(cell, str):
                page.write_string(line, column, cell)
            elif isinstance(cell, datetime):
                page.write_datetime(line, column, cell)
            else:
                page.write_number(line, column, cell)
