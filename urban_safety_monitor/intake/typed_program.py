"""The program that reads one workbook, SPSS, Stata or Parquet file in a process of its own.

The readers of these formats are native code: a damaged or hostile file can crash them or make
them ask for any amount of memory. Here that ends this process and nothing else. It may take the
memory and time it was told, and may write no file.

It is run as a script and imports nothing it does not need, which keeps its start short. It is told
on standard input what to read, as JSON. It answers with a line of JSON for each column wanted,
which holds each distinct text once, followed by the number of each cell's text as four bytes; and
at last with a line for everything else.
"""

import json
import os
import re
import sys
import zipfile
from array import array
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from html import unescape
from itertools import islice
from math import isfinite
from typing import IO, Any, NamedTuple

Request = dict[str, Any]
Facts = dict[str, object]

ROWS_AT_ONCE = 2_000
EXACT = 2**53
FORMULA = re.compile(
    rb"<(?:\w+:)?c\b([^>]*)>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>\s*|<(?:\w+:)?v>\s*</(?:\w+:)?v>\s*)?</(?:\w+:)?c>"
)
"""A cell of a sheet's XML that holds a formula and no value."""
CELL = re.compile(rb"\br=[\"']([A-Z]{1,3})(\d{1,7})[\"']")
SHEET = re.compile(r"<(?:\w+:)?(?:sheet|Relationship)\b[^>]*>")
ATTRIBUTE = re.compile(r"([\w:]+)=[\"']([^\"']*)[\"']")
SEARCHED, LONGEST_CELL, LONGEST_LIST = 1 << 22, 1 << 15, 1 << 22
FORMULAS_NAMED = 10_000


class Refused(Exception):
    """The file cannot be read: the problem's code and what its message needs."""

    def __init__(self, code: str, **params: object) -> None:
        """Keep the code and the parameters."""
        super().__init__(code)
        self.facts: Facts = {"refused": code, "params": params}


class Coded(NamedTuple):
    """A column: the number of each cell's text, -1 where it is empty, and the texts."""

    numbers: bytes
    texts: list[str]


class Read(NamedTuple):
    """A file as read: the names of all columns, those wanted by position, and the rest."""

    names: Sequence[object]
    columns: Iterable[tuple[int, Coded]]
    facts: Facts


def cell_text(value: object) -> str | None:
    """One cell as text, None where it is empty: 3.0 is "3", a day is written 2026-04-03."""
    if value is None or value != value:
        return None
    if isinstance(value, float):
        if not isfinite(value):
            return None
        return str(int(value)) if value.is_integer() and abs(value) < EXACT else repr(value)
    if isinstance(value, datetime):
        return value.isoformat().removesuffix("T00:00:00")
    return str(value).strip() or None


def main() -> None:
    """Read what standard input asks for and write the answer to standard output."""
    request = json.load(sys.stdin)
    bound(request["memory"], request["seconds"])
    with os.fdopen(os.dup(1), "wb") as answer:
        os.dup2(2, 1)  # native readers print warnings there
        facts = answered(request, answer)
        answer.write(json.dumps(facts).encode())


def answered(request: Request, answer: IO[bytes]) -> Facts:
    """Write the columns of the file; what else there is to say, or why it cannot be read."""
    try:
        read = READERS[request["kind"]](request)
        for position, column in read.columns:
            about = {"position": position, "bytes": len(column.numbers), "texts": column.texts}
            answer.write(json.dumps(about).encode() + b"\n" + column.numbers)
    except Refused as refused:
        return refused.facts
    except MemoryError:
        return Refused("USM-F26").facts
    except Exception:  # on bytes that are no table these libraries raise errors of every kind
        return Refused("USM-F10").facts
    return {**read.facts, "names": [cell_text(name) for name in read.names]}


def bound(memory: int, seconds: int) -> None:
    """Take no more memory and processor time than this, and write no file; not on Windows."""
    try:
        import resource
    except ImportError:
        return
    for limit, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _, highest = resource.getrlimit(limit)
        least = value if highest == resource.RLIM_INFINITY else min(value, highest)
        resource.setrlimit(limit, (least, least))


