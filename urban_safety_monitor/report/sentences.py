"""Generated sentences: whole templates per language, with the figures put in.

Figures in sentences have no decimals where that does not hide a difference the sentence is about.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import date

from urban_safety_monitor.catalogue.indicator import Indicator
from urban_safety_monitor.report.numbers import (
    Scale,
    days_text,
    decimals_of,
    interval_text,
    number_text,
    scale_of,
    value_text,
)
from urban_safety_monitor.report.records import Figure, Verdict
from urban_safety_monitor.report.view import View
from urban_safety_monitor.report.wording import MODES, Translator, message, translator, worded

DETECTABLE = 2.8
"""Standard errors in the smallest difference seen with 80 % power at the 5 % level."""

CHANCE = 0.05
"""Share of tests that call a difference clear although there is none."""

COMPLETE = {
    1: message("In {city}, {statement}. This is higher than {benchmark} ({against})."),
    -1: message("In {city}, {statement}. This is lower than {benchmark} ({against})."),
}
"""For complete counts: nothing was sampled, so nothing is said about chance."""

CLEAR = {
    1: message(
        "In {city}, {statement}. This is higher than {benchmark} ({against}); the difference is "
        "larger than chance would explain."
    ),
    -1: message(
        "In {city}, {statement}. This is lower than {benchmark} ({against}); the difference is "
        "larger than chance would explain."
    ),
}


def indicator_sentence(
    view: View, indicator: Indicator, city: str, figure: Figure, verdict: Verdict
) -> str:
    """How a figure and its status may be written: PRODUCT's "How may I write this?"."""
    if figure.value is None:
        return f"{indicator.title.in_language(view.language)}: {verdict.reason}"
    decimals = sentence_decimals(figure, verdict, indicator)
    parts = {
        "city": isolated(city),
        "statement": _statement(view, indicator, figure, decimals),
        "benchmark": view.benchmark_name(verdict.benchmark),
        "against": value_text(
            verdict.benchmark_value, scale_of(indicator), view.language, decimals
        ),
    }
    if verdict.status in ("better", "worse", "higher", "lower"):
        direction = 1 if (verdict.difference or 0) > 0 else -1
        templates = COMPLETE if verdict.z is None else CLEAR
        return view.words.gettext(templates[direction]).format(**parts)
    if verdict.status == "similar":
        return _similar(view, indicator, figure, parts)
    if verdict.status == "not_comparable":
        stated = view.words.gettext("In {city}, {statement}. Not comparable. {reason}")
    else:
        stated = view.words.gettext("In {city}, {statement}. {reason}")
    return stated.format(**parts, reason=verdict.reason)


def sentence_decimals(figure: Figure, verdict: Verdict, indicator: Indicator) -> int:
    """One decimal less than a table has, unless that makes different figures look the same."""
    if figure.value is None:
        return 0
    in_tables = decimals_of(figure.value, scale_of(indicator))
    fewer = max(0, in_tables - 1)
    others = [figure.lower, figure.upper]
    if verdict.status != "similar":
        others.append(verdict.benchmark_value)
    different = [other for other in others if other is not None and other != figure.value]
    hidden = any(round(other, fewer) == round(figure.value, fewer) for other in different)
    return in_tables if hidden else fewer


def _statement(view: View, indicator: Indicator, figure: Figure, decimals: int) -> str:
    scale, language = scale_of(indicator), view.language
    value = value_text(figure.value, scale, language, decimals)
    if indicator.statement is None:
        title = indicator.title.in_language(language)
        unit = indicator.unit_of_measure.in_language(language)
        stated = view.words.gettext("the figure for “{title}” is {value} ({unit})").format(
            title=title, value=value, unit=unit
        )
    else:
        stated = indicator.statement.in_language(language).strip().replace("{value}", value)
    interval = interval_text(figure.lower, figure.upper, decimals, language)
    return f"{stated} ({interval})" if interval else stated


