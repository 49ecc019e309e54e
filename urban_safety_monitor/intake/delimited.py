"""CSV files as officials have them: any usual separator, encoding and line end.

The text is parsed once by Arrow, which keeps row numbers of rows that do not fit the header.
"""

import codecs
import csv
import re
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from urban_safety_monitor.intake.problems import Problem
from urban_safety_monitor.intake.source import (
    TEXT,
    Repair,
    SourceTable,
    UnreadableFile,
    checked_header,
    refusal,
)

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
SAMPLE = 1 << 18
SAMPLE_RECORDS = 200
BLOCK = 1 << 26
CONTROLS = bytes(set(range(32)) - {9, 10, 12, 13})
WEB_PAGE = re.compile(rb"\s*(<!doctype|<html|<\?xml|<table)", re.IGNORECASE)
MULTIBYTE = re.compile(rb"[\xc3-\xf4][\x80-\xbf]+")


class Decoded(NamedTuple):
    """A text as UTF-8 bytes, the encoding it had, and what was mended."""

    data: bytes
    encoding: str
    repairs: list[Repair]


def read_delimited(data: bytes, path: Path, columns: set[str] | None = None) -> SourceTable:
    """Read delimited text; `columns` limits what is kept to these names.

    Raises:
        UnreadableFile: it is no table, in no readable encoding, or without rows.
    """
    if WEB_PAGE.match(data):
        raise refusal("USM-F02", path, kind="HTML/XML")
    text, encoding, repairs = _decoded(data, path)
    text, skipped = _without_leading_blank_lines(text)
    if not text:
        raise refusal("USM-F04", path)
    delimiter, names = _header(text, path)
    header = checked_header(names, path, header_row=skipped + 1)
    table, broken = _parsed(text, delimiter, header, path)
    frame = _numbered(table, broken, skipped + 2, columns)
    frame, mended = _trimmed(frame)
    frame = frame[frame.notna().any(axis=1)]
    found = SourceTable(
        frame,
        path.name,
        path,
        "CSV",
        header,
        encoding,
        delimiter,
        repairs=tuple(repairs + mended),
    )
    swallowing = [row for row in broken if row.text and row.text.count("\n") > 1]
    short = [row for row in broken if row not in swallowing]
    problems = tuple(_rows_that_do_not_fit(found, short, skipped, table.num_rows))
    if text.count(b'"') % 2:
        problems += tuple(_swallowed_rows(found))
    problems += tuple(_swallowing_rows(found, swallowing, skipped))
    if frame.empty:
        raise UnreadableFile(problems[0]) if problems else refusal("USM-F06", path)
    return replace(found, problems=problems)


def _decoded(data: bytes, path: Path) -> Decoded:
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if data.startswith(mark):
            return _strictly(data[len(mark) :], encoding, path, [("mended_mark", {})])
    if 0 in data[:SAMPLE]:
        return _strictly(data, _wide_encoding(data, path), path, [])
    head = data[:SAMPLE]
    if len(head) - len(head.translate(None, CONTROLS)) > len(head) / 1000:
        raise refusal("USM-F02", path, kind="binary")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return _single_byte(data, path)
    return _with_line_ends(Decoded(data, "utf-8", []))


def _strictly(data: bytes, encoding: str, path: Path, repairs: list[Repair]) -> Decoded:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        row = data[: error.start].count(b"\n") + 1
        raise refusal("USM-F11", path, encoding=encoding, row=row) from error
    return _with_line_ends(Decoded(text.encode(), encoding, repairs))


def _wide_encoding(data: bytes, path: Path) -> str:
    """UTF-16 without its mark shows in zeros at every second byte; other zeros are no text."""
    head = data[:SAMPLE]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) < len(head) / 8 or min(even, odd) > max(even, odd) / 20:
        raise refusal("USM-F02", path, kind="binary")
    return "utf-16-le" if odd > even else "utf-16-be"


def _single_byte(data: bytes, path: Path) -> Decoded:
    """Windows or Latin-1; a file glued together from two encodings would read as gibberish."""
    if len(MULTIBYTE.findall(data)) > len(re.findall(rb"[\x80-\xff]", data)) / 4:
        return _strictly(data, "utf-8", path, [])
    encoding = "cp1252" if re.search(rb"[\x80-\x9f]", data) else "latin-1"
    return _strictly(data, encoding, path, [])


def _with_line_ends(text: Decoded) -> Decoded:
    if b"\n" in text.data or b"\r" not in text.data:
        return text
    mended: Repair = ("mended_line_ends", {})
    return Decoded(text.data.replace(b"\r", b"\n"), text.encoding, [*text.repairs, mended])


def _without_leading_blank_lines(text: bytes) -> tuple[bytes, int]:
    blank = re.match(rb"[ \t\r]*(\n[ \t\r]*)*(?=\S)|\s*\Z", text)
    lead = blank.group() if blank else b""
    start = lead.rfind(b"\n") + 1
    if start == 0 and lead == text:
        return b"", 0
    return text[start:], lead.count(b"\n")


