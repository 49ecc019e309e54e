"""The one query as text: persons' records to weighted PSU totals, for all terms and groups.

Three steps. `records` takes the columns needed and rounds weights to the surveys' grid, `weighted`
says for how much every record counts, the outer step only sums. Sums that several terms share are
asked for once. Summed are only the groups that no other holds: totals of everybody, and of one
disaggregation that is also crossed with another, are added up from these (see `unpack`). The text
runs unchanged on DuckDB, PostgreSQL and Spark.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from urban_safety_monitor.engines.expressions import category, double, identifier, where
from urban_safety_monitor.engines.grid import Grid
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


def totals_sql(query: Query, relation: str, grid: Grid) -> TotalsSql:
    """The text for a relation, a name or a query in brackets, and the surveys of a grid."""
    counted, summed = _Expressions("counted"), _Expressions("total")
    roles = tuple(_roles(term, k, grid, counted, summed) for k, term in enumerate(query.sql))
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


def _records(query: Query, relation: str, grid: Grid) -> str:
    """The records of the grid's surveys: their own columns, weights on the grid, and its steps.

    A weight of 0 is unknown from here on: nobody counts who stands for nobody. Where the bounds
    show that there is none, nothing has to look for it.
    """
    own = (query.used - set(query.weights)) | set(DESIGN)
    columns = [*map(identifier, sorted(own)), *grid.columns]
    for name in query.weights:
        weight = grid.rounded(name, product=double(identifier(name)))
        known = weight if name in grid.never_zero else f"NULLIF({weight}, 0)"
        columns.append(f"{known} AS {identifier(name)}")
    return f"SELECT {', '.join(columns)} FROM {query.records(relation)} {grid.source}"


def _roles(
    term: TermSql, k: int, grid: Grid, counted: _Expressions, summed: _Expressions
) -> dict[str, str]:
    """Asks for a term's sums and tells their columns.

    What is summed is unknown outside the universe, which neither adds nor counts. Inside, those
    who do not fulfil the condition add 0: numbers are added sooner than unknown ones are skipped.
    """
    weight = term.weight_below
    if term.below:
        x = f"NULLIF({grid.rounded(weight, f'below_{k}')}, 0)"
    else:
        x = counted.name(where(term.universe, identifier(weight)))
    plain = {"n": summed.name(f"COUNT({x})"), "x": summed.name(f"SUM({x})")}
    if term.fulfilled:
        return plain | {"y": summed.name(f"SUM({where(term.fulfilled, x, '0')})")}
    plain["y"] = summed.name(f"SUM({grid.rounded(term.weight_above, f'above_{k}')})")
    squares = _squares(term, k, grid)
    known = {"yy": "", "xy": plain["y"], "xx": plain["x"], "weight": plain["x"]}
    return plain | known | {role: summed.name(f"SUM({sql})") for role, sql in squares.items()}


def _squares(term: TermSql, k: int, grid: Grid) -> dict[str, str]:
    """What design effects need of single records; where all count 1 below, most is known."""
    y, x, weight = f"above_{k}", f"below_{k}", term.weight_below
    squares = {"yy": grid.rounded(weight, y, y)}
    if term.below:
        squares |= {"xy": grid.rounded(weight, x, y), "xx": grid.rounded(weight, x, x)}
        squares |= {"weight": where([f"{x} <> 0"], identifier(weight))}
    return squares
