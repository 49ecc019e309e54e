"""One indicator over all rounds, city by city: with breaks, gaps and tested changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.catalogue.indicator import Indicator
from urban_safety_monitor.errors import DataError
from urban_safety_monitor.report.records import Figure, Verdict
from urban_safety_monitor.report.sentences import isolated
from urban_safety_monitor.report.view import View, alphabetical, named_rows
from urban_safety_monitor.report.wording import REASONS, worded
from urban_safety_monitor.tables.inputs import TOTAL
from urban_safety_monitor.tables.run import Provenance, Results

PREVIOUS = "previous"


@dataclass(frozen=True)
class Moment:
    """A city's value in one round, and its change since the round before where there is one.

    `joined` says whether a line may lead here from the round before: not over a gap or a break;
    `broken` is why the two rounds cannot be compared, if they cannot.
    """

    period: str
    period_text: str
    figure: Figure
    change: Verdict | None
    joined: bool
    broken: str


@dataclass(frozen=True)
class Course:
    """A city's values, the earliest first; rounds without the city are not there."""

    area: str
    title: str
    moments: tuple[Moment, ...]


@dataclass(frozen=True)
class History:
    """One indicator over the rounds of a country's cities."""

    language: str
    indicator: str
    title: str
    unit: str
    country: str
    country_title: str
    periods: tuple[tuple[str, str], ...]
    period_text: str
    courses: tuple[Course, ...]
    headline: str
    comparability: str
    flags_used: dict[str, str]
    demonstration: str
    provenance: Provenance


def history(
    results: Results,
    catalogue: Catalogue,
    indicator: str,
    *,
    country: str,
    areas: Sequence[str] | None = None,
    language: str = "en",
) -> History:
    """An indicator over all rounds of a country's cities, cities in alphabetical order.

    Raises:
        DataError: the indicator is not in the catalogue, or the country has no results of it.
    """
    view = View(results, catalogue, language)
    if indicator not in catalogue.indicators:
        raise DataError(f"indicator {indicator!r}: not in the catalogue")
    declared = catalogue.indicators[indicator]
    inside = view.cities(country, areas)
    estimates = results.estimates
    found = estimates[
        (estimates["indicator"] == indicator)
        & (estimates["disaggregation"] == TOTAL)
        & estimates["area"].isin(inside)
    ]
    if found.empty:
        raise DataError(f"country {country!r}: no results of {indicator}")
    periods = sorted(found["period"].unique())
    compared = results.comparisons
    changes = compared[(compared["component"] == indicator) & (compared["benchmark"] == PREVIOUS)]
    verdicts = {(row.area, row.period): row for row in named_rows(changes)}
    rows = {(row.area, row.period): row for row in named_rows(found)}
    courses = tuple(
        Course(area, view.title(area), _moments(view, declared, area, rounds))
        for area in sorted(set(found["area"]), key=lambda area: alphabetical(view.title(area)))
        for rounds in [[(p, rows.get((area, p)), verdicts.get((area, p))) for p in periods]]
    )
    texts = tuple((period, view.period(period)) for period in periods)
    return History(
        language=language,
        indicator=indicator,
        title=declared.title.in_language(language),
        unit=declared.unit_of_measure.in_language(language),
        country=country,
        country_title=view.title(country),
        periods=texts,
        period_text="–".join(dict.fromkeys((texts[0][1], texts[-1][1]))),
        courses=courses,
        headline=_headline(view, courses),
        comparability=_comparability(view, courses),
        flags_used=view.flags_explained([m.figure for c in courses for m in c.moments]),
        demonstration=view.demonstration,
        provenance=results.provenance,
    )


def _moments(
    view: View, declared: Indicator, area: str, rounds: list[tuple[str, Any | None, Any | None]]
) -> tuple[Moment, ...]:
    moments: list[Moment] = []
    before: Figure | None = None
    for period, estimate, change in rounds:
        figure = view.figure(estimate, declared)
        verdict = view.verdict(change, figure, declared, PREVIOUS) if change is not None else None
        key = (declared.id, area, period)
        broken = "" if before is None else _reason_of_break(view, key, figure, verdict)
        joined = (
            before is not None
            and before.value is not None
            and figure.value is not None
            and not broken
        )
        moments.append(Moment(period, view.period(period), figure, verdict, joined, broken))
        before = figure
    return tuple(moments)


def _reason_of_break(
    view: View, key: tuple[str, str, str], figure: Figure, change: Verdict | None
) -> str:
    """Why a value cannot be set beside the round before; nothing where it can."""
    if change is not None and change.status == "not_comparable":
        return change.reason
    if "b" not in figure.flags:
        return ""
    known = view.differences.get(key, ("", ""))[1]
    return known or worded(REASONS, "series_break", view.language)


def _comparability(view: View, courses: Sequence[Course]) -> str:
    """How many cities have two rounds to compare, and where and why a series breaks."""
    tested = sum(any(_is_tested(m.change) for m in course.moments) for course in courses)
    said = view.words.ngettext(
        "{tested} of {n} city can be compared with its own earlier round.",
        "{tested} of {n} cities can be compared with their own earlier rounds.",
        len(courses),
    ).format(tested=tested, n=len(courses))
    template = view.words.gettext("{city}, {period}: {reason}")
    breaks = (
        template.format(city=isolated(course.title), period=m.period_text, reason=m.broken)
        for course in courses
        for m in course.moments
        if m.broken
    )
    return " ".join([said, *breaks])


def _is_tested(change: Verdict | None) -> bool:
    return change is not None and change.status not in ("no_status", "not_comparable")


def _headline(view: View, courses: Sequence[Course]) -> str:
    """In how many cities the last change is more than chance would explain."""
    last = [course.moments[-1].change for course in courses]
    compared = [change for change in last if change is not None and _is_tested(change)]
    if not compared:
        return view.words.gettext("No change between rounds can be tested.")
    clear = sum(verdict.status != "similar" for verdict in compared)
    return view.words.ngettext(
        "In {clear} of {n} city the last change is larger than chance would explain.",
        "In {clear} of {n} cities the last change is larger than chance would explain.",
        len(compared),
    ).format(clear=clear, n=len(compared))