def _records(text: bytes, delimiter: str) -> list[list[str]]:
    sample = text[:SAMPLE].decode("utf-8", "ignore")
    lines = iter(sample.splitlines(keepends=True))
    records = []
    for record in csv.reader(lines, delimiter=delimiter):
        records.append(record)
        if len(records) == SAMPLE_RECORDS:
            break
    whole = len(text) <= SAMPLE or len(records) == SAMPLE_RECORDS or len(records) < 2
    return records if whole else records[:-1]


def _header(text: bytes, path: Path) -> tuple[str, list[str]]:
    """The separator that splits the header widest and most rows alike."""
    best: tuple[float, str, list[str]] = (0.0, "", [])
    for delimiter in DELIMITERS:
        try:
            header, *rows = _records(text, delimiter)
        except csv.Error as error:
            raise refusal("USM-F02", path, kind="binary") from error
        alike = sum(len(row) == len(header) for row in rows) / max(len(rows), 1)
        best = max(best, ((len(header) - 1) * (0.1 + alike), delimiter, header))
    if best[0] == 0:
        raise refusal("USM-F05", path)
    return best[1], best[2]


def _parsed(
    text: bytes, delimiter: str, header: tuple[str, ...], path: Path
) -> tuple[pa.Table, list[pa.csv.InvalidRow]]:
    broken: list[pa.csv.InvalidRow] = []

    def keep_aside(row: pa.csv.InvalidRow) -> str:
        broken.append(row)
        return "skip"

    options = {
        "read_options": pa.csv.ReadOptions(
            use_threads=False, column_names=header, skip_rows=1, block_size=BLOCK
        ),
        "parse_options": pa.csv.ParseOptions(
            delimiter=delimiter,
            newlines_in_values=True,
            ignore_empty_lines=False,
            invalid_row_handler=keep_aside,
        ),
        "convert_options": pa.csv.ConvertOptions(
            column_types=dict.fromkeys(header, pa.string()),
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
            null_values=[""],
        ),
    }
    try:
        return pa.csv.read_csv(BytesIO(text), **options), broken
    except pa.ArrowInvalid as error:
        if "Empty CSV" in str(error):
            raise refusal("USM-F06", path) from error
        raise refusal("USM-F16", path, row=1) from error


def _numbered(
    table: pa.Table, broken: list[pa.csv.InvalidRow], first: int, columns: set[str] | None
) -> pd.DataFrame:
    """The rows with the numbers a spreadsheet shows; rows that do not fit leave a gap."""
    wanted = [c for c in table.column_names if columns is None or c in columns]
    kept = table.select(wanted).to_pandas(types_mapper={pa.string(): TEXT}.get)
    rows = np.arange(first, first + table.num_rows + len(broken))
    kept.index = pd.Index(np.delete(rows, [row.number - 2 for row in broken]), name="row")
    return kept


def _trimmed(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[Repair]]:
    returns, blanks = 0, 0
    columns = {}
    for name in frame.columns:
        values = pa.array(frame[name], type=pa.large_string(), from_pandas=True)
        stripped = pc.utf8_trim_whitespace(values)
        if stripped.equals(values):
            continue
        has_return = pc.any(pc.ends_with(values, "\r")).as_py()
        returns, blanks = returns + bool(has_return), blanks + (not has_return)
        stripped = pc.if_else(pc.equal(stripped, ""), None, stripped)
        columns[name] = pd.Series(stripped.to_pandas(), dtype=TEXT).set_axis(frame.index)
    mended: list[Repair] = [("mended_returns", {"n": returns})] if returns else []
    mended += [("mended_blanks", {"n": blanks})] if blanks else []
    return frame.assign(**columns), mended


def _rows_that_do_not_fit(
    found: SourceTable, broken: list[pa.csv.InvalidRow], skipped: int, fitting: int
) -> Iterator[Problem]:
    if broken:
        cells = sorted({row.actual_columns for row in broken})
        yield Problem(
            "USM-F13",
            {"cells": len(found.header), "others": ", ".join(map(str, cells[:5]))},
            found.place(rows=[row.number + skipped for row in broken]),
            n_rows=len(broken),
            n_total=fitting + len(broken),
        )


def _swallowing_rows(
    found: SourceTable, rows: list[pa.csv.InvalidRow], skipped: int
) -> Iterator[Problem]:
    """Rows of many lines with too few cells: the last cell holds all that follows."""
    for row in rows:
        number = row.number + skipped
        last = found.header[min(row.actual_columns, len(found.header)) - 1]
        yield Problem("USM-F16", {"row": number}, found.place([last], [number]))


def _swallowed_rows(found: SourceTable) -> Iterator[Problem]:
    """An odd number of quotation marks and a value over many lines: one was never closed."""
    for name in found.frame:
        long = found.frame[name].str.count("\n") > 1
        if long.any():
            row = int(found.frame.index[long][0])
            yield Problem("USM-F16", {"row": row}, found.place([str(name)], [row]))
