"""Who is affected differently, and what changed since the last round."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pandas as pd

from urban_safety_monitor.catalogue.indicator import Indicator
from urban_safety_monitor.report.numbers import decimals_of, scale_of, value_text
from urban_safety_monitor.report.records import ChangeRow, Figure, GroupRow, Verdict
from urban_safety_monitor.report.sentences import smallest_difference
from urban_safety_monitor.report.view import View
from urban_safety_monitor.report.wording import message
from urban_safety_monitor.tables.inputs import TOTAL

CLEAR = ("better", "worse", "higher", "lower")
TESTED = (*CLEAR, "similar")
"""Also where difference and test are withheld, because with them another figure could be found."""

DISTRICT = "district"

GROUP_DIFFERS = message("{group}: {value}; the rest of the city: {against}.")
GROUP_SIMILAR = message(
    "{group}: {value}; the survey cannot tell this apart from the rest of the city ({against})."
)

CHANGED = message(
    "Between {before} and {after} this went from {first} to {last}; the change is larger than "
    "chance would explain."
)
UNCHANGED = message("Between {before} and {after} there was no change that the survey can confirm.")


def group_rows(view: View, area: str, period: str) -> tuple[GroupRow, ...]:
    """Groups tested against the rest of the city, clearest first, then the withheld ones."""
    pairs = _with_tests(view, area, period)
    shown = (pair for pair in pairs if _is_tested(pair[1]) or pair[0].conf_status == "C")
    return tuple(sorted(_group_rows(view, shown), key=_clearest_first))


def rows_of_kind(
    view: View, place: tuple[str, str], indicator: str, disaggregation: str
) -> tuple[GroupRow, ...]:
    """Every group of one kind, tested or not, of an area and period; in the table's order."""
    pairs = _with_tests(view, *place)
    chosen = (
        pair
        for pair in pairs
        if pair[0].indicator == indicator and pair[0].disaggregation == disaggregation
    )
    return tuple(_group_rows(view, chosen))


Tested = tuple[Any, Any | None]
"""A group's estimate, and its comparison with the rest of the city if there is one."""


def _with_tests(view: View, area: str, period: str) -> list[Tested]:
    """Every group's estimate of a declared indicator, with its comparison."""
    tested = {
        (row.component, row.benchmark): row
        for row in view.rows_of("comparisons", area=area, period=period)
        if ":" in row.benchmark
    }
    return [
        (row, tested.get((row.indicator, f"{row.disaggregation}:{row.category}")))
        for row in view.rows_of("estimates", area=area, period=period)
        if row.disaggregation != TOTAL and row.indicator in view.catalogue.indicators
    ]


def _is_tested(comparison: Any | None) -> bool:
    return comparison is not None and comparison.status in TESTED


def _group_rows(view: View, pairs: Iterable[Tested]) -> Iterator[GroupRow]:
    titles: dict[tuple[str, str], tuple[str, str]] = {}
    for estimate, comparison in pairs:
        group = (estimate.disaggregation, estimate.category)
        if group not in titles:
            titles[group] = _group_titles(view, estimate)
        yield _group_row(view, estimate, comparison, titles[group])


def groups_line(view: View, rows: Sequence[GroupRow]) -> str:
    """How many group differences were tested, how many are clear, how many groups are withheld."""
    tested = [row for row in rows if row.verdict.status in TESTED]
    clear = [row for row in tested if row.verdict.status in CLEAR]
    withheld = sum(row.figure.conf_status == "C" for row in rows)
    if not tested:
        return view.words.gettext("No group can be compared with the rest of the city.")
    said = view.words.ngettext(
        "{tested} group was compared with the rest of the city; {clear} shows a clear difference.",
        "{tested} comparisons of a group with the rest of the city were made; {clear} show a clear "
        "difference.",
        len(tested),
    ).format(tested=len(tested), clear=len(clear))
    if not withheld:
        return said
    kept_back = view.words.ngettext(
        "{n} figure is withheld to protect people [c].",
        "{n} figures are withheld to protect people [c].",
        withheld,
    ).format(n=withheld)
    return f"{said} {kept_back}"


def _clearest_first(row: GroupRow) -> tuple[bool, bool, float]:
    verdict = row.verdict
    return (verdict.status not in TESTED, verdict.status not in CLEAR, -abs(verdict.z or 0.0))


def _group_row(
    view: View, estimate: Any, comparison: Any | None, titles: tuple[str, str]
) -> GroupRow:
    indicator = view.catalogue.indicators[estimate.indicator]
    figure = view.figure(estimate, indicator)
    verdict = view.verdict(comparison, figure, indicator, "rest")
    kind, title = titles
    return GroupRow(
        indicator=indicator.id,
        title=indicator.title.in_language(view.language),
        disaggregation=estimate.disaggregation,
        disaggregation_title=kind,
        category=estimate.category,
        category_title=title,
        figure=figure,
        verdict=verdict,
        sentence=_group_sentence(view, title, figure, verdict),
    )


