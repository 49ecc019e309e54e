"""All cities of a country by all indicators: who differs where, and where nothing can be said."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, groupby, pairwise

import pandas as pd

from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.catalogue.indicator import Indicator
from urban_safety_monitor.errors import DataError
from urban_safety_monitor.report.records import TESTED, Figure, Verdict
from urban_safety_monitor.report.sentences import chance_line, isolated
from urban_safety_monitor.report.view import View, alphabetical, named_rows
from urban_safety_monitor.tables.inputs import TOTAL
from urban_safety_monitor.tables.run import Provenance, Results


@dataclass(frozen=True)
class Cell:
    """One city's value of one indicator and its status."""

    indicator: str
    figure: Figure
    verdict: Verdict


@dataclass(frozen=True)
class Line:
    """A city with its cells in the order of the columns, and how many differ from the benchmark.

    `worse` counts comparable cells alone, as `compared` does.
    """

    area: str
    title: str
    cells: tuple[Cell, ...]
    better: int
    worse: int
    compared: int


@dataclass(frozen=True)
class Domain:
    """A domain with its indicators' ids and titles, which stand side by side."""

    domain: str
    title: str
    indicators: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Overview:
    """Cities down, indicators across, each cell with its value, interval and status."""

    language: str
    country: str
    country_title: str
    period: str
    period_text: str
    benchmark: str
    benchmark_name: str
    domains: tuple[Domain, ...]
    lines: tuple[Line, ...]
    headline: str
    comparability: str
    chance_line: str
    flags_used: dict[str, str]
    demonstration: str
    provenance: Provenance


def overview(
    results: Results,
    catalogue: Catalogue,
    period: str,
    *,
    country: str,
    areas: Sequence[str] | None = None,
    benchmark: str = "country_median",
    language: str = "en",
) -> Overview:
    """Every indicator of every city of a country in one period, cities in alphabetical order.

    Args:
        results: a run's tables.
        catalogue: the catalogue of that run.
        period: the round.
        country: whose cities.
        areas: only these cities of it; all where none are given.
        benchmark: country_median, peers or previous.
        language: of all texts.

    Raises:
        DataError: the country has no results in the period.
    """
    view = View(results, catalogue, language)
    inside = view.cities(country, areas)
    totals = _of(results.estimates, "disaggregation", TOTAL, period, inside)
    if totals.empty:
        raise DataError(f"country {country!r}: no results for {period!r}")
    compared = _of(results.comparisons, "benchmark", benchmark, period, inside)
    verdicts = {(row.area, row.component): row for row in named_rows(compared)}
    estimates = {(row.area, row.indicator): row for row in named_rows(totals)}
    indicators = [i for i in view.reported if any((a, i.id) in estimates for a in inside)]

    def cell(area: str, indicator: Indicator) -> Cell:
        key = (area, indicator.id)
        figure = view.figure(estimates.get(key), indicator)
        verdict = view.verdict(verdicts.get(key), figure, indicator, benchmark)
        return Cell(indicator.id, figure, verdict)

    lines = [
        _line(view, area, [cell(area, indicator) for indicator in indicators])
        for area in sorted(set(totals["area"]), key=lambda area: alphabetical(view.title(area)))
    ]
    differing = sum(line.better + line.worse for line in lines)
    every = sum(line.compared for line in lines)
    return Overview(
        language=language,
        country=country,
        country_title=view.title(country),
        period=period,
        period_text=view.period(period),
        benchmark=benchmark,
        benchmark_name=view.benchmark_name(benchmark),
        domains=_domains(view, indicators),
        lines=tuple(lines),
        headline=_headline(view, (differing, every), benchmark),
        comparability=_comparability(view, lines),
        chance_line=chance_line(every, language),
        flags_used=view.flags_explained([c.figure for line in lines for c in line.cells]),
        demonstration=view.demonstration,
        provenance=results.provenance,
    )


def by_attention(found: Overview) -> Overview:
    """The same cells, first what has most worse ones: cities, and indicators in their domains."""
    ends = list(accumulate((len(domain.indicators) for domain in found.domains), initial=0))
    worse = [
        sum(line.cells[column].verdict.status == "worse" for line in found.lines)
        for column in range(ends[-1])
    ]
    order = [
        sorted(range(first, end), key=lambda column: -worse[column])
        for first, end in pairwise(ends)
    ]
    columns = [column for inside in order for column in inside]
    lines = [replace(line, cells=tuple(line.cells[c] for c in columns)) for line in found.lines]
    domains = [
        replace(domain, indicators=tuple(domain.indicators[c - first] for c in inside))
        for domain, first, inside in zip(found.domains, ends, order, strict=False)
    ]
    return replace(
        found,
        domains=tuple(domains),
        lines=tuple(sorted(lines, key=lambda line: -line.worse)),
    )


def _of(
    table: pd.DataFrame, column: str, value: str, period: str, areas: Sequence[str]
) -> pd.DataFrame:
    chosen = (table[column] == value) & (table["period"] == period) & table["area"].isin(areas)
    return table[chosen]


def _line(view: View, area: str, cells: list[Cell]) -> Line:
    statuses = [cell.verdict.status for cell in cells]
    return Line(
        area=area,
        title=view.title(area),
        cells=tuple(cells),
        better=statuses.count("better"),
        worse=statuses.count("worse"),
        compared=sum(status in TESTED for status in statuses),
    )


def _domains(view: View, indicators: Sequence[Indicator]) -> tuple[Domain, ...]:
    def domain_of(indicator: Indicator) -> tuple[str, str]:
        domain = view.catalogue.domain_of(indicator.id)
        return (domain.id, domain.title.in_language(view.language)) if domain else ("", "")

    return tuple(
        Domain(name, title, tuple((i.id, i.title.in_language(view.language)) for i in inside))
        for (name, title), inside in groupby(indicators, domain_of)
    )


def _headline(view: View, counts: tuple[int, int], benchmark: str) -> str:
    differing, every = counts
    return view.words.ngettext(
        "{differing} of {n} value that can be compared is better or worse than {benchmark}.",
        "{differing} of {n} values that can be compared are better or worse than {benchmark}.",
        every,
    ).format(differing=differing, n=every, benchmark=view.benchmark_name(benchmark))


def _comparability(view: View, lines: Sequence[Line]) -> str:
    """How many values can be compared, and whose definitions differ, on how many indicators."""
    cells = sum(len(line.cells) for line in lines)
    compared = sum(line.compared for line in lines)
    said = view.words.ngettext(
        "{compared} of {n} value can be compared; a mark says why another cannot.",
        "{compared} of {n} values can be compared; marks say why the others cannot.",
        cells,
    ).format(compared=compared, n=cells)
    differing = Counter(
        (line.title, cell.verdict.reason)
        for line in lines
        for cell in line.cells
        if cell.verdict.reason_key == "definition_differs"
    )
    return " ".join([said, *(_differing(view, *why, n) for why, n in differing.items())])


def _differing(view: View, city: str, reason: str, n: int) -> str:
    return view.words.ngettext(
        "{city}, {n} indicator: {reason}", "{city}, {n} indicators: {reason}", n
    ).format(city=isolated(city), n=n, reason=reason)
