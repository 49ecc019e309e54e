"""What commands print: results to one stream, everything else to the other."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from urban_safety_monitor.cli.options import Format
from urban_safety_monitor.errors import MonitorError


def say(message: str) -> None:
    """Tell the user what is going on, on the stream for that."""
    print(message, file=sys.stderr)


@contextmanager
def waiting() -> Iterator[Callable[[str], None]]:
    """Show what is being done on one line of the terminal, gone at the end; else say nothing."""
    shown = sys.stderr.isatty()

    def tell(words: str) -> None:
        if shown:
            print(f"\r{words}\033[K", end="", file=sys.stderr, flush=True)

    try:
        yield tell
    finally:
        tell("")


def complain(heading: str, error: MonitorError) -> None:
    """Print every problem of an error, below a heading where there is one."""
    if heading:
        say(heading)
    for problem in error.problems:
        say(f"usm: {problem}")


def print_table(table: Any, shown: Format) -> None:
    """Print a frame: for eyes, for programs, or for a spreadsheet."""
    match shown:
        case Format.JSON:
            print(table.to_json(orient="records", double_precision=15, force_ascii=False, indent=1))
        case Format.CSV:
            from urban_safety_monitor.tables.csv_text import csv_text

            print(csv_text(table), end="")
        case Format.TABLE:
            _print_for_eyes(table)


def _print_for_eyes(table: Any) -> None:
    from rich.console import Console
    from rich.table import Table

    grid = Table(show_edge=False, header_style="bold")
    there = [c for c in table.columns if table[c].notna().any() and (table[c] != "").any()]
    for column in there:
        number = table[column].dtype.kind in "fi"
        grid.add_column(column, justify="right" if number else "left", overflow="fold")
    for row in table[there].itertuples(index=False):
        grid.add_row(*(_cell(value) for value in row))
    width = None if sys.stdout.isatty() else 250
    Console(width=width, markup=False, highlight=False).print(grid)


def _cell(value: Any) -> str:
    if value is None or value != value:
        return ""
    if isinstance(value, float):
        return f"{value:,.6g}" if abs(value) < 1e6 else f"{value:,.1f}"
    return str(value)