def refuse_too_many(request: Request, rows: int, columns: int) -> None:
    """Stop before reading more rows, columns or cells than allowed."""
    if rows > request["rows"] or columns > request["columns"] or rows * columns > request["cells"]:
        raise Refused("USM-F25", rows=rows, columns=columns)


def positions_wanted(request: Request, names: Sequence[object]) -> list[int]:
    """Where columns asked for are; all where none was asked for, or none is there."""
    asked = set(request["columns_wanted"] or ())
    return [i for i, name in enumerate(names) if str(name).strip() in asked] or [*range(len(names))]


class Column(dict[object, int]):
    """Cells of one column, numbered by their text; each distinct cell becomes text once."""

    def __init__(self) -> None:
        """Begin without cells."""
        super().__init__()
        self.texts: dict[str, int] = {}
        self.numbers = array("i")

    def __missing__(self, cell: object) -> int:
        """Number a cell met for the first time; an empty one is -1."""
        text = cell_text(cell)
        number = -1 if text is None else self.texts.setdefault(text, len(self.texts))
        self[cell] = number
        return number

    def add(self, cells: Iterable[object]) -> None:
        """Append cells; a truth value is told apart from the 1 or 0 it equals."""
        self.numbers.extend(
            [self[cell if cell.__class__ is not bool else str(cell)] for cell in cells]
        )

    def coded(self) -> Coded:
        """All cells."""
        return Coded(self.numbers.tobytes(), list(self.texts))


def read_workbook(request: Request) -> Read:
    """One sheet: the one named, else the one with most columns `like` these, else the fullest."""
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(request["path"])
    sheet = _chosen_sheet(book, request)
    if sheet is None or sheet.start is None:
        raise Refused("USM-F04")
    refuse_too_many(request, sheet.total_height, sheet.total_width)
    rows = _padded_rows(sheet)
    number, names = next(((n, row) for n, row in enumerate(rows, 1) if not _is_blank(row)), (0, []))
    if not names:
        raise Refused("USM-F04")
    columns = {position: Column() for position in positions_wanted(request, names)}
    while block := list(islice(rows, ROWS_AT_ONCE)):
        cells = list(zip(*block, strict=True))
        for position, column in columns.items():
            column.add(cells[position])
    spans = [(first[0] + 1, last[0] + 1) for first, last in sheet.merged_cell_ranges or ()]
    merged = [span for span in spans if span[0] > number]
    formulas = _formulas_without_value(request, sheet.name)
    facts = {
        "sheet": sheet.name,
        "header_row": number,
        "merged": merged,
        "formulas": list(islice(formulas, FORMULAS_NAMED)),
    }
    return Read(names, ((at, column.coded()) for at, column in columns.items()), facts)


def _chosen_sheet(book: Any, request: Request) -> Any:
    wanted, like = request["sheet"], set(request["like"])
    if wanted is not None and wanted not in book.sheet_names:
        raise Refused("USM-F07", sheet=wanted, sheets=", ".join(book.sheet_names))
    best, chosen = (-1, -1), None
    for name in book.sheet_names if wanted is None else [wanted]:
        sheet = book.get_sheet_by_name(name)
        header: list[object] = next((r for r in sheet.iter_rows() if not _is_blank(r)), [])
        alike = len(like & {str(cell).strip() for cell in header})
        promise = alike, sheet.total_height * len(header)
        if promise > best:
            best, chosen = promise, sheet
    return chosen


def _padded_rows(sheet: Any) -> Iterator[list[object]]:
    """Rows from the sheet's first, each from its first column; the reader leaves out the latter."""
    before = [""] * sheet.start[1]
    return (before + row for row in sheet.iter_rows())


def _formulas_without_value(request: Request, sheet: str) -> Iterator[tuple[int, int]]:
    """Position of the column and number of the row of each; the reader calls these cells empty."""
    if request["kind"] != "xlsx":
        return
    with (
        zipfile.ZipFile(request["path"]) as archive,
        archive.open(_part_of(archive, sheet)) as stream,
    ):
        yield from _found_in(stream)


