"""A city's profile: everything one page, one scorecard and one file show of a city and period."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.catalogue.indicator import Indicator, Status
from urban_safety_monitor.report.changes import change_rows, changes_line, previous_period
from urban_safety_monitor.report.groups import group_rows, groups_line
from urban_safety_monitor.report.numbers import Scale, known, number_text, scale_of
from urban_safety_monitor.report.records import CityProfile, FullProfile, Peer, Row, Spread
from urban_safety_monitor.report.scores import domain_scores, evidence_scores, overall_score
from urban_safety_monitor.report.sentences import (
    chance_line,
    headline,
    indicator_sentence,
    survey_facts,
)
from urban_safety_monitor.report.view import View, named_rows
from urban_safety_monitor.report.wording import CONTEXT, message, worded
from urban_safety_monitor.tables.inputs import TOTAL
from urban_safety_monitor.tables.run import Results

STAND_OUTS = 3

NAMED = 4
"""A note names so many indicators; of more it says how many."""

METHOD = message(
    "Survey values are weighted estimates; the interval is the 95% range that sampling allows. "
    "A value is better or worse only where it differs from the benchmark by more than chance would "
    "explain. Medians are of comparable cities and taken as fixed. Scores run from 0 to 100 "
    "between fixed goalposts. n counts people asked, recorded events or assessors."
)

COUNTED = ("better", "worse", "similar", "not_comparable", "no_status", "context")


def city_profile(
    results: Results,
    catalogue: Catalogue,
    area: str,
    period: str,
    *,
    benchmark: str = "country_median",
    language: str = "en",
) -> FullProfile:
    """Everything to show of one city in one period against one benchmark.

    Args:
        results: a run's tables.
        catalogue: the catalogue of that run.
        area: the city's id.
        period: the round, as in the tables.
        benchmark: country_median, peers, previous or target.
        language: en or es.

    Raises:
        DataError: the city or its period is not in the results, or the language is not spoken.
    """
    view = View(results, catalogue, language)
    view.city_title(area)  # says so where there is no such city
    spreads = comparable_spreads(view, view.country_of[area], period)
    profile = profiled(view, area, period, benchmark=benchmark, spreads=spreads)
    return profile.with_groups(group_rows(view, area, period))


def profiled(
    view: View, area: str, period: str, *, benchmark: str, spreads: Mapping[str, Spread]
) -> CityProfile:
    """The same without groups, of a view that may hold this city alone.

    `spreads` are its country's `comparable_spreads`.
    """
    title = view.city_title(area)
    rows = _rows(view, area, (period, benchmark), spreads)
    counts = _counts(rows)
    before = view.once(previous_period, area, period)
    chosen = _stand_outs(rows)
    changes = view.once(change_rows, area, period)
    return CityProfile(
        language=view.language,
        area=area,
        title=title,
        country=view.country_of[area],
        period=period,
        period_text=view.period(period),
        previous_text=view.period(before) if before else "",
        benchmark=benchmark,
        benchmark_name=view.benchmark_name(benchmark),
        headline=headline(view, counts, benchmark),
        survey_facts=survey_facts(view, area, period),
        counts=counts,
        rows=rows,
        domains=view.once(domain_scores, area, period),
        overall=view.once(overall_score, area, period),
        evidence=view.once(evidence_scores, area, period),
        stand_outs=tuple(row.sentence for row in chosen),
        stand_out_indicators=tuple(row.indicator for row in chosen),
        groups_line=groups_line(view, area, period),
        changes=changes,
        changes_line=changes_line(view, changes, before is not None),
        flags_used=view.flags_explained([row.figure for row in rows]),
        chance_line=chance_line(sum(row.verdict.z is not None for row in rows), view.language),
        missing_line=_missing_line(view, rows),
        notes=_notes(view, rows, area, period),
        peers=_peers(view, area, period),
        demonstration=view.demonstration,
        method=view.words.gettext(METHOD),
        citation=_citation(view, title, period),
        licence=licence(view),
        provenance=view.results.provenance,
    )


def _rows(
    view: View, area: str, asked: tuple[str, str], spreads: Mapping[str, Spread]
) -> tuple[Row, ...]:
    period, benchmark = asked
    estimates = view.totals(area, period)
    comparisons = view.comparisons(area, period, benchmark)
    return tuple(
        _row(
            view,
            indicator,
            (area, benchmark),
            (estimates.get(indicator.id), comparisons.get(indicator.id)),
            spreads.get(indicator.id),
        )
        for indicator in view.reported
    )


def _row(
    view: View,
    indicator: Indicator,
    asked: tuple[str, str],
    found: tuple[Any | None, Any | None],
    spread: Spread | None,
) -> Row:
    figure = view.figure(found[0], indicator)
    verdict = view.verdict(found[1], figure, indicator, asked[1])
    domain = view.catalogue.domain_of(indicator.id)
    return Row(
        indicator=indicator.id,
        title=indicator.title.in_language(view.language),
        unit=indicator.unit_of_measure.in_language(view.language),
        domain=domain.id if domain else "",
        domain_title=domain.title.in_language(view.language) if domain else "",
        role=indicator.status.value,
        evidence=indicator.evidence.value,
        percent=scale_of(indicator) is Scale.PERCENT,
        higher_is_better=indicator.goalposts.higher_is_better if indicator.goalposts else None,
        figure=figure,
        verdict=verdict,
        spread=spread,
        sentence=indicator_sentence(view, indicator, view.title(asked[0]), figure, verdict),
    )


def comparable_values(view: View, country: str, period: str) -> pd.DataFrame:
    """Values of the country's cities that may be drawn together: shown and not flagged d."""
    estimates = view.results.estimates
    values = estimates[
        estimates["area"].isin(view.cities(country))
        & (estimates["period"] == period)
        & (estimates["disaggregation"] == TOTAL)
        & (estimates["conf_status"] == "")
        & estimates["value"].notna()
        & (estimates["obs_status"] != "d")
    ]
    keys = zip(*(values[name].to_list() for name in ("indicator", "area", "period")), strict=True)
    differs = np.array([view.differences.get(key, ("", ""))[0] == "d" for key in keys], dtype=bool)
    return values[~differs]


