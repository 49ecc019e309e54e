"""The one query as text: persons' records to weighted PSU totals, for all terms and groups.

Three steps. `records` takes the columns needed and rounds weights to the survey's grid, `weighted`
says for how much every record counts, the outer step only sums. Sums that several terms share are
asked for once. Summed are only the groups that no other holds: totals of everybody, and of one
disaggregation that is also crossed with another, are added up from these (see `unpack`). The text
runs unchanged on DuckDB, PostgreSQL and Spark.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from urban_safety_monitor.engines.expressions import category, double, identifier
from urban_safety_monitor.engines.grid import on_grid
from urban_safety_monitor.engines.query import DESIGN, Query
from urban_safety_monitor.engines.terms import TermSql


@dataclass(frozen=True)
class TotalsSql:
    """The query's text, and which of its columns hold each term's sums.

    Attributes:
        text: the query.
        roles: for each term which column is its n, y and x; of a term that is no share also yy,
            xy, xx and weight.
    """

    text: str
    roles: tuple[dict[str, str], ...]


@dataclass
class _Expressions:
    """Expressions by name; the same expression has one name."""

    prefix: str
    names: dict[str, str] = field(default_factory=dict)

    def name(self, sql: str) -> str:
        return self.names.setdefault(sql, f"{self.prefix}_{len(self.names)}")

    def columns(self) -> Iterator[str]:
        return (f"{sql} AS {name}" for sql, name in self.names.items())


def totals_sql(query: Query, relation: str, grid: str) -> TotalsSql:
    """The text for a relation, a name or a query in brackets, and its grid."""
    counted, summed = _Expressions("counted"), _Expressions("total")
    roles = tuple(_roles(term, k, counted, summed) for k, term in enumerate(query.sql))
    by = [
        f"{category(d)} AS {identifier('by_' + name)}" for name, d in query.disaggregations.items()
    ]
    numbers = [f"{sql} AS {name}" for name, sql in query.numbers.items()]
    weighted = ", ".join(["records.*", *by, *numbers, *counted.columns()])
    design = [*map(identifier, DESIGN)]
    outer = ", ".join([*design, *_group_columns(query), *summed.columns()])
    sets = ", ".join(f"({', '.join([*design, *_by(groups)])})" for groups in query.grouped)
    text = (
        f"SELECT {outer} FROM (SELECT {weighted} FROM ({_records(query, relation, grid)}) "
        f"AS records) AS weighted GROUP BY GROUPING SETS ({sets})"
    )
    return TotalsSql(text, roles)


def _by(groups: tuple[str, ...]) -> list[str]:
    return [identifier("by_" + name) for name in groups]


def _group_columns(query: Query) -> Iterator[str]:
    for name in query.disaggregations:
        by = identifier("by_" + name)
        yield by
        yield f"GROUPING({by}) AS {identifier('without_' + name)}"


def _records(query: Query, relation: str, grid: str) -> str:
    """The records' own columns, the weights on the grid, and the grid."""
    own = (query.used - set(query.weights)) | set(DESIGN)
    columns = [f"given.{identifier(name)}" for name in sorted(own)]
    for name in query.weights:
        weight = double(f"given.{identifier(name)}")
        rounding = f"grid.{identifier('grid_' + name)}"
        columns += [f"{on_grid(weight, rounding)} AS {identifier(name)}", rounding]
    columns += [f"grid.{identifier('reach_' + name)}" for name in query.numbers]
    return (
        f"SELECT {', '.join(columns)} FROM {query.records(relation)} JOIN {grid} "
        "ON given.area = grid.area AND given.period = grid.period"
    )


def _roles(term: TermSql, k: int, counted: _Expressions, summed: _Expressions) -> dict[str, str]:
    """Asks for a term's sums and tells their columns.

    Outside the universe what is summed is 0 or unknown, which adds nothing either way. Conditions
    are multiplied with rather than chosen by: engines do that several times faster.
    """
    weight = identifier(term.weight_below)
    if term.below is None:
        x = counted.name(f"({weight} * {_one_if(term.universe)})")
    else:
        x = _product(term.weight_below, weight, f"below_{k}")
    n = summed.name(f"COUNT(NULLIF({x}, 0))")
    if term.is_share:
        above = f"{x} * {_one_if(term.above)}"
    else:
        above = _product(term.weight_above, identifier(term.weight_above), f"above_{k}")
    plain = {"n": n, "y": summed.name(f"SUM({above})"), "x": summed.name(f"SUM({x})")}
    return plain if term.is_share else plain | _squares(term, k, plain, summed)


def _one_if(condition: str) -> str:
    return f"CAST(({condition}) AS INTEGER)"


def _squares(term: TermSql, k: int, plain: dict[str, str], summed: _Expressions) -> dict[str, str]:
    """Sums over single records for design effects; where all count 1 below, most are known."""
    y, below = f"above_{k}", f"below_{k}"
    column, weight = term.weight_below, identifier(term.weight_below)
    yy = summed.name(f"SUM({_product(column, weight, y, y)})")
    if term.below is None:
        return {"yy": yy, "xy": plain["y"], "xx": plain["x"], "weight": plain["x"]}
    there = _one_if(f"{below} <> 0")
    return {
        "yy": yy,
        "xy": summed.name(f"SUM({_product(column, weight, below, y)})"),
        "xx": summed.name(f"SUM({_product(column, weight, below, below)})"),
        "weight": summed.name(f"SUM({weight} * {there})"),
    }


def _product(column: str, weight: str, *numbers: str) -> str:
    """A weight times numbers, on the grid."""
    product = " * ".join([weight, *numbers])
    reach = (identifier(f"reach_{name}") for name in numbers)
    rounding = " * ".join([identifier(f"grid_{column}"), *reach])
    return on_grid(f"({product})", f"({rounding})")
