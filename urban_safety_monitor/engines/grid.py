"""Sums that are the same to the last bit, whatever the order, the engine or the parts.

Adding doubles rounds, so the sum of the same records depends on the order in which threads meet
them. Here nothing is left to round: before they are added, the numbers are rounded to multiples
of a power of two, coarse enough that every sum in a PSU fits into the 53 bits of a double, and
fine enough to change no total by more than 1e-12 of the PSU's largest possible total. Each survey
(area and period) has a grid of its own, so its totals do not depend on what else is summed.

Source: Demmel and Nguyen (2013), Fast reproducible floating-point summation: pre-rounding.
"""

import math
from collections.abc import Iterator

import pyarrow as pa

from urban_safety_monitor.engines.expressions import double, identifier, literal
from urban_safety_monitor.engines.query import DESIGN, POPULATION, Query

BITS = 51
"""Of the largest possible sum in a PSU; two more are left for carrying."""


def design_sql(query: Query, relation: str) -> str:
    """PSUs of each stratum, sampled and in the population, and how large what is summed can get.

    `records` is the size of the stratum's largest PSU; every weight and number has a column with
    its largest absolute value.
    """
    numbers = {weight: identifier(weight) for weight in query.weights} | query.numbers
    largest = [f"MAX(ABS({double(sql)})) AS {identifier(name)}" for name, sql in numbers.items()]
    known = f"MAX({POPULATION})" if POPULATION in query.columns else "CAST(NULL AS INTEGER)"
    design, strata = ", ".join(DESIGN), ", ".join(DESIGN[:3])
    psus = ", ".join([design, f"{known} AS population", "COUNT(*) AS records", *largest])
    highest = [f"MAX({identifier(name)}) AS {identifier(name)}" for name in ("records", *numbers)]
    return (
        f"SELECT {strata}, COUNT(psu) AS psus, MAX(population) AS psus_in_population, "
        f"{', '.join(highest)} FROM (SELECT {psus} FROM {query.records(relation)} "
        f"GROUP BY {design}) AS sampled GROUP BY {strata}"
    )


def grid_sql(query: Query, bounds: pa.Table) -> str:
    """A relation with each survey's grid: `grid_` of every weight, `reach_` of every number.

    Args:
        query: what is asked.
        bounds: largest values by area and period, from the rows of `design_sql`.
    """
    columns = [f"grid_{name}" for name in query.weights]
    columns += [f"reach_{name}" for name in query.numbers]
    surveys = bounds.to_pylist() or [dict.fromkeys(bounds.column_names, None)]
    rows = ", ".join(f"({', '.join(_row(query, survey))})" for survey in surveys)
    names = ", ".join(map(identifier, ["area", "period", *columns]))
    return f"(VALUES {rows}) AS grid({names})"


def on_grid(number: str, grid: str) -> str:
    """The number as a multiple of the grid's step: what is added and taken off cuts the rest."""
    return f"(({number} + {grid}) - {grid})"


def _row(query: Query, survey: dict) -> Iterator[str]:
    yield from (literal(survey["area"] or ""), literal(survey["period"] or ""))
    for name in query.weights:
        yield _number(_rounding((survey["records"] or 0) * (survey[name] or 0.0)))
    for name in query.numbers:
        yield _number(_power_above(survey[name] or 0.0))


def _rounding(bound: float) -> float:
    """What to add to a number and take off again so that sums up to the bound are exact."""
    return 1.5 * 2.0**52 * math.ldexp(_power_above(bound), -BITS)


def _power_above(bound: float) -> float:
    """The smallest power of two that is not below the bound; 1 for nothing at all."""
    return 2.0 ** math.ceil(math.log2(bound)) if bound > 0 else 1.0


def _number(value: float) -> str:
    return f"CAST('{value!r}' AS DOUBLE)"


def bounds_of(query: Query, design: pa.Table) -> pa.Table:
    """The largest values by area and period out of the rows of `design_sql`, and the PSUs."""
    largest = ["records", *query.weights, *query.numbers]
    wanted = [*((name, "max") for name in largest), ("psus", "sum")]
    found = design.group_by(["area", "period"]).aggregate(wanted)
    named = found.rename_columns(["area", "period", *largest, "psus"])
    return named.sort_by([("area", "ascending"), ("period", "ascending")])
