"""Overall scores under a reader's own importance of the domains: what changes, never who is first.

Scores are aggregated anew from the stored scores of domains. Their intervals follow from those of
the domains, with the one correlation between domains that gives back the stored interval: so the
declared weights give the published interval, and a single domain its own.

    h(w)^2 = (1 - r) sum (w h_j)^2 + r (sum w h_j)^2     h: half an interval's width
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import comb

import numpy as np
from numpy.typing import NDArray

from urban_safety_monitor.catalogue.framework import Component
from urban_safety_monitor.report.numbers import interval_text, known, number_text
from urban_safety_monitor.report.scores import whole_component
from urban_safety_monitor.report.view import View, alphabetical
from urban_safety_monitor.statistics.aggregation import aggregate
from urban_safety_monitor.tables.run import Provenance

Floats = NDArray[np.float64]

TEN = 10


@dataclass(frozen=True)
class Span:
    """A score from 0 to 100 with its interval, as numbers and as text."""

    score: float | None
    lower: float | None
    upper: float | None
    text: str


@dataclass(frozen=True)
class Weighed:
    """A city's overall score under the declared importance and under the reader's."""

    area: str
    title: str
    declared: Span
    own: Span


@dataclass(frozen=True)
class OwnWeights:
    """The cities of a country in alphabetical order, and how many pairs of them change places.

    `shares` has each domain's id, title, declared share and the reader's, in percent. `line` is
    empty as long as the weights are the declared ones. `ends` are those of a scale, in tens, with
    room for every interval.
    """

    language: str
    country_title: str
    period: str
    period_text: str
    shares: tuple[tuple[str, str, str, str], ...]
    rows: tuple[Weighed, ...]
    ends: tuple[int, int]
    line: str
    demonstration: str
    provenance: Provenance


@dataclass(frozen=True)
class _Scores:
    """Stored scores of cities (n,) and of their domains (n, k), each with its interval."""

    whole: dict[str, Floats]
    parts: dict[str, Floats]


def own_weights(
    view: View,
    period: str,
    country: str,
    factors: Mapping[str, float],
    areas: Sequence[str] | None = None,
) -> OwnWeights | None:
    """Overall scores with the importance of domains multiplied by a reader's factors.

    Args:
        view: a run seen through its catalogue.
        period: the round.
        country: whose cities.
        factors: by domain, 0 or more; 1 where none is named. If all are 0 they are taken as 1.
        areas: only these cities; all where none are given.

    Returns:
        None where no city has an overall score.
    """
    whole = whole_component(view)
    if whole is None:
        return None
    domains = [c for c in view.catalogue.framework.components if c.parent == whole.id]
    cities = _scored(view, whole.id, period, country, areas)
    if not cities:
        return None
    stored = _stored(view, period, cities, [whole.id, *(c.id for c in domains)])
    declared = np.array([c.importance for c in domains])
    chosen = declared * [max(0.0, factors.get(c.id, 1.0)) for c in domains]
    own = chosen if chosen.any() else declared
    spans = _reweighted(stored, whole, declared, own)
    changed = not np.allclose(own / own.sum(), declared / declared.sum())
    return OwnWeights(
        language=view.language,
        country_title=view.title(country),
        period=period,
        period_text=view.period(period),
        shares=_shares(view, domains, declared, own),
        rows=tuple(
            Weighed(
                area=area,
                title=view.title(area),
                declared=_span([stored.whole[name][i] for name in spans], view.language),
                own=_span([spans[name][i] for name in spans], view.language),
            )
            for i, area in enumerate(cities)
        ),
        ends=_ends([*stored.whole.values(), *spans.values()]),
        line=_line(view, stored.whole["score"], spans["score"]) if changed else "",
        demonstration=view.demonstration,
        provenance=view.results.provenance,
    )


def _scored(
    view: View, whole: str, period: str, country: str, areas: Sequence[str] | None
) -> list[str]:
    """Cities with an overall score that takes part in the order, by name."""
    table = view.results.scores
    there = table[(table["component"] == whole) & (table["period"] == period)]
    there = there[there["rank"].notna() & there["score"].notna()]
    inside = [a for a in there["area"] if view.country_of.get(a) == country]
    wanted = [a for a in inside if a in (areas or [a])]
    return sorted(wanted, key=lambda area: alphabetical(view.title(area)))


def _stored(view: View, period: str, cities: list[str], components: list[str]) -> _Scores:
    table = view.results.scores
    table = table[
        (table["period"] == period)
        & table["area"].isin(cities)
        & table["component"].isin(components)
    ]
    wide = {
        name: table.pivot(index="area", columns="component", values=name)
        .reindex(index=cities, columns=components)
        .to_numpy(dtype=float)
        for name in ("score", "lower", "upper")
    }
    return _Scores(
        {name: values[:, 0] for name, values in wide.items()},
        {name: values[:, 1:] for name, values in wide.items()},
    )


def _reweighted(
    stored: _Scores, whole: Component, declared: Floats, own: Floats
) -> dict[str, Floats]:
    """Score, lower and upper (n,) under the importance `own` (k,)."""
    points, published = stored.parts["score"], stored.whole
    half = np.nan_to_num((stored.parts["upper"] - stored.parts["lower"]) / 2)
    there = ~np.isnan(points)
    before, after = _half_width(half, there * declared), _half_width(half, there * own)
    width = (published["upper"] - published["lower"]) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        shared = (width**2 - before[0]) / (before[1] - before[0])
        shared = np.where(np.isfinite(shared), np.clip(shared, 0, 1), 0.0)
        grown = np.sqrt(_mixed(after, shared) / _mixed(before, shared))
        grown = np.where(np.isfinite(grown), grown, 1.0)
        score = aggregate(points, own, whole.aggregation)
    return {
        "score": score,
        "lower": np.clip(score - (published["score"] - published["lower"]) * grown, 0, 100),
        "upper": np.clip(score + (published["upper"] - published["score"]) * grown, 0, 100),
    }


def _half_width(half: Floats, importance: Floats) -> tuple[Floats, Floats]:
    """Squared half widths (n,) were domains independent, and were they all as one."""
    with np.errstate(divide="ignore", invalid="ignore"):
        weighed = half * importance / importance.sum(axis=1, keepdims=True)
    return (weighed**2).sum(axis=1), weighed.sum(axis=1) ** 2


def _mixed(widths: tuple[Floats, Floats], shared: Floats) -> Floats:
    apart, together = widths
    return apart + shared * (together - apart)


def _span(numbers: Sequence[float], language: str) -> Span:
    score, lower, upper = (known(number) for number in numbers)
    interval = interval_text(lower, upper, 0, language)
    text = number_text(score, 0, language)
    return Span(score, lower, upper, f"{text} ({interval})" if interval else text)


def _ends(spans: Sequence[Floats]) -> tuple[int, int]:
    lowest, highest = np.nanmin(spans), np.nanmax(spans)
    return int(lowest // TEN * TEN), int(-(-highest // TEN) * TEN)


def _shares(
    view: View, domains: Sequence[Component], declared: Floats, own: Floats
) -> tuple[tuple[str, str, str, str], ...]:
    def percent(shares: Floats, i: int) -> str:
        return number_text(100 * shares[i] / shares.sum(), 0, view.language) + "%"

    return tuple(
        (c.id, c.title.in_language(view.language), percent(declared, i), percent(own, i))
        for i, c in enumerate(domains)
    )


def _line(view: View, before: Floats, after: Floats) -> str:
    """How many pairs are in one order before and in the other after; ties do not count."""
    higher, lower = np.triu_indices(len(before), 1)
    signs = [np.sign(np.round(values[higher] - values[lower], 9)) for values in (before, after)]
    changed = int((signs[0] * signs[1] < 0).sum())
    pairs = comb(len(before), 2)
    return view.words.ngettext(
        "{changed} of {pairs} pair of cities changes places against the declared weights.",
        "{changed} of {pairs} pairs of cities change places against the declared weights.",
        pairs,
    ).format(changed=changed, pairs=pairs)