def _found_in(stream: IO[bytes]) -> Iterator[tuple[int, int]]:
    waiting = b""
    while block := stream.read(SEARCHED):
        text, end = waiting + block, 0
        for cell in FORMULA.finditer(text):
            end = cell.end()
            if at := CELL.search(cell[1]):
                yield _position(at[1]), int(at[2])
        waiting = text[max(end, len(text) - LONGEST_CELL) :]


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str:
    """Where the workbook keeps the sheet."""
    book = _tags(archive, "xl/workbook.xml")
    number = next(tag["r:id"] for tag in book if unescape(tag.get("name", "")) == sheet)
    related = _tags(archive, "xl/_rels/workbook.xml.rels")
    target = next(tag["Target"] for tag in related if tag.get("Id") == number)
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def _tags(archive: zipfile.ZipFile, part: str) -> list[dict[str, str]]:
    """Attributes of sheets and relations; no entity is ever resolved."""
    with archive.open(part) as stream:
        text = stream.read(LONGEST_LIST).decode("utf-8", "replace")
    return [dict(ATTRIBUTE.findall(tag)) for tag in SHEET.findall(text)]


def _position(letters: bytes) -> int:
    """0 for column A, 26 for AA."""
    position = 0
    for letter in letters:
        position = 26 * position + letter - ord("A") + 1
    return position - 1


def _is_blank(row: Sequence[object]) -> bool:
    return all(cell == "" for cell in row)


def read_statistical(request: Request) -> Read:
    """An SPSS or Stata file; codes the user declared missing stay as they are."""
    import pyreadstat

    read = {"sav": pyreadstat.read_sav, "dta": pyreadstat.read_dta}[request["kind"]]
    _, meta = read(request["path"], metadataonly=True)
    names = meta.column_names
    refuse_too_many(request, meta.number_rows or 0, len(names))
    wanted = positions_wanted(request, names)
    values, _ = read(
        request["path"],
        usecols=[names[position] for position in wanted],
        user_missing=True,
        apply_value_formats=False,
        output_format="dict",
        row_limit=request["rows"],
    )
    labels = {
        name: {str(cell_text(code)): str(label) for code, label in of_column.items()}
        for name, of_column in meta.variable_value_labels.items()
    }
    titles = {n: str(title) for n, title in meta.column_names_to_labels.items() if title}
    columns = ((at, _coded(values.pop(names[at]))) for at in wanted)
    return Read(names, columns, {"labels": labels, "titles": titles})


def _coded(cells: Iterable[object]) -> Coded:
    column = Column()
    column.add(cells)
    return column.coded()


def read_parquet(request: Request) -> Read:
    """A Parquet file, a column at a time."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    pa.set_cpu_count(1)
    source = pq.ParquetFile(request["path"])
    schema = source.schema_arrow
    refuse_too_many(request, source.metadata.num_rows, len(schema))
    odd = [field.name for field in schema if not _is_plain(field.type)]
    if odd:
        raise Refused("USM-F27", names=", ".join(odd[:ROWS_AT_ONCE]))
    columns = (
        (at, _distinct(_whole_column(source, schema.names[at])))
        for at in positions_wanted(request, schema.names)
    )
    return Read(schema.names, columns, {})


def _whole_column(source: Any, name: str) -> Any:
    """A column with as many cells as there are rows; of a damaged page the reader says nothing."""
    column = source.read(columns=[name], use_threads=False)[0]
    if len(column) != source.metadata.num_rows:
        raise Refused("USM-F10")
    return column


def _is_plain(kind: Any) -> bool:
    """Whether a cell is one text, number, date or truth value."""
    from pyarrow import types as kinds

    if kinds.is_dictionary(kind):
        return _is_plain(kind.value_type)
    return not (
        kinds.is_nested(kind)
        or kinds.is_binary(kind)
        or kinds.is_large_binary(kind)
        or kinds.is_fixed_size_binary(kind)
    )


def _distinct(column: Any) -> Coded:
    """Each distinct value is written as text once."""
    import numpy as np
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    encoded = column.dictionary_encode().unify_dictionaries().combine_chunks()
    values = Column()
    values.add([*encoded.dictionary.to_pylist(), None])
    position = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    numbers = np.array(values.numbers, dtype=np.int32)[position]
    return Coded(numbers.tobytes(), list(values.texts))


READERS = {
    "xlsx": read_workbook,
    "xls": read_workbook,
    "sav": read_statistical,
    "dta": read_statistical,
    "parquet": read_parquet,
}

if __name__ == "__main__":
    main()
