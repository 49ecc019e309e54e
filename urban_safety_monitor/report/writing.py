"""How a figure may be written about: sentences to print as they stand, and one that says too much.

What may be printed names value, interval, round, people asked and status. What may not is the
sentence most often made of such a figure, with the reason why it is wrong.
"""

from dataclasses import dataclass

from urban_safety_monitor.report.records import CityProfile, Row
from urban_safety_monitor.report.sentences import isolated
from urban_safety_monitor.report.wording import Translator, message, translator, worded

SOURCES = {
    "survey": message(
        "Household survey of {city}, {period}, {n} answers; in brackets the range that sampling "
        "allows (95% interval)."
    ),
    "administrative": message(
        "Recorded by authorities in {city}, {period}; what was not reported to them is missing."
    ),
    "policy": message(
        "Answers to a checklist on the city's policies, {city}, {period}; a rating, not a survey."
    ),
}

WRONG = {
    "better": message("“{title}: {value}. This shows that the policies of {city} work.”"),
    "worse": message("“{title}: {value}. This shows that the policies of {city} fail.”"),
    "higher": message("“{title}: {value} in {city}, a bad sign.”"),
    "lower": message("“{title}: {value} in {city}, a good sign.”"),
    "above": message("“{title}: {value} in {city}, higher than {benchmark}.”"),
    "below": message("“{title}: {value} in {city}, lower than {benchmark}.”"),
    "not_comparable": message("“{title}: at {value}, {city} differs from the others.”"),
    "nothing": message("“{title}: 0 in {city}.”"),
    "exactly": message("“{title}: exactly {value} in {city}.”"),
}

WHY = {
    "better": message("A comparison says that there is a difference, not what made it."),
    "worse": message("A comparison says that there is a difference, not what made it."),
    "higher": message("This figure has no good side: more is neither better nor worse."),
    "lower": message("This figure has no good side: more is neither better nor worse."),
    "above": message("The survey cannot tell the two apart; chance alone could explain it."),
    "below": message("The survey cannot tell the two apart; chance alone could explain it."),
    "nothing": message("A figure that is withheld or was not collected is not zero."),
    "exactly": message("It hides how sure the figure is."),
}


@dataclass(frozen=True)
class Writing:
    """Sentences that may be printed as they stand; one that may not, and why."""

    may: tuple[str, ...]
    may_not: str
    why: str


def how_to_write(profile: CityProfile, row: Row) -> Writing:
    """How one indicator of a city may be written about."""
    words = translator(profile.language)
    kind = _tempting(row)
    wrong = words.gettext(WRONG[kind]).format(
        title=row.title,
        value=row.figure.value_text,
        city=isolated(profile.title),
        benchmark=profile.benchmark_name,
    )
    why = row.verdict.reason if kind == "not_comparable" else worded(WHY, kind, profile.language)
    if row.figure.value is None:
        return Writing((row.sentence,), wrong, why)
    return Writing((row.sentence, _source(words, profile, row)), wrong, why)


def _tempting(row: Row) -> str:
    """The mistake a reader is most likely to make with this figure."""
    verdict = row.verdict
    if row.figure.value is None:
        return "nothing"
    if verdict.status == "similar" and verdict.difference:
        return "above" if verdict.difference > 0 else "below"
    return verdict.status if verdict.status in WRONG else "exactly"


def _source(words: Translator, profile: CityProfile, row: Row) -> str:
    kind = row.evidence if row.evidence in SOURCES else "survey"
    return words.gettext(SOURCES[kind]).format(
        city=isolated(profile.title), period=profile.period_text, n=row.figure.n_text
    )
