"""Terms of survey indicators as SQL: who is counted, and what above and below the line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from urban_safety_monitor.catalogue.conditions import Declaration
from urban_safety_monitor.catalogue.indicator import Indicator
from urban_safety_monitor.catalogue.measures import Average, Gap, Mean, Proportion, Ratio, Total
from urban_safety_monitor.engines.expressions import condition, double, every, quantity


@dataclass(frozen=True)
class TermSql:
    """One numerator and denominator.

    Attributes:
        universe: a boolean expression; who counts at all.
        above: a boolean expression of a share, else a number.
        below: a number, or nothing where every record of the universe counts 1.
        weight_above, weight_below: columns the two sides are weighted with.
        is_share: whether `above` is a condition among the universe.
    """

    universe: str
    above: str
    weight_above: str
    weight_below: str
    below: str | None = None
    is_share: bool = False


def terms_of(indicator: Indicator) -> Iterator[TermSql]:
    """The terms an indicator's totals consist of: one, or one per component of an average."""
    match indicator.measure:
        case Average(components=components, weight=weight):
            for part in components:
                yield _share(part.of, part.among, weight)
        case Proportion() | Gap() as measure:
            yield _share(measure.of, measure.among, measure.weight)
        case Mean() | Total() as measure:
            above = double(quantity(measure.of))
            known = f"({every(measure.among)}) AND {above} IS NOT NULL"
            yield TermSql(known, above, measure.weight, measure.weight)
        case Ratio() as measure:
            above, below = double(quantity(measure.of)), double(quantity(measure.per))
            known = f"({every(measure.among)}) AND {above} IS NOT NULL AND {below} IS NOT NULL"
            yield TermSql(known, above, measure.weight_of or measure.weight, measure.weight, below)


def _share(of: Declaration, among: Sequence[Declaration], weight: str) -> TermSql:
    return TermSql(every(among), condition(of), weight, weight, is_share=True)