def comparable_spreads(view: View, country: str, period: str) -> dict[str, Spread]:
    """Lowest, quartiles and highest of the comparable cities' values, by indicator."""
    values = comparable_values(view, country, period)
    return {
        str(name): _spread(group.to_numpy(dtype=float))
        for name, group in values.groupby("indicator")["value"]
    }


def _spread(values: NDArray[np.float64]) -> Spread:
    lowest, first, median, third, highest = np.percentile(values, [0, 25, 50, 75, 100]).tolist()
    return Spread(lowest, first, median, third, highest, len(values))


def _counts(rows: Sequence[Row]) -> dict[str, int]:
    kinds = [_counted_as(row) for row in rows]
    return {kind: kinds.count(kind) for kind in COUNTED}


def _counted_as(row: Row) -> str:
    return "context" if row.higher_is_better is None else row.verdict.status


def _stand_outs(rows: Sequence[Row]) -> list[Row]:
    """The clearest differences, by standard errors; at least one strength if there is one.

    Policies are assessors' ratings, not samples, so chance is no yardstick for them.
    """
    measured = [row for row in rows if row.evidence != "policy"]
    clear = [row for row in measured if row.verdict.status in ("better", "worse")]
    clear.sort(key=lambda row: -abs(row.verdict.z or 0.0))
    chosen = clear[:STAND_OUTS]
    strength = next((row for row in clear if row.verdict.status == "better"), None)
    if strength and strength not in chosen:
        chosen[-1] = strength
    return chosen


def _missing_line(view: View, rows: Sequence[Row]) -> str:
    missing = sum(row.figure.value is None for row in rows)
    if not missing:
        return ""
    return view.words.ngettext(
        "{missing} of {n} indicators has no figure in this round.",
        "{missing} of {n} indicators have no figure in this round.",
        missing,
    ).format(missing=missing, n=len(rows))


def _notes(view: View, rows: Sequence[Row], area: str, period: str) -> tuple[str, ...]:
    """Why values carry the flags d and b, each reason with the indicators it concerns."""
    concerned: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        key = (row.indicator, area, period)
        if row.figure.value is not None and key in view.differences:
            concerned.setdefault(view.differences[key], []).append(row.title)
    return tuple(_note(view, *why, titles) for why, titles in concerned.items())


def _note(view: View, letter: str, reason: str, titles: Sequence[str]) -> str:
    if len(titles) <= NAMED:
        which = ", ".join(titles)
    else:
        which = view.words.ngettext("{n} indicator", "{n} indicators", len(titles)).format(
            n=len(titles)
        )
    template = view.words.gettext("[{letter}] {reason} ({indicators})")
    return template.format(letter=letter, reason=reason, indicators=which)


def _peers(view: View, area: str, period: str) -> tuple[Peer, ...]:
    table = view.results.peers
    found = table[(table["area"] == area) & (table["period"] == period)].sort_values("distance")
    context = [name for name in found.columns if name not in ("area", "period", "peer", "distance")]
    return tuple(
        Peer(row.peer, view.title(row.peer), _alike(view, row, context))
        for row in named_rows(found)
    )


def _alike(view: View, row: Any, context: Sequence[str]) -> str:
    parts = []
    for name in context:
        value = known(getattr(row, name))
        if value is not None:
            number = number_text(value, 0 if value >= 100 else 1, view.language)
            template = (
                worded(CONTEXT, name, view.language) if name in CONTEXT else name + " {value}"
            )
            parts.append(template.format(value=number))
    return ", ".join(parts)


def _citation(view: View, title: str, period: str) -> str:
    words = view.words.gettext(
        "{city}, {period}: safety profile. Urban Safety Monitor, version {version}, run {run}."
    )
    provenance = view.results.provenance
    return words.format(
        city=title, period=view.period(period), version=provenance.version, run=provenance.run_id
    )


def licence(view: View) -> str:
    """What may be done with a run's figures."""
    provenance = view.results.provenance
    if "licence" in provenance.options:
        return str(provenance.options["licence"])
    if provenance.demonstration:
        return view.words.gettext("Made-up data, free to use.")
    return view.words.gettext("The city decides on the use of its figures; name the source.")


def core_rows(profile: CityProfile) -> tuple[Row, ...]:
    """The rows a summary picture shows: core indicators from surveys and records."""
    return tuple(
        row for row in profile.rows if row.role == Status.CORE.value and row.evidence != "policy"
    )
