"""What is asked of persons' records: which terms, among which groups, out of which columns."""

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass

from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.catalogue.codebook import Disaggregation
from urban_safety_monitor.catalogue.indicator import Indicator
from urban_safety_monitor.catalogue.measures import Gap, parts_of, weights_of
from urban_safety_monitor.engines.expressions import identifier, where
from urban_safety_monitor.engines.terms import TermSql, terms_of
from urban_safety_monitor.tables.totals import Term

DESIGN = ("area", "period", "stratum", "psu")
POPULATION = "psus_in_stratum"

Groups = tuple[str, ...]
"""Disaggregations crossed with each other; none for everybody."""
CROSSED = "*"
"""Joins disaggregations, and their categories, that are crossed."""


@dataclass(frozen=True)
class Query:
    """What is asked of the records.

    Attributes:
        terms: what is measured.
        sql: each term's SQL.
        wanted: the groups totals are wanted for.
        disaggregations: those the groups are made of, by name.
        used: columns of answers that all this is read from.
        columns: columns the records have.
    """

    terms: tuple[Term, ...]
    sql: tuple[TermSql, ...]
    wanted: tuple[Groups, ...]
    disaggregations: dict[str, Disaggregation]
    used: frozenset[str]
    columns: frozenset[str]

    @property
    def grouped(self) -> tuple[Groups, ...]:
        """The groups to sum by: every group wanted is one of them, or made of one by adding up."""
        return tuple(g for g in self.wanted if not any(set(g) < set(o) for o in self.wanted))

    @property
    def weights(self) -> tuple[str, ...]:
        """The columns of weights."""
        return tuple(sorted({w for t in self.sql for w in (t.weight_above, t.weight_below)}))

    @property
    def numbers(self) -> dict[str, str]:
        """What is counted other than persons, known only in the universe: column -> SQL."""
        named = (
            (f"{side}_{k}", where(term.universe, number))
            for k, term in enumerate(self.sql)
            for side, number in (("above", term.above), ("below", term.below))
            if number
        )
        return dict(named)

    def records(self, relation: str) -> str:
        """The relation's columns that are used; those nobody was asked about are unknown."""
        there = [*DESIGN, *sorted((self.used - set(DESIGN)) & self.columns), *self.weights]
        absent = (f"CAST(NULL AS INTEGER) AS {identifier(c)}" for c in self.used - self.columns)
        columns = ", ".join([*map(identifier, dict.fromkeys(there)), *sorted(absent)])
        return f"(SELECT {columns} FROM {relation}) AS given"


def query_of(
    catalogue: Catalogue,
    indicators: Sequence[Indicator],
    disaggregations: Sequence[str],
    columns: Iterable[str],
) -> Query:
    """What to ask of records with these columns; what they do not bear on is left out."""
    present = frozenset(columns)
    asked = [i for i in indicators if is_asked(i, present)]
    declared = catalogue.disaggregations
    crossings = [tuple(name.split(CROSSED)) for name in disaggregations]
    groups = [
        crossed
        for crossed in crossings
        if all(columns_of_groups(declared[name]) & present for name in crossed)
    ]
    wanted = tuple(dict.fromkeys(_groups_wanted(asked, groups)))
    used = {name: declared[name] for name in sorted({n for crossed in wanted for n in crossed})}
    named = [*map(columns_needed, asked), *map(columns_of_groups, used.values())]
    pairs = [(Term(i.id, number), sql) for i in asked for number, sql in enumerate(terms_of(i))]
    known = {POPULATION} & present
    return Query(
        terms=tuple(term for term, _ in pairs),
        sql=tuple(sql for _, sql in pairs),
        wanted=wanted,
        disaggregations=used,
        used=frozenset().union(known, *named),
        columns=present,
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


def _groups_wanted(indicators: Sequence[Indicator], groups: Sequence[Groups]) -> Iterator[Groups]:
    yield ()
    yield from groups
    for indicator in indicators:
        if isinstance(indicator.measure, Gap):
            between = indicator.measure.disaggregation
            crossed = set(indicator.disaggregations) - {between}
            yield (between,)
            yield from ((between, *by) for by in groups if len(by) == 1 and by[0] in crossed)
