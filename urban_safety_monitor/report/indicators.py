"""The list of indicators and the page of one: what it measures, how, and where it is known."""

from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.catalogue.indicator import Goalposts, Indicator
from urban_safety_monitor.catalogue.measures import (
    Average,
    Checklist,
    Gap,
    Mean,
    Proportion,
    Rate,
    RateRatio,
    Ratio,
    RecordedShare,
    RecordedValue,
    Total,
    parts_of,
)
from urban_safety_monitor.errors import DataError
from urban_safety_monitor.report.comparison import compared
from urban_safety_monitor.report.numbers import number_text
from urban_safety_monitor.report.records import CityComparison
from urban_safety_monitor.report.view import View
from urban_safety_monitor.report.wording import EVIDENCE, ROLES, message, translator, worded
from urban_safety_monitor.tables.run import Results

HOW_MEASURED = {
    Proportion: message("Share of the people asked to whom this applies, weighted."),
    Mean: message("Mean over the people asked, weighted."),
    Ratio: message("One weighted total over another."),
    Total: message("Weighted total."),
    Gap: message("Difference between two groups' shares, weighted."),
    Average: message("Mean of several shares, each estimated apart."),
    Rate: message("Recorded events per 100,000 residents."),
    RateRatio: message("Rate of recorded events in one group over that in another."),
    RecordedShare: message("Recorded events of one kind among recorded events of a wider kind."),
    RecordedValue: message("A figure its holder has computed."),
    Checklist: message("Mean answer of the assessors to checklist items."),
}

DIRECTIONS = {
    True: message("higher is better"),
    False: message("lower is better"),
    None: message("neither is better"),
}


@dataclass(frozen=True)
class IndicatorLine:
    """One line of the list; `cities` is how many have a value in their last round."""

    indicator: str
    title: str
    definition: str
    domain: str
    domain_title: str
    direction: str
    source: str
    role: str
    cities: int
    countries: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """A survey question an indicator rests on, with its answer codes."""

    variable: str
    text: str
    codes: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class IndicatorPage:
    """Everything declared about one indicator, and its values in each country's last round."""

    line: IndicatorLine
    unit: str
    measured: str
    questions: tuple[Question, ...]
    goalposts: str
    goalposts_reason: str
    missing_rule: str
    notes: str
    frameworks: tuple[str, ...]
    references: tuple[tuple[str, str], ...]
    disaggregations: tuple[str, ...]
    version: int
    sensitive: bool
    comparisons: tuple[CityComparison, ...]


def indicator_list(
    results: Results, catalogue: Catalogue, *, language: str = "en"
) -> tuple[IndicatorLine, ...]:
    """All indicators of the catalogue, domain by domain."""
    view = View(results, catalogue, language)
    held = view.results.held
    there = held[held["valued"] & held["area"].isin(view.country_of)]
    cities = there.groupby("indicator")["area"].unique()
    names = sorted(catalogue.indicators, key=view.place_of)
    return tuple(_line(view, catalogue.indicators[name], cities.get(name, ())) for name in names)


def indicator_page(
    results: Results, catalogue: Catalogue, indicator: str, *, language: str = "en"
) -> IndicatorPage:
    """One indicator: declaration, questions and values.

    Raises:
        DataError: the catalogue has no such indicator.
    """
    if indicator not in catalogue.indicators:
        raise DataError(f"indicator {indicator!r}: not in the catalogue")
    view = View(results, catalogue, language)
    declared = catalogue.indicators[indicator]
    posts = declared.goalposts
    texts = (declared.missing_rule, declared.notes)
    missing_rule, notes = (text.in_language(language) if text else "" for text in texts)
    return IndicatorPage(
        line=_line(view, declared, _with_values(results, indicator)["area"].unique()),
        unit=declared.unit_of_measure.in_language(language),
        measured=how_measured(declared, language),
        questions=_questions(view, declared),
        goalposts=_goalposts(view, posts) if posts else "",
        goalposts_reason=posts.reason.in_language(language) if posts else "",
        missing_rule=missing_rule,
        notes=notes,
        frameworks=declared.frameworks,
        references=tuple((r.title.strip(), r.url or "") for r in declared.references),
        disaggregations=tuple(
            catalogue.disaggregations[name].title.in_language(language)
            for name in declared.disaggregations
            if name in catalogue.disaggregations
        ),
        version=declared.version,
        sensitive=declared.sensitive,
        comparisons=_last_comparisons(view, indicator),
    )


def last_rounds(results: Results, indicator: str) -> dict[str, str]:
    """The last round with a value of an indicator, by country."""
    there = _with_values(results, indicator)
    country_of = results.areas.set_index("area")["country"]
    last = there["period"].groupby(there["area"].map(country_of)).max()
    return {str(country): str(period) for country, period in last.items()}


def how_measured(indicator: Indicator, language: str) -> str:
    """In one sentence, how the figure is made."""
    return translator(language).gettext(HOW_MEASURED[type(indicator.measure)])


def _with_values(results: Results, indicator: str) -> pd.DataFrame:
    """The cities and rounds with a value of an indicator."""
    held, areas = results.held, results.areas
    of_it = held[held["valued"] & (held["indicator"] == indicator)]
    return of_it[of_it["area"].isin(areas.loc[areas["level"] == "city", "area"])]


def _line(view: View, indicator: Indicator, cities: Collection[str]) -> IndicatorLine:
    language = view.language
    domain = view.catalogue.domain_of(indicator.id)
    better = indicator.goalposts.higher_is_better if indicator.goalposts else None
    return IndicatorLine(
        indicator=indicator.id,
        title=indicator.title.in_language(language),
        definition=indicator.definition.in_language(language).strip(),
        domain=domain.id if domain else "",
        domain_title=domain.title.in_language(language) if domain else "",
        direction=view.words.gettext(DIRECTIONS[better]),
        source=worded(EVIDENCE, indicator.evidence.value, language),
        role=worded(ROLES, indicator.status.value, language),
        cities=len(cities),
        countries=tuple(sorted({view.country_of[city] for city in cities})),
    )


def _questions(view: View, indicator: Indicator) -> tuple[Question, ...]:
    if not indicator.from_survey:
        return ()
    parts = parts_of(indicator.measure)  # type: ignore[arg-type]
    columns = dict.fromkeys(column for part in parts for column, _ in part.codes_used())
    variables = [view.catalogue.columns[c] for c in columns if c in view.catalogue.columns]
    return tuple(
        Question(
            variable=variable.name,
            text=variable.question.in_language(view.language),
            codes=tuple((k, v.in_language(view.language)) for k, v in variable.codes.items()),
        )
        for variable in variables
    )


def _goalposts(view: View, posts: Goalposts) -> str:
    worst, best = (
        post
        if isinstance(post, str)
        else number_text(post, 0 if post == int(post) else 1, view.language)
        for post in (posts.scores_0, posts.scores_100)
    )
    return view.words.gettext("{worst} scores 0, {best} scores 100").format(worst=worst, best=best)


def _last_comparisons(view: View, indicator: str) -> tuple[CityComparison, ...]:
    last = last_rounds(view.results, indicator)
    return tuple(compared(view, indicator, last[country], country=country) for country in last)
