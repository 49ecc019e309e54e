"""The cities of one indicator as lines that share a scale, for the pages that show them."""

from collections.abc import Sequence
from dataclasses import dataclass

from urban_safety_monitor.report.charts.dots import CITIES_A_PAGE, dot_marks
from urban_safety_monitor.report.charts.style import Mark
from urban_safety_monitor.report.numbers import Scale, decimals_of, value_text
from urban_safety_monitor.report.records import CityComparison, CityRow

ROOM = 0.05


@dataclass(frozen=True)
class Axis:
    """Both ends of the scale, and how they are written."""

    low: float
    high: float
    low_text: str
    high_text: str


@dataclass(frozen=True)
class CityLines:
    """Each city with its mark; without an axis where nothing can be drawn."""

    comparison: CityComparison
    lines: tuple[tuple[CityRow, Mark], ...]
    axis: Axis | None


def city_lines(comparison: CityComparison, page: int = 0) -> CityLines:
    """The lines of 30 cities in alphabetical order; the first page is 0."""
    marks = dot_marks(comparison, page=page)
    rows = comparison.rows[page * CITIES_A_PAGE : (page + 1) * CITIES_A_PAGE]
    return CityLines(comparison, tuple(zip(rows, marks, strict=True)), _axis(comparison, marks))


def _axis(comparison: CityComparison, marks: Sequence[Mark]) -> Axis | None:
    """A scale with room for all intervals and the benchmark."""
    drawn = [mark for mark in marks if mark["drawn"]]
    ends = [mark[key] for mark in drawn for key in ("x", "from", "to") if mark[key] is not None]
    if not ends:
        return None
    if comparison.benchmark_value is not None:
        ends.append(comparison.benchmark_value)
    room = (max(ends) - min(ends)) * ROOM or 1.0
    low, high = min(ends) - room, max(ends) + room
    low = max(0.0, low) if min(ends) >= 0 else low
    scale = Scale.PERCENT if comparison.percent else Scale.NUMBER
    decimals = 0 if comparison.percent else decimals_of(high, scale)
    texts = [value_text(end, scale, comparison.language, decimals) for end in (low, high)]
    return Axis(low, high, *texts)
