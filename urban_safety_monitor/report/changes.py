"""What changed since the last round."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from urban_safety_monitor.catalogue.indicator import Indicator
from urban_safety_monitor.report.numbers import decimals_of, scale_of, value_text
from urban_safety_monitor.report.records import CLEAR, ChangeRow, Figure, Verdict
from urban_safety_monitor.report.sentences import smallest_difference
from urban_safety_monitor.report.view import View
from urban_safety_monitor.report.wording import message

CHANGED = message(
    "Between {before} and {after} this went from {first} to {last}; the change is larger than "
    "chance would explain."
)
UNCHANGED = message("Between {before} and {after} there was no change that the survey can confirm.")


def previous_period(view: View, area: str, period: str) -> str | None:
    """The city's last round before this one."""
    estimates = view.results.estimates
    periods = estimates.loc[estimates["area"] == area, "period"].unique()
    earlier = sorted(p for p in periods if p < period)
    return earlier[-1] if earlier else None


def change_rows(view: View, area: str, period: str) -> tuple[ChangeRow, ...]:
    """Indicators that have a value in this round and in the one before."""
    before = view.once(previous_period, area, period)
    if before is None:
        return ()
    now, then = view.totals(area, period), view.totals(area, before)
    verdicts = view.comparisons(area, period, "previous")
    both = [i for i in view.reported if _has_value(now.get(i.id)) and _has_value(then.get(i.id))]
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
