"""Problems: what is wrong, where in the user's own file, and what would be right."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from urban_safety_monitor.catalogue.indicator import Text
from urban_safety_monitor.intake.messages import LEVELS, level_of

Param = str | int | float | Text
Ranges = tuple[tuple[int, int], ...]

EVERYTHING = 10**12
NAMES_SHOWN = 12


@dataclass(frozen=True)
class ColumnAt:
    """A column of the user's own file: its letter as a spreadsheet shows it, and its header."""

    letter: str
    name: str


@dataclass(frozen=True)
class Place:
    """Where in the user's own files; rows are numbered as a spreadsheet shows them."""

    file: str = ""
    sheet: str | None = None
    columns: tuple[ColumnAt, ...] = ()
    rows: Ranges = ()


@dataclass(frozen=True)
class Problem:
    """One thing to repair, to confirm or to know, with everything its message needs.

    `found` holds no value of a sensitive column, ever. `affects` are titles of indicators.
    """

    code: str
    params: Mapping[str, Param] = field(default_factory=dict)
    place: Place = Place()
    n_rows: int | None = None
    n_total: int | None = None
    found: str = ""
    expected: Text | None = None
    suggestion: str = ""
    affects: tuple[Text, ...] = ()
    sensitive: bool = False

    def __post_init__(self) -> None:
        """Keep nothing of a sensitive column, whoever finds the problem and whoever shows it."""
        if self.sensitive:
            object.__setattr__(self, "found", "")
            object.__setattr__(self, "suggestion", "")

    @property
    def level(self) -> str:
        """must_fix, check or note; fixed by the code."""
        return level_of(self.code)


def row_ranges(rows: Iterable[int]) -> Ranges:
    """Row numbers as first-last spans: 14, 15, 16, 20 gives (14, 16), (20, 20)."""
    numbers = np.unique(np.fromiter(rows, dtype=np.int64))
    if not numbers.size:
        return ()
    breaks = np.flatnonzero(np.diff(numbers) > 1)
    first = numbers[np.r_[0, breaks + 1]]
    last = numbers[np.r_[breaks, numbers.size - 1]]
    return tuple(zip(first.tolist(), last.tolist(), strict=True))


def column_letter(position: int) -> str:
    """A, B, ..., Z, AA for columns 0, 1, ..., 25, 26."""
    letters = ""
    while position >= 0:
        position, rest = divmod(position, 26)
        letters = chr(ord("A") + rest) + letters
        position -= 1
    return letters


def listed(names: Sequence[str]) -> str:
    """The first names, and a sign that there are more."""
    return ", ".join(names[:NAMES_SHOWN]) + (", …" if len(names) > NAMES_SHOWN else "")


def merged(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Equal problems as one, with all their rows; the ones that stop most come first."""
    kept: dict[str, Problem] = {}
    for problem in problems:
        key = repr(replace(problem, place=replace(problem.place, rows=()), n_rows=None))
        kept[key] = _joined(kept[key], problem) if key in kept else problem
    return tuple(sorted(kept.values(), key=_importance))


def _importance(problem: Problem) -> tuple[int, int, int]:
    rows = EVERYTHING if problem.n_rows is None else problem.n_rows
    affects = len(problem.affects) or EVERYTHING
    return LEVELS.index(problem.level), -affects, -rows


def _joined(one: Problem, other: Problem) -> Problem:
    rows = [n for span in one.place.rows + other.place.rows for n in range(span[0], span[1] + 1)]
    spans = row_ranges(rows)
    count = len(set(rows)) if rows else one.n_rows
    return replace(one, place=replace(one.place, rows=spans), n_rows=count)
