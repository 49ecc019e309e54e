"""What became of the problems since the last attempt: fixed, still there, new.

A row number alone says nothing about a problem's identity, as rows are deleted and sorted while a
file is repaired. Two problems are the same where the rule, what it speaks of and the columns are
the same, and what was found does not tell them apart: of two lists of wrong codes or of rows, one
entry in common is enough. Rules merge equal findings, so a problem that now concerns fewer rows is
the same problem, not fixed; one that fell into two parts is not new.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pydantic import TypeAdapter, ValidationError

from urban_safety_monitor.errors import DataError
from urban_safety_monitor.intake.messages import message_catalogue
from urban_safety_monitor.intake.problems import Problem
from urban_safety_monitor.intake.report import CheckReport
from urban_safety_monitor.report.wording import translator

SUBJECTS = ("missing", "part", "gate", "kind", "main", "other", "keys", "file")
"""Parameters that say what a message speaks of; the others count or list."""

COUNTED = ("must_fix", "check")
"""Levels that ask for something to be done."""

_REPORTS = TypeAdapter(CheckReport)


@dataclass(frozen=True)
class Progress:
    """Problems of two attempts, those that only need to be known left out.

    `fixed` are of the earlier attempt, `remaining` and `new` of the later one.
    """

    before: int
    fixed: tuple[Problem, ...]
    remaining: tuple[Problem, ...]
    new: tuple[Problem, ...]

    def sentences(self, language: str = "en") -> str:
        """What was fixed and what is new, in one or two sentences."""
        return " ".join([*_of_fixed(self, language), *_of_new(self, language)])


def progress(before: Sequence[Problem], after: Sequence[Problem]) -> Progress:
    """Compare the problems of two attempts at the same file."""
    earlier = [problem for problem in before if problem.level in COUNTED]
    later = [problem for problem in after if problem.level in COUNTED]
    known = [any(is_same(one, other) for one in earlier) for other in later]
    return Progress(
        before=len(earlier),
        fixed=tuple(one for one in earlier if not any(is_same(one, other) for other in later)),
        remaining=tuple(other for other, there in zip(later, known, strict=True) if there),
        new=tuple(other for other, there in zip(later, known, strict=True) if not there),
    )


def is_same(one: Problem, other: Problem) -> bool:
    """Whether two problems are one that has not been repaired, wherever its rows are now."""
    if one.code != other.code or _subject(one) != _subject(other):
        return False
    columns, others = _columns(one), _columns(other)
    if columns.isdisjoint(others) and (columns or others):
        return False
    found, now = set(one.found.split(", ")), set(other.found.split(", "))
    told_apart = one.found and other.found and found.isdisjoint(now)
    return not told_apart or _rows_meet(one, other)


def to_json(report: CheckReport) -> str:
    """The report as JSON that `from_json` reads, with its texts in every language."""
    return _REPORTS.dump_json(report).decode()


def from_json(text: str | bytes) -> CheckReport:
    """The report written by `to_json`, without problems whose rule this version has no more.

    Raises:
        DataError: it was written by something else, or is damaged.
    """
    try:
        report = _REPORTS.validate_json(text)
    except ValidationError as error:
        raise DataError(f"kept report: cannot be read: {error.error_count()} problems") from error
    known = message_catalogue()["codes"]
    return replace(report, problems=tuple(p for p in report.problems if p.code in known))


def _of_fixed(found: Progress, language: str) -> Iterator[str]:
    words = translator(language)
    fixed, n = len(found.fixed), found.before
    if n == 0:
        yield words.gettext("Your last upload had nothing to fix or to confirm.")
    elif fixed == 0:
        yield words.ngettext(
            "Compared with your last upload, the one problem is not fixed yet.",
            "Compared with your last upload, none of the {n} problems is fixed yet.",
            n,
        ).format(n=n)
    elif n == 1:
        yield words.gettext("Compared with your last upload, the one problem is fixed.")
    else:
        yield words.ngettext(
            "Compared with your last upload, {fixed} of {n} problems is fixed.",
            "Compared with your last upload, {fixed} of {n} problems are fixed.",
            fixed,
        ).format(fixed=fixed, n=n)


def _of_new(found: Progress, language: str) -> Iterator[str]:
    new = len(found.new)
    if new:
        words = translator(language)
        yield words.ngettext("{new} problem is new.", "{new} problems are new.", new).format(
            new=new
        )


def _subject(problem: Problem) -> tuple[str, ...]:
    return tuple(repr(problem.params.get(name)) for name in SUBJECTS)


def _columns(problem: Problem) -> set[str]:
    return {column.name.strip().casefold() for column in problem.place.columns}


def _rows_meet(one: Problem, other: Problem) -> bool:
    return any(
        first <= end and start <= last
        for first, last in one.place.rows
        for start, end in other.place.rows
    )
