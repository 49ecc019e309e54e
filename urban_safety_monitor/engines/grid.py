"""Sums that are the same to the last bit, whatever the order, the engine or the parts.

Adding doubles rounds, so the sum of the same records depends on the order in which threads meet
them. Here nothing is left to round: before they are added, the numbers are rounded to multiples
of a power of two, coarse enough that every sum in a PSU fits into the 53 bits of a double, and
fine enough to change no total by more than 1e-12 of the PSU's largest possible total. Each survey
(area and period) has a grid of its own, so its totals do not depend on what else is summed.

Source: Demmel and Nguyen (2013), Fast reproducible floating-point summation: pre-rounding.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from urban_safety_monitor.engines.expressions import double, identifier, literal
from urban_safety_monitor.engines.query import DESIGN, POPULATION, Query

BITS = 51
"""Of the largest possible sum in a PSU; two more are left for carrying."""
WEIGHTS, NUMBERS = 4, 1
"""Steps are powers of two with an exponent that is a multiple of this: so surveys share those of
weights. Numbers keep the finest: design effects subtract sums of squares, and show every digit."""
LARGE = 1.5 * 2.0**52
"""Times a step: what is added and taken off again to round to that step."""
PSUS_AT_ONCE = 40_000
"""Surveys are summed together up to so many sampling units: more would only want more memory."""


def design_sql(query: Query, relation: str) -> str:
    """PSUs of each stratum, sampled and in the population, and how large what is summed can get.

    `records` is the size of the stratum's largest PSU; every weight and number has a column with
    its largest absolute value, and every weight one with its smallest.
    """
    numbers = {weight: identifier(weight) for weight in query.weights} | query.numbers
    largest = [f"MAX(ABS({double(sql)})) AS {identifier(name)}" for name, sql in numbers.items()]
    smallest = [
        f"MIN(ABS({double(identifier(name))})) AS {_smallest(name)}" for name in query.weights
    ]
    known = f"MAX({POPULATION})" if POPULATION in query.columns else "CAST(NULL AS INTEGER)"
    design, strata = ", ".join(DESIGN), ", ".join(DESIGN[:3])
    psus = ", ".join([design, f"{known} AS population", "COUNT(*) AS records", *largest, *smallest])
    highest = [f"MAX({identifier(name)}) AS {identifier(name)}" for name in ("records", *numbers)]
    highest += [f"MIN({_smallest(name)}) AS {_smallest(name)}" for name in query.weights]
    return (
        f"SELECT {strata}, COUNT(psu) AS psus, MAX(population) AS psus_in_population, "
        f"{', '.join(highest)} FROM (SELECT {psus} FROM {query.records(relation)} "
        f"GROUP BY {design}) AS sampled GROUP BY {strata}"
    )


def _smallest(weight: str) -> str:
    return identifier(f"smallest {weight}")


@dataclass(frozen=True)
class Grid:
    """What numbers of some surveys are rounded with.

    Attributes:
        source: what follows after the records in FROM, to have these surveys and no others.
        steps: of every weight what to add and take off again, of every number a power of two that
            its largest value does not exceed; as SQL.
        never_zero: weights that no record has as 0, nor the grid makes 0.
        columns: columns of the source that steps are in.
    """

    source: str
    steps: dict[str, str]
    never_zero: frozenset[str]
    columns: tuple[str, ...] = ()

    def rounded(self, weight: str, *numbers: str, product: str = "") -> str:
        """This weight times these numbers (or the product given) as a multiple of the grid's step.

        Adding something large and taking it off again cuts the rest.
        """
        large = " * ".join(self.steps[name] for name in (weight, *numbers))
        product = product or " * ".join([identifier(weight), *numbers])
        return f"(({product} + ({large})) - ({large}))"


def grids_of(query: Query, bounds: pa.Table) -> Iterator[Grid]:
    """The grids of all surveys, of as many areas at a time as memory is meant for.

    A step that surveys share is written into the query, others come from a table that is joined.
    Records out of a join are summed half as fast, so steps are coarse enough to be shared often.

    Args:
        query: what is asked.
        bounds: largest and smallest values by area and period, in their order.
    """
    surveys = bounds.to_pylist() or [dict.fromkeys(bounds.column_names, None)]
    steps = [dict(_steps(query, survey)) for survey in surveys]
    areas = [survey["area"] or "" for survey in surveys]
    before = np.cumsum([survey["psus"] or 0 for survey in surveys]) // PSUS_AT_ONCE
    # An area's surveys stay together.
    first: dict[str, int] = {}
    batch = np.array([first.setdefault(a, b) for a, b in zip(areas, before, strict=True)])
    for number in np.unique(batch):
        rows = np.flatnonzero(batch == number)
        given = [(areas[k], surveys[k]["period"] or "", steps[k]) for k in rows]
        never = (_never_zero(query, surveys[k], steps[k]) for k in rows)
        yield _grid(given, frozenset.intersection(*never), every=len(rows) == len(surveys))


def _grid(
    surveys: Sequence[tuple[str, str, dict[str, float]]], never_zero: frozenset[str], every: bool
) -> Grid:
    first = surveys[0][2]
    own = [name for name in first if len({steps[name] for *_, steps in surveys}) > 1]
    steps = {name: _number(step) for name, step in first.items()}
    if not own:
        areas = ", ".join(dict.fromkeys(literal(area) for area, *_ in surveys))
        return Grid("" if every else f"WHERE area IN ({areas})", steps, never_zero)
    rows = (
        ", ".join([literal(area), literal(period), *(_number(steps[name]) for name in own)])
        for area, period, steps in surveys
    )
    names = ", ".join(["of_area", "of_period", *(identifier(f"step_{name}") for name in own)])
    table = f"(VALUES {', '.join(f'({row})' for row in rows)}) AS grid({names})"
    columns = {name: identifier(f"step_{name}") for name in own}
    return Grid(
        f"JOIN {table} ON area = of_area AND period = of_period",
        steps | columns,
        never_zero,
        tuple(columns.values()),
    )


def _steps(query: Query, survey: dict) -> Iterator[tuple[str, float]]:
    for name in query.weights:
        bound = (survey["records"] or 0) * (survey[name] or 0.0)
        yield name, LARGE * math.ldexp(_power_above(bound, WEIGHTS), -BITS)
    for name in query.numbers:
        yield name, _power_above(survey[name] or 0.0, NUMBERS)


def _never_zero(query: Query, survey: dict, steps: dict[str, float]) -> frozenset[str]:
    """Weights whose smallest absolute value is more than half a step: it is not rounded to 0."""
    smallest = {name: survey[f"smallest {name}"] or 0.0 for name in query.weights}
    return frozenset(w for w, least in smallest.items() if least > steps[w] / LARGE / 2)


def _power_above(bound: float, multiple: int) -> float:
    """The smallest power of two not below the bound whose exponent is a multiple; 1 for nothing."""
    return 2.0 ** (multiple * math.ceil(math.log2(bound) / multiple)) if bound > 0 else 1.0


def _number(value: float) -> str:
    return f"CAST('{value!r}' AS DOUBLE)"


def bounds_of(query: Query, design: pa.Table) -> pa.Table:
    """The largest and smallest values by area and period out of `design_sql`, and the PSUs."""
    largest = ["records", *query.weights, *query.numbers]
    smallest = [f"smallest {name}" for name in query.weights]
    wanted = [*((n, "max") for n in largest), *((n, "min") for n in smallest), ("psus", "sum")]
    found = design.group_by(["area", "period"]).aggregate(wanted)
    named = found.rename_columns(["area", "period", *largest, *smallest, "psus"])
    return named.sort_by([("area", "ascending"), ("period", "ascending")])
