"""Bounds on what is read, in one place: beyond them a file is refused with a reason.

They are far above any survey a city hands in and below what harms the machine that reads it.
docs/guides/limits.md says them in words.
"""

from typing import NamedTuple


class Limits(NamedTuple):
    """How much of a file is read; none is a matter of taste, each keeps something from failing."""

    file_bytes: int = 2_000_000_000
    """Of the file, and of what is packed in it: it has to fit into memory once."""
    packed_ratio: int = 200
    """Times a packed file may grow; tables of answers grow 10 to 50 times, bombs over 1,000."""
    packed_free: int = 50_000_000
    """Bytes up to which growth is of no concern."""
    members: int = 5_000
    """Files in a packed file or workbook; a workbook has some ten, and a few for each sheet."""
    columns: int = 5_000
    """Of a table: ten times a long questionnaire; more is a table on its side or a slip."""
    rows: int = 5_000_000
    cells: int = 250_000_000
    """Rows times columns: a gigabyte or less once read."""
    memory: int = 4_000_000_000
    """Bytes that reading a workbook, SPSS, Stata or Parquet file may take, in its own process."""
    seconds: int = 300
    """Of processor time for the same."""


LIMITS = Limits()
