"""One indicator over the cities of a country: values side by side, and what may be compared."""

from collections.abc import Sequence
from typing import Any

from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.catalogue.indicator import Indicator
from urban_safety_monitor.errors import DataError
from urban_safety_monitor.report.numbers import Scale, known, scale_of, value_text
from urban_safety_monitor.report.records import TESTED, CityComparison, CityRow
from urban_safety_monitor.report.scores import pairs_line
from urban_safety_monitor.report.sentences import cannot_compare, chance_line, isolated
from urban_safety_monitor.report.view import View, alphabetical
from urban_safety_monitor.tables.inputs import TOTAL
from urban_safety_monitor.tables.run import Results


def compare_cities(
    results: Results,
    catalogue: Catalogue,
    indicator: str,
    period: str,
    *,
    country: str,
    areas: Sequence[str] | None = None,
    benchmark: str = "country_median",
    language: str = "en",
) -> CityComparison:
    """An indicator's values in the cities of a country, alphabetically, each with its status.

    Args:
        results: a run's tables.
        catalogue: the catalogue of that run.
        indicator: its id.
        period: the round.
        country: whose cities.
        areas: only these cities of it; all where none are given.
        benchmark: country_median, peers, previous or target.
        language: en or es.

    Raises:
        DataError: the indicator or country is not known, or has no results in the period.
    """
    view = View(results, catalogue, language)
    return compared(view, indicator, period, country=country, areas=areas, benchmark=benchmark)


def compared(
    view: View,
    indicator: str,
    period: str,
    *,
    country: str,
    areas: Sequence[str] | None = None,
    benchmark: str = "country_median",
) -> CityComparison:
    """The same of a view, which several comparisons may share."""
    language = view.language
    declared = _declared(view, indicator)
    rows = _rows(view, declared, (period, benchmark), view.cities(country, areas))
    if not rows:
        raise DataError(f"country {country!r}: no results of {indicator} for {period!r}")
    values = {row.verdict.benchmark_value for row in rows} - {None}
    shared = values.pop() if len(values) == 1 else None
    return CityComparison(
        language=language,
        indicator=indicator,
        title=declared.title.in_language(language),
        definition=declared.definition.in_language(language),
        unit=declared.unit_of_measure.in_language(language),
        percent=scale_of(declared) is Scale.PERCENT,
        higher_is_better=declared.goalposts.higher_is_better if declared.goalposts else None,
        country=country,
        country_title=view.title(country),
        period=period,
        period_text=view.period(period),
        benchmark=benchmark,
        benchmark_name=view.benchmark_name(benchmark),
        benchmark_value=shared,
        benchmark_text=value_text(shared, scale_of(declared), language),
        rows=rows,
        headline=_headline(view, rows, benchmark),
        comparability=_comparability(view, rows),
        chance_line=chance_line(sum(row.verdict.z is not None for row in rows), language),
        order_line=pairs_line(view, [(row.rank_lower, row.rank_upper) for row in rows]),
        flags_used=view.flags_explained([row.figure for row in rows]),
        demonstration=view.demonstration,
        provenance=view.results.provenance,
    )


def _declared(view: View, indicator: str) -> Indicator:
    if indicator not in view.catalogue.indicators:
        names = ", ".join(view.catalogue.indicators)
        raise DataError(f"indicator {indicator!r}: not in the catalogue; there are {names}")
    return view.catalogue.indicators[indicator]


def _rows(
    view: View, indicator: Indicator, asked: tuple[str, str], cities: Sequence[str]
) -> tuple[CityRow, ...]:
    period, benchmark = asked
    of_it = {"component": indicator.id, "period": period}
    tested = {row.area: row for row in view.rows_of("comparisons", **of_it, benchmark=benchmark)}
    ranked = {row.area: row for row in view.rows_of("scores", **of_it)}
    everybody = {"indicator": indicator.id, "period": period, "disaggregation": TOTAL}
    rows = [
        _row(view, indicator, row, (benchmark, tested.get(row.area), ranked.get(row.area)))
        for row in view.rows_of("estimates", **everybody)
        if row.area in cities
    ]
    return tuple(sorted(rows, key=lambda row: alphabetical(row.title)))


def _row(
    view: View, indicator: Indicator, estimate: Any, found: tuple[str, Any | None, Any | None]
) -> CityRow:
    benchmark, comparison, ranks = found
    figure = view.figure(estimate, indicator)
    verdict = view.verdict(comparison, figure, indicator, benchmark)
    comparable = figure.value is not None and "d" not in figure.flags
    ranked = ranks is not None and comparable
    return CityRow(
        area=estimate.area,
        title=view.title(estimate.area),
        figure=figure,
        verdict=verdict,
        comparable=comparable,
        rank_lower=known(ranks.rank_lower) if ranked else None,  # type: ignore[union-attr]
        rank_upper=known(ranks.rank_upper) if ranked else None,  # type: ignore[union-attr]
    )


def _headline(view: View, rows: Sequence[CityRow], benchmark: str) -> str:
    """How many of the cities compared differ from the benchmark by more than chance."""
    compared = [row for row in rows if row.verdict.status in TESTED]
    if not compared:
        return view.words.gettext("No city can be compared with {benchmark}.").format(
            benchmark=view.benchmark_name(benchmark)
        )
    differ = sum(row.verdict.status != "similar" for row in compared)
    return view.words.ngettext(
        "{differ} of {n} city differs from {benchmark} by more than chance would explain.",
        "{differ} of {n} cities differ from {benchmark} by more than chance would explain.",
        len(compared),
    ).format(differ=differ, n=len(compared), benchmark=view.benchmark_name(benchmark))


def _comparability(view: View, rows: Sequence[CityRow]) -> str:
    there = [row for row in rows if row.comparable]
    if len(there) < 2:
        only = there[0].title if there else ""
        template = (
            view.words.gettext("Only {city} can be compared. A comparison needs two cities.")
            if only
            else view.words.gettext("No city can be compared on this indicator.")
        )
        return template.format(city=isolated(only))
    said = view.words.ngettext(
        "{there} of {n} city can be compared on this indicator.",
        "{there} of {n} cities can be compared on this indicator.",
        len(rows),
    ).format(there=len(there), n=len(rows))
    reasons = [(row.title, row.verdict.reason) for row in rows if not row.comparable]
    return f"{said} {cannot_compare(view, reasons)}".strip()
