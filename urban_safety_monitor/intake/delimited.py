"""CSV files as officials have them: any usual separator, encoding and line end.

The text is parsed once by Arrow, block by block, which keeps row numbers of rows that do not fit
the header; of each block only the distinct texts of a column are kept.
"""

import codecs
import csv
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from io import StringIO
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from urban_safety_monitor.intake.coded import (
    Block,
    block_of,
    column_of,
    give_back_memory,
    without_blank_rows,
)
from urban_safety_monitor.intake.limits import LIMITS
from urban_safety_monitor.intake.problems import Problem
from urban_safety_monitor.intake.source import (
    Repair,
    SourceTable,
    UnreadableFile,
    checked_header,
    refusal,
)

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
SAMPLE = 1 << 18
SAMPLE_RECORDS = 200
BLOCK = 1 << 24
"""Bytes parsed at once; no record may be longer."""
DECODED = 1 << 22
CONTROLS = bytes(set(range(32)) - {9, 10, 12, 13})
WEB_PAGE = re.compile(rb"\s*(<!doctype|<html|<\?xml|<table)", re.IGNORECASE)
MULTIBYTE = re.compile(rb"[\xc3-\xf4][\x80-\xbf]+")


class Decoded(NamedTuple):
    """A text as UTF-8 bytes, the encoding it had, and what was mended."""

    data: bytes
    encoding: str
    repairs: list[Repair]


@dataclass
class Parsed:
    """What is kept of the text: columns in blocks, rows that do not fit, what was mended."""

    blocks: dict[str, list[Block]]
    broken: list[pa.csv.InvalidRow] = field(default_factory=list)
    fitting: int = 0
    returns: set[str] = field(default_factory=set)
    blanks: set[str] = field(default_factory=set)

    def add(self, batch: pa.RecordBatch) -> None:
        """Keep the wanted columns of the next rows, without blanks around their texts."""
        self.fitting += batch.num_rows
        for name, blocks in self.blocks.items():
            block = block_of(batch.column(name))
            texts = pc.utf8_trim_whitespace(block.texts)
            if not texts.equals(block.texts):
                has_return = pc.any(pc.ends_with(block.texts, "\r")).as_py()
                (self.returns if has_return else self.blanks).add(name)
            blocks.append(Block(block.numbers, texts))

    def keep_aside(self, row: pa.csv.InvalidRow) -> str:
        """Note a row with more or fewer cells than the header, and go on."""
        self.broken.append(row)
        return "skip"

    def repairs(self) -> list[Repair]:
        """What was mended, for the report."""
        counts = {"mended_returns": len(self.returns), "mended_blanks": len(self.blanks)}
        return [(key, {"n": n}) for key, n in counts.items() if n]

    def frame(self, first: int) -> pd.DataFrame:
        """The rows with the numbers a spreadsheet shows; rows that do not fit leave a gap."""
        frame = pd.DataFrame(
            {name: column_of(blocks) for name, blocks in self.blocks.items()}, copy=False
        )
        rows = np.arange(first, first + self.fitting + len(self.broken))
        frame.index = pd.Index(np.delete(rows, [row.number - 2 for row in self.broken]), name="row")
        return without_blank_rows(frame)


def read_delimited(path: Path, shown: Path, columns: Collection[str] | None = None) -> SourceTable:
    """Read delimited text.

    Args:
        path: where its bytes are.
        shown: the file the user knows.
        columns: names to keep; all where not given, or none is there.

    Raises:
        UnreadableFile: it is no table, in no readable encoding, too large, or without rows.
    """
    text, encoding, repairs = _decoded(path.read_bytes(), shown)
    text, skipped = _without_leading_blank_lines(text)
    if not text:
        raise refusal("USM-F04", shown)
    delimiter, names = _header(text, shown)
    header = checked_header(names, shown, header_row=skipped + 1)
    parsed = _parsed(text, delimiter, header, columns or (), shown)
    unbalanced = text.count(b'"') % 2
    del text
    frame = parsed.frame(skipped + 2)
    parsed.blocks.clear()
    give_back_memory()
    repairs += parsed.repairs()
    found = SourceTable(
        frame, shown.name, shown, "CSV", header, encoding, delimiter, repairs=tuple(repairs)
    )
    swallowing = [row for row in parsed.broken if row.text and row.text.count("\n") > 1]
    short = [row for row in parsed.broken if row not in swallowing]
    problems = tuple(_rows_that_do_not_fit(found, short, skipped, parsed.fitting))
    if unbalanced:
        problems += tuple(_swallowed_rows(found))
    problems += tuple(_swallowing_rows(found, swallowing, skipped))
    if frame.empty:
        raise UnreadableFile(problems[0]) if problems else refusal("USM-F06", shown)
    return replace(found, problems=problems)


