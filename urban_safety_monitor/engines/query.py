"""The one query: persons' records to weighted PSU totals, for all indicators and groups at once.

One pass over the records. The inner queries turn each record into weighted numbers, the outer one
only counts and sums them; `GROUPING SETS` gives every disaggregation from the same scan. Terms
other than shares add four sums of squares for their design effects: a share counts 0 and 1, so
its squares are its sums. The text runs unchanged on DuckDB, PostgreSQL and Spark.
"""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.catalogue.codebook import Disaggregation
from urban_safety_monitor.catalogue.conditions import Declaration
from urban_safety_monitor.catalogue.indicator import Indicator
from urban_safety_monitor.catalogue.measures import (
    Average,
    Gap,
    Mean,
    Proportion,
    Ratio,
    Total,
    parts_of,
    weights_of,
)
from urban_safety_monitor.engines.expressions import category, every, identifier, quantity
from urban_safety_monitor.tables.totals import Term

DESIGN = ("area", "period", "stratum", "psu")
SQUARES = ("yy", "xy", "xx", "weight")

Groups = tuple[str, ...]
"""Disaggregations crossed with each other; none for everybody."""


@dataclass(frozen=True)
class Query:
    """SQL text with what its columns mean."""

    sql: str
    terms: tuple[Term, ...]
    grouping_sets: tuple[Groups, ...]


@dataclass(frozen=True)
class _Sums:
    """One term's parts as SQL: universe, weighted quantity above and below."""

    universe: str
    above: str
    weight_above: str
    below: str
    weight_below: str
    is_share: bool = False


def psu_totals_query(
    catalogue: Catalogue,
    indicators: Sequence[Indicator],
    disaggregations: Sequence[str],
    relation: str,
) -> Query:
    """Build the query for survey indicators by these disaggregations over a relation's name."""
    terms = tuple(
        (Term(indicator.id, number), sums)
        for indicator in indicators
        for number, sums in enumerate(_sums_of(indicator))
    )
    sets = tuple(dict.fromkeys(_grouping_sets(indicators, disaggregations)))
    names = sorted({name for groups in sets for name in groups})
    groups_sql = [
        f"{category(catalogue.disaggregations[name])} AS {identifier('by_' + name)}"
        for name in names
    ]
    by = [identifier("by_" + name) for name in names]
    design = [*map(identifier, DESIGN)]
    answers = ", ".join([*design, *groups_sql, *_answer_columns(terms)])
    weighted = ", ".join([*design, *by, *_weighted_columns(terms)])
    sums = ", ".join([*design, *_group_columns(names), *_sum_columns(terms)])
    grouping = ", ".join(f"({', '.join(_grouped_by(groups))})" for groups in sets)
    sql = (
        f"SELECT {sums} FROM (SELECT {weighted} FROM "
        f"(SELECT {answers} FROM {relation}) AS answers) AS weighted "
        f"GROUP BY GROUPING SETS ({grouping})"
    )
    return Query(sql, tuple(term for term, _ in terms), sets)


def psu_counts_query(relation: str, *, population_known: bool) -> str:
    """How many PSUs each stratum has in the sample, and in the population where known."""
    population = "MAX(psus_in_stratum)" if population_known else "NULL"
    return (
        f"SELECT area, period, stratum, COUNT(DISTINCT psu) AS psus, "
        f"{population} AS psus_in_population FROM {relation} "
        f"GROUP BY area, period, stratum ORDER BY area, period, stratum"
    )


def columns_needed(indicator: Indicator) -> set[str]:
    """Columns of the Microdata table that a survey indicator is computed from."""
    measure = indicator.survey_measure
    named = {column for part in parts_of(measure) for column, _ in part.codes_used()}
    return named | weights_of(measure)


def is_asked(indicator: Indicator, columns: Set[str]) -> bool:
    """Whether these columns bear on every condition and quantity of a survey indicator.

    A list of questions may have been asked in part; a part without any column was not asked, and
    counting nobody there would read as "no".
    """
    return all(
        columns & {column for column, _ in part.codes_used()}
        for part in parts_of(indicator.survey_measure)
    )