def _similar(view: View, indicator: Indicator, figure: Figure, parts: Mapping[str, str]) -> str:
    said = view.words.gettext(
        "In {city}, {statement}. We cannot tell this apart from {benchmark} ({against})."
    ).format(**parts)
    detectable = smallest_difference(figure)
    in_points = scale_of(indicator) in (Scale.PERCENT, Scale.POINTS)
    if not (indicator.from_survey and figure.n and detectable and in_points):
        return said
    points = max(1, round(detectable))
    seen = view.words.ngettext(
        "With {n} interviews we could have seen a difference of about {points} point.",
        "With {n} interviews we could have seen a difference of about {points} points.",
        points,
    )
    return f"{said} {seen.format(n=figure.n_text, points=points)}"


def smallest_difference(figure: Figure) -> float | None:
    """The smallest difference from a fixed number the survey could have seen, in the unit."""
    return DETECTABLE * figure.standard_error if figure.standard_error else None


def headline(view: View, counts: Mapping[str, int], benchmark: str) -> str:
    """What the whole profile says: how many are better, worse and similar, and how many are not."""
    words = view.words
    compared = counts["better"] + counts["worse"] + counts["similar"]
    if not compared:
        return words.gettext("No indicator can be compared with {benchmark}.").format(
            benchmark=view.benchmark_name(benchmark)
        )
    said = [
        words.gettext("{better}, {worse} and {similar} to {benchmark}.").format(
            better=_better(words, counts["better"]),
            worse=_worse(words, counts["worse"]),
            similar=_similar_count(words, counts["similar"]),
            benchmark=view.benchmark_name(benchmark),
        )
    ]
    if counts["not_comparable"]:
        said.append(
            words.ngettext(
                "{n} cannot be compared.", "{n} cannot be compared.", counts["not_comparable"]
            ).format(n=counts["not_comparable"])
        )
    if counts["no_status"]:
        said.append(_without_status(words, counts["no_status"]))
    return " ".join(said)


def _better(words: Translator, n: int) -> str:
    if n == 0:
        return words.gettext("No indicator is better")
    return words.ngettext("{n} indicator is better", "{n} indicators are better", n).format(n=n)


def _worse(words: Translator, n: int) -> str:
    if n == 0:
        return words.gettext("none is worse")
    return words.ngettext("{n} is worse", "{n} are worse", n).format(n=n)


def _similar_count(words: Translator, n: int) -> str:
    if n == 0:
        return words.gettext("none is similar")
    return words.ngettext("{n} is similar", "{n} are similar", n).format(n=n)


def _without_status(words: Translator, n: int) -> str:
    return words.ngettext(
        "{n} has no status: too uncertain, withheld, not asked or without a benchmark.",
        "{n} have no status: too uncertain, withheld, not asked or without a benchmark.",
        n,
    ).format(n=n)


def survey_facts(view: View, area: str, period: str) -> str:
    """Interviews, how they were held and when; nothing where no survey is known."""
    table = view.results.surveys
    found = table[(table["area"] == area) & (table["period"] == period)]
    if found.empty:
        return view.words.gettext("No survey in this period; figures come from records.")
    survey = found.iloc[0]
    first, last = (date.fromisoformat(survey[name]) for name in ("first_day", "last_day"))
    interviews = int(survey["interviews"])
    return view.words.ngettext(
        "{n} interview, {mode}, {days}.", "{n} interviews, {mode}, {days}.", interviews
    ).format(
        n=number_text(interviews, 0, view.language),
        mode=worded(MODES, survey["mode"], view.language),
        days=days_text(first, last, view.language),
    )


def chance_line(tests: int, language: str) -> str:
    """How many of so many tests chance alone would flag."""
    if not tests:
        return ""
    words = translator(language)
    low, high = math.floor(tests * CHANCE), math.ceil(tests * CHANCE)
    if low == high:
        return words.gettext("About {k} of {n} would be flagged by chance alone.").format(
            k=low, n=tests
        )
    return words.gettext("About {low} to {high} of {n} would be flagged by chance alone.").format(
        low=low, high=high, n=tests
    )


def cannot_compare(view: View, cities: Sequence[tuple[str, str]]) -> str:
    """Which cities cannot be compared, each with its reason."""
    template = view.words.gettext("{city} cannot: {reason}")
    return " ".join(template.format(city=isolated(city), reason=reason) for city, reason in cities)


def isolated(name: str) -> str:
    """A name kept apart from its neighbours where it runs from right to left."""
    return f"\u2068{name}\u2069" if any("\u0590" <= c <= "\u08ff" for c in name) else name
