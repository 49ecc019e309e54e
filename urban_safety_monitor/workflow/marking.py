"""The marked copy of files that were checked: read once more, as a check keeps no answers."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from urban_safety_monitor.intake import CheckReport, SourceTable, read_file
from urban_safety_monitor.report.marked_copy import marked_copy


def marked_copy_of(files: Sequence[Path], report: CheckReport, day: date, language: str) -> bytes:
    """The files as one workbook with their faulty cells marked.

    Args:
        files: the same as were checked; one that could not be read is in the list only.
        report: of their check.
        day: the day the copy is dated.
        language: of the comments and of the list.
    """
    return marked_copy(report, list(_read_again(files, report)), day, language)


def _read_again(files: Sequence[Path], report: CheckReport) -> Iterator[SourceTable]:
    """What was checked; columns the user left out of it are left out here too."""
    facts = {fact["file"]: fact for fact in report.facts}
    for path in files:
        if path.name in facts:
            fact = facts[path.name]
            yield read_file(path, sheet=fact["sheet"]).without(fact["dropped"])