def columns_of_groups(disaggregation: Disaggregation) -> set[str]:
    """Columns a disaggregation is read from."""
    if disaggregation.column:
        return {disaggregation.column}
    return {c for group in disaggregation.categories for c, _ in group.when.codes_used()}


def _grouping_sets(
    indicators: Sequence[Indicator], disaggregations: Sequence[str]
) -> Iterator[Groups]:
    yield ()
    for name in disaggregations:
        yield (name,)
    for indicator in indicators:
        if isinstance(indicator.measure, Gap):
            between = indicator.measure.disaggregation
            crossed = set(indicator.disaggregations) - {between}
            yield (between,)
            yield from ((between, name) for name in disaggregations if name in crossed)


def _grouped_by(groups: Groups) -> list[str]:
    return [*map(identifier, DESIGN), *(identifier("by_" + name) for name in groups)]


def _group_columns(names: Sequence[str]) -> Iterator[str]:
    for name in names:
        yield identifier("by_" + name)
        yield f"GROUPING({identifier('by_' + name)}) AS {identifier('without_' + name)}"


def _answer_columns(terms: Sequence[tuple[Term, _Sums]]) -> Iterator[str]:
    """Each record's quantity above and below in its universe, and the weights."""
    for k, (_, sums) in enumerate(terms):
        yield f"(CASE WHEN {sums.universe} THEN {sums.above} END) AS above_{k}"
        yield f"(CASE WHEN {sums.universe} THEN {sums.below} END) AS below_{k}"
    for name in sorted({w for _, sums in terms for w in (sums.weight_above, sums.weight_below)}):
        yield f"CAST({identifier(name)} AS DOUBLE PRECISION) AS {identifier(name)}"


def _weighted_columns(terms: Sequence[tuple[Term, _Sums]]) -> Iterator[str]:
    for k, (_, sums) in enumerate(terms):
        y, x = f"above_{k}", f"below_{k}"
        above, below = identifier(sums.weight_above), identifier(sums.weight_below)
        yield f"NULLIF({below} * {x}, 0) AS x_{k}"
        yield f"{above} * {y} AS y_{k}"
        if not sums.is_share:
            yield f"{below} * {y} * {y} AS yy_{k}"
            yield f"{below} * {x} * {y} AS xy_{k}"
            yield f"{below} * {x} * {x} AS xx_{k}"
            yield f"CASE WHEN {x} <> 0 THEN {below} END AS weight_{k}"


def _sum_columns(terms: Sequence[tuple[Term, _Sums]]) -> Iterator[str]:
    for k, (_, sums) in enumerate(terms):
        yield f"COUNT(x_{k}) AS n_{k}"
        yield f"SUM(y_{k}) AS numerator_{k}"
        yield f"SUM(x_{k}) AS denominator_{k}"
        if not sums.is_share:
            yield from (f"SUM({name}_{k}) AS {name}_{k}" for name in SQUARES)


def _sums_of(indicator: Indicator) -> Iterator[_Sums]:
    match indicator.measure:
        case Average(components=components, weight=weight):
            for part in components:
                yield _share(part.of, part.among, weight)
        case Proportion() | Gap() as measure:
            yield _share(measure.of, measure.among, measure.weight)
        case Mean() | Total() as measure:
            above = quantity(measure.of)
            known = f"({every(measure.among)}) AND {above} IS NOT NULL"
            yield _Sums(known, above, measure.weight, "1", measure.weight)
        case Ratio() as measure:
            above, below = quantity(measure.of), quantity(measure.per)
            known = f"({every(measure.among)}) AND {above} IS NOT NULL AND {below} IS NOT NULL"
            yield _Sums(known, above, measure.weight_of or measure.weight, below, measure.weight)


def _share(of: Declaration, among: Sequence[Declaration], weight: str) -> _Sums:
    return _Sums(every(among), quantity(of), weight, "1", weight, is_share=True)