def _group_titles(view: View, estimate: Any) -> tuple[str, str]:
    """The disaggregation's title and the category's: declared, or an area's or code's name."""
    declared = view.catalogue.disaggregations.get(estimate.disaggregation)
    if declared is None:
        return estimate.disaggregation, estimate.category
    kind = declared.title.in_language(view.language)
    for category in declared.categories:
        if category.id == estimate.category:
            return kind, category.title.in_language(view.language)
    for area in (estimate.category, f"{estimate.area}-{estimate.category}"):
        if area in view.titles:
            return kind, view.title(area)
    variable = view.catalogue.columns.get(declared.column or "")
    words = variable.codes.get(estimate.category) if variable else None
    return kind, words.in_language(view.language) if words else estimate.category


def _group_sentence(view: View, group: str, figure: Figure, verdict: Verdict) -> str:
    if figure.value is None:
        return f"{group}: {verdict.reason}"
    if verdict.difference is None:
        return f"{group}: {figure.text}. {verdict.reason}"
    template = GROUP_DIFFERS if verdict.status in CLEAR else GROUP_SIMILAR
    return view.words.gettext(template).format(
        group=group, value=figure.text, against=verdict.benchmark_text
    )


def previous_period(view: View, area: str, period: str) -> str | None:
    """The city's last round before this one."""
    estimates = view.results.estimates
    periods = estimates.loc[estimates["area"] == area, "period"].unique()
    earlier = sorted(p for p in periods if p < period)
    return earlier[-1] if earlier else None


def change_rows(
    view: View, area: str, period: str, indicators: Sequence[Indicator]
) -> tuple[ChangeRow, ...]:
    """Indicators that have a value in this round and in the one before, in the given order."""
    before = previous_period(view, area, period)
    if before is None:
        return ()
    now, then = view.totals(area, period), view.totals(area, before)
    verdicts = view.comparisons(area, period, "previous")
    both = [i for i in indicators if _has_value(now.get(i.id)) and _has_value(then.get(i.id))]
    periods = (view.period(before), view.period(period))
    return tuple(
        _change_row(view, i, (then[i.id], now[i.id], verdicts.get(i.id)), periods) for i in both
    )


def changes_line(view: View, rows: Sequence[ChangeRow], has_previous: bool) -> str:
    """How many of the changes the survey can confirm."""
    if not has_previous:
        return view.words.gettext("There is no earlier round to compare with.")
    tested = [row for row in rows if row.verdict.z is not None]
    clear = sum(row.verdict.status in CLEAR for row in tested)
    return view.words.ngettext(
        "Of {n} indicator tested, {clear} changed by more than chance would explain.",
        "Of {n} indicators tested, {clear} changed by more than chance would explain.",
        len(tested),
    ).format(n=len(tested), clear=clear)


def _has_value(row: Any | None) -> bool:
    return row is not None and pd.notna(row.value)


def _change_row(
    view: View, indicator: Indicator, rows: tuple[Any, Any, Any | None], periods: tuple[str, str]
) -> ChangeRow:
    before, after = view.figure(rows[0], indicator), view.figure(rows[1], indicator)
    verdict = view.verdict(rows[2], after, indicator, "previous")
    domain = view.catalogue.domain_of(indicator.id)
    return ChangeRow(
        indicator=indicator.id,
        title=indicator.title.in_language(view.language),
        domain_title=domain.title.in_language(view.language) if domain else "",
        unit=indicator.unit_of_measure.in_language(view.language),
        before=before,
        after=after,
        verdict=verdict,
        detectable=_detectable_change(before, after),
        sentence=_change_sentence(view, indicator, (before, after, verdict), periods),
    )


def _detectable_change(before: Figure, after: Figure) -> float | None:
    first, second = smallest_difference(before), smallest_difference(after)
    return None if first is None or second is None else (first**2 + second**2) ** 0.5


def _change_sentence(
    view: View,
    indicator: Indicator,
    change: tuple[Figure, Figure, Verdict],
    periods: tuple[str, str],
) -> str:
    before, after, verdict = change
    if verdict.z is None:
        return verdict.reason
    scale = scale_of(indicator)
    decimals = decimals_of(after.value or 0.0, scale)
    template = CHANGED if verdict.status in CLEAR else UNCHANGED
    return view.words.gettext(template).format(
        before=periods[0],
        after=periods[1],
        first=value_text(before.value, scale, view.language, decimals),
        last=value_text(after.value, scale, view.language, decimals),
    )
