"""Terms of survey indicators as SQL: who is counted, and what above and below the line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from urban_safety_monitor.catalogue.conditions import Declaration
from urban_safety_monitor.catalogue.indicator import Indicator
from urban_safety_monitor.catalogue.measures import Average, Gap, Mean, Proportion, Ratio, Total
from urban_safety_monitor.engines.expressions import double, every, quantity, tests


@dataclass(frozen=True)
class TermSql:
    """One numerator and denominator.

    Attributes:
        universe: boolean expressions; who counts at all are those of whom one is true.
        weight_above, weight_below: columns the two sides are weighted with.
        fulfilled: of a share: boolean expressions, one true of those who count above as well.
        above: of all others: a number.
        below: a number, or nothing where every record of the universe counts 1.
    """

    universe: tuple[str, ...]
    weight_above: str
    weight_below: str
    fulfilled: tuple[str, ...] = ()
    above: str | None = None
    below: str | None = None


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
            yield TermSql((known,), measure.weight, measure.weight, above=above)
        case Ratio() as measure:
            above, below = double(quantity(measure.of)), double(quantity(measure.per))
            known = f"({every(measure.among)}) AND {above} IS NOT NULL AND {below} IS NOT NULL"
            over = measure.weight_of or measure.weight
            yield TermSql((known,), over, measure.weight, above=above, below=below)


def _share(of: Declaration, among: Sequence[Declaration], weight: str) -> TermSql:
    return TermSql(tests(among), weight, weight, fulfilled=tests([of]))