def _decoded(data: bytes, path: Path) -> Decoded:
    if WEB_PAGE.match(data):
        raise refusal("USM-F02", path, kind="HTML/XML")
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
        _decode(data, "utf-8")
    except UnicodeDecodeError:
        return _single_byte(data, path)
    return _with_line_ends(Decoded(data, "utf-8", []), path)


def _decode(data: bytes, encoding: str, kept: list[bytes] | None = None) -> None:
    """Decode piece by piece, so that the whole is never there twice; keep it as UTF-8 if asked."""
    decoder = codecs.getincrementaldecoder(encoding)()
    for start in range(0, len(data), DECODED):
        waiting = len(decoder.getstate()[0])
        piece = data[start : start + DECODED]
        try:
            text = decoder.decode(piece, start + DECODED >= len(data))
        except UnicodeDecodeError as error:
            at = start - waiting + error.start
            raise UnicodeDecodeError(encoding, data, at, at + 1, error.reason) from error
        if kept is not None:
            kept.append(text.encode())


def _strictly(data: bytes, encoding: str, path: Path, repairs: list[Repair]) -> Decoded:
    kept: list[bytes] = []
    try:
        _decode(data, encoding, kept)
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        raise refusal("USM-F11", path, encoding=encoding, row=row) from error
    return _with_line_ends(Decoded(b"".join(kept), encoding, repairs), path)


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


def _with_line_ends(text: Decoded, path: Path) -> Decoded:
    """The text with line ends that are read; a zero byte, which no text has, is refused."""
    zero = text.data.find(b"\0")
    if zero >= 0:
        row = text.data.count(b"\n", 0, zero) + 1
        raise refusal("USM-F11", path, encoding=text.encoding, row=row)
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
    sample = StringIO(text[:SAMPLE].decode("utf-8", "ignore"), newline="")
    records = []
    for record in csv.reader(sample, delimiter=delimiter):
        records.append(record)
        if len(records) == SAMPLE_RECORDS:
            break
    whole = len(text) <= SAMPLE or len(records) == SAMPLE_RECORDS or len(records) < 2
    return records if whole else records[:-1]


def _header(text: bytes, path: Path) -> tuple[str, list[str]]:
    """The separator that splits the header widest and most rows alike."""
    end = text.find(b"\n")
    columns = 1 + max(text.count(d.encode(), 0, end if end > 0 else len(text)) for d in DELIMITERS)
    if columns > LIMITS.columns:
        raise refusal("USM-F25", path, rows=text.count(b"\n"), columns=columns)
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
    text: bytes, delimiter: str, header: tuple[str, ...], wanted: Collection[str], path: Path
) -> Parsed:
    names = [name for name in header if name in wanted] or header
    parsed = Parsed({name: [] for name in names})
    texts = pa.dictionary(pa.int32(), pa.string())
    options = {
        "read_options": pa.csv.ReadOptions(
            use_threads=False, column_names=header, skip_rows_after_names=1, block_size=BLOCK
        ),
        "parse_options": pa.csv.ParseOptions(
            delimiter=delimiter,
            newlines_in_values=True,
            ignore_empty_lines=False,
            invalid_row_handler=parsed.keep_aside,
        ),
        "convert_options": pa.csv.ConvertOptions(
            column_types=dict.fromkeys(header, texts),
            include_columns=names,
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
            null_values=[""],
        ),
    }
    try:
        for batch in pa.csv.open_csv(pa.BufferReader(text), **options):
            parsed.add(batch)
            _refuse_too_many(parsed, len(header), path)
    except pa.ArrowInvalid as error:
        row = 2 + parsed.fitting + len(parsed.broken)
        raise refusal("USM-F16", path, row=row) from error
    if not parsed.fitting and not parsed.broken:
        raise refusal("USM-F06", path)
    return parsed


def _refuse_too_many(parsed: Parsed, columns: int, path: Path) -> None:
    rows = parsed.fitting + len(parsed.broken)
    if rows > LIMITS.rows or rows * columns > LIMITS.cells:
        raise refusal("USM-F25", path, rows=rows, columns=columns)


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
        texts = found.frame[name].cat.categories
        long = found.frame[name].isin(texts[texts.str.count("\n") > 1])
        if long.any():
            row = int(found.frame.index[long][0])
            yield Problem("USM-F16", {"row": row}, found.place([str(name)], [row]))
