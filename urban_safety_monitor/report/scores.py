"""Scores as lines to show: never without interval, coverage and the names of what is missing."""

import math
from collections.abc import Sequence
from typing import Any

from urban_safety_monitor.catalogue.framework import Component
from urban_safety_monitor.report.numbers import interval_text, known, number_text
from urban_safety_monitor.report.records import CityOrder, OrderRow, Overall, ScoreLine
from urban_safety_monitor.report.view import View, alphabetical, named_rows
from urban_safety_monitor.report.wording import EVIDENCE, message, worded

WEIGHTS = "dirichlet_weights"


def domain_scores(view: View, area: str, period: str) -> tuple[ScoreLine, ...]:
    """Every domain of the framework in its order, also those without a score."""
    scores = _scores(view, area, period)
    domains = [c for c in view.catalogue.framework.components if c.level == "domain"]
    return tuple(_line(view, c.id, scores.get(c.id), c) for c in domains)


def evidence_scores(view: View, area: str, period: str) -> tuple[ScoreLine, ...]:
    """The classes of evidence apart: what people live through, feel, records, policies."""
    scores = _scores(view, area, period)
    present = [kind for kind in EVIDENCE if f"evidence:{kind}" in scores]
    return tuple(_line(view, f"evidence:{k}", scores[f"evidence:{k}"]) for k in present)


def overall_score(view: View, area: str, period: str) -> Overall | None:
    """The overall score with its span under other choices; none where it is not scored."""
    whole = whole_component(view)
    score = _scores(view, area, period).get(whole.id) if whole else None
    if whole is None or score is None or known(score.score) is None:
        return None
    spans = view.rows_of("robustness", area=area, period=period)
    span = next((row for row in spans if row.choice == WEIGHTS), None)
    lower, upper = (None, None) if span is None else (known(span.lower), known(span.upper))
    return Overall(
        line=_line(view, whole.id, score, whole),
        weights_lower=lower,
        weights_upper=upper,
        sentence=_span_sentence(view, lower, upper),
        importance=_importance(view),
    )


def city_order(
    view: View, component: str, period: str, country: str, areas: Sequence[str] | None = None
) -> CityOrder:
    """Rank intervals of a country's cities for a score, in alphabetical order.

    Places are those among all cities of the country, also where only some `areas` are shown. By
    sampling they are the rank sets, which hold for all cities at once, where the run has them.
    """
    scores = view.results.scores
    found = scores[(scores["component"] == component) & (scores["period"] == period)]
    weights = view.results.robustness
    weights = weights[(weights["period"] == period) & (weights["choice"] == WEIGHTS)]
    spans = {row.area: row for row in named_rows(weights)}
    whole = whole_component(view)
    of_whole = whole is not None and component == whole.id
    table = view.results.rank_sets
    table = table[(table["component"] == component) & (table["period"] == period)]
    sets = {row.area: (row.best, row.worst) for row in named_rows(table)}
    rows = [
        OrderRow(
            area=row.area,
            title=view.title(row.area),
            rank_lower=known(ranks[0]),
            rank_upper=known(ranks[1]),
            weights_lower=known(spans[row.area].rank_lower) if shown else None,
            weights_upper=known(spans[row.area].rank_upper) if shown else None,
        )
        for row in named_rows(found)
        for shown in [of_whole and row.area in spans]
        for ranks in [sets.get(row.area, (row.rank_lower, row.rank_upper))]
        if view.country_of.get(row.area) == country and row.area in (areas or [row.area])
        if known(row.rank_lower) is not None
    ]
    return CityOrder(
        language=view.language,
        component=component,
        title=component_title(view, component),
        country_title=view.title(country),
        period_text=view.period(period),
        rows=tuple(sorted(rows, key=lambda row: alphabetical(row.title))),
        pairs_line=pairs_line(view, [(row.rank_lower, row.rank_upper) for row in rows]),
        together=any(row.area in sets for row in rows),
        demonstration=view.demonstration,
        provenance=view.results.provenance,
    )


def pairs_line(view: View, ranks: list[tuple[float | None, float | None]]) -> str:
    """How many pairs of cities share a possible rank, so that their order is not known."""
    known_ranks = [(low, high) for low, high in ranks if low is not None and high is not None]
    pairs = math.comb(len(known_ranks), 2)
    if not pairs:
        return ""
    shared = sum(
        one[0] <= other[1] and other[0] <= one[1]
        for i, one in enumerate(known_ranks)
        for other in known_ranks[:i]
    )
    return view.words.ngettext(
        "{shared} of {pairs} pair of cities cannot be told apart.",
        "{shared} of {pairs} pairs of cities cannot be told apart.",
        pairs,
    ).format(shared=shared, pairs=pairs)


def _scores(view: View, area: str, period: str) -> dict[str, Any]:
    return {row.component: row for row in view.rows_of("scores", area=area, period=period)}


def whole_component(view: View) -> Component | None:
    """The component everything is part of, if the framework has one."""
    components = view.catalogue.framework.components
    return next((c for c in components if c.level == "overall"), None)


def component_title(view: View, component: str) -> str:
    """What readers call a component, an indicator or a class of evidence."""
    if component in view.catalogue.components:
        return view.catalogue.components[component].title.in_language(view.language)
    if component in view.catalogue.indicators:
        return view.catalogue.indicators[component].title.in_language(view.language)
    return worded(EVIDENCE, component.removeprefix("evidence:"), view.language)


def _line(view: View, name: str, row: Any | None, component: Component | None = None) -> ScoreLine:
    score, lower, upper, coverage = (
        None if row is None else known(getattr(row, column))
        for column in ("score", "lower", "upper", "coverage")
    )
    missing = tuple(component_title(view, part) for part in (row.missing.split() if row else []))
    interval = interval_text(lower, upper, 0, view.language)
    number = number_text(score, 0, view.language)
    question = component.question if component else None
    return ScoreLine(
        component=name,
        title=component_title(view, name),
        question=question.in_language(view.language) if question else "",
        score=score,
        lower=lower,
        upper=upper,
        text=f"{number} ({interval})" if interval else number,
        coverage=coverage,
        note=_note(view, score, coverage, missing),
        missing=missing,
    )


NOT_SCORED = message("Not scored: only {share}% of its core indicators are there.")
PARTLY = message("{share}% of its core indicators are there.")


def _note(view: View, score: float | None, coverage: float | None, missing: tuple[str, ...]) -> str:
    if coverage is None:
        return view.words.gettext("Not part of this run.")
    if score is not None and not missing:
        return ""
    template = NOT_SCORED if score is None else PARTLY
    return view.words.gettext(template).format(share=math.floor(coverage * 100))


def _span_sentence(view: View, lower: float | None, upper: float | None) -> str:
    if lower is None or upper is None:
        return ""
    return view.words.gettext(
        "With other reasonable weights it would be between {lower} and {upper}."
    ).format(lower=number_text(lower, 0, view.language), upper=number_text(upper, 0, view.language))


def _importance(view: View) -> tuple[tuple[str, str], ...]:
    domains = [c for c in view.catalogue.framework.components if c.level == "domain"]
    total = sum(c.importance for c in domains)
    return tuple(
        (
            c.title.in_language(view.language),
            number_text(100 * c.importance / total, 0, view.language) + "%",
        )
        for c in domains
    )
