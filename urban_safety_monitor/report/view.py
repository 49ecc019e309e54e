"""A run seen through a catalogue in one language: rows of tables become figures and verdicts."""

import unicodedata
from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, TypeVar

import pandas as pd

from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.catalogue.indicator import Indicator, Status
from urban_safety_monitor.errors import DataError
from urban_safety_monitor.report.numbers import (
    decimals_of,
    interval_text,
    known,
    number_text,
    period_text,
    scale_of,
    value_text,
)
from urban_safety_monitor.report.records import Figure, Verdict
from urban_safety_monitor.report.wording import (
    BENCHMARKS,
    FLAG_OF_REASON,
    FLAG_OF_STATUS,
    FLAGS,
    NO_STATUS_WORDS,
    REASONS,
    STATUS_WORDS,
    SYMBOLS,
    Translator,
    demonstration_text,
    translator,
    worded,
)
from urban_safety_monitor.tables.inputs import TOTAL
from urban_safety_monitor.tables.run import Results

Found = TypeVar("Found")


@dataclass(frozen=True)
class View:
    """The one place that turns numbers into their texts and keys into their words."""

    results: Results
    catalogue: Catalogue
    language: str

    @property
    def words(self) -> Translator:
        """Translations of the view's language."""
        return translator(self.language)

    @property
    def demonstration(self) -> str:
        """The demonstration mark, or nothing."""
        return demonstration_text(self.results.provenance.demonstration, self.language)

    @cached_property
    def titles(self) -> dict[str, str]:
        """The name of each area."""
        areas = self.results.areas
        return dict(zip(areas["area"].to_list(), areas["title"].to_list(), strict=True))

    @cached_property
    def country_of(self) -> dict[str, str]:
        """The country of each city."""
        areas = self.results.areas
        cities = areas[areas["level"] == "city"]
        return dict(zip(cities["area"].to_list(), cities["country"].to_list(), strict=True))

    @cached_property
    def differences(self) -> dict[tuple[str, str, str], tuple[str, str]]:
        """Status (b or d) and reason by indicator, area and period."""
        column = "reason_es" if self.language == "es" else "reason_en"
        table = self.results.differences
        keys = zip(table["indicator"], table["area"], table["period"], strict=True)
        return dict(zip(keys, zip(table["obs_status"], table[column], strict=True), strict=True))

    @cached_property
    def reported(self) -> list[Indicator]:
        """Indicators the run has rows for, in the order readers see them."""
        named = [name for name in self.catalogue.indicators if name in self.results.indicators]
        return [self.catalogue.indicators[name] for name in sorted(named, key=self.place_of)]

    def title(self, area: str) -> str:
        """An area's name; its id where it has none."""
        return self.titles.get(area, area)

    def city_title(self, area: str) -> str:
        """A city's name.

        Raises:
            DataError: there is no such city; the message lists those there are.
        """
        if area not in self.country_of:
            known_cities = ", ".join(sorted(self.country_of)) or "none"
            raise DataError(f"city {area!r}: not in this run; there are {known_cities}")
        return self.title(area)

    def cities(self, country: str, areas: Sequence[str] | None = None) -> list[str]:
        """The cities of a country, or those of them that are named.

        Raises:
            DataError: there is no such country, or a city is not in it.
        """
        countries = sorted(set(self.country_of.values()))
        if country not in countries:
            there = ", ".join(countries)
            raise DataError(f"country {country!r}: not in this run; there are {there}")
        of_country = [area for area, its in self.country_of.items() if its == country]
        unknown = [area for area in areas or () if area not in of_country]
        if unknown:
            raise DataError(f"city {area!r}: not in {country}" for area in unknown)
        return of_country if areas is None else list(dict.fromkeys(areas))

    def period(self, period: str) -> str:
        """A period as readers write it."""
        return period_text(period, self.language)

    @cached_property
    def _found(self) -> dict[tuple[Any, ...], Any]:
        return {}

    def once(self, make: Callable[..., Found], *asked: str) -> Found:
        """What a function makes of this view and what is asked: made once."""
        if (make, *asked) not in self._found:
            self._found[make, *asked] = make(self, *asked)
        return self._found[make, *asked]

    def rows_of(self, table: str, **wanted: str) -> Sequence[Any]:
        """The rows of a table that have these values in these columns; looked for once."""
        asked = (table, *wanted.items())
        if asked not in self._found:
            there = getattr(self.results, table)
            for column, value in wanted.items():
                there = there[there[column] == value]
            self._found[asked] = list(named_rows(there))
        return self._found[asked]

    def totals(self, area: str, period: str) -> dict[str, Any]:
        """A city's estimates for everybody, by indicator.

        Raises:
            DataError: the city has no results for the period; the message lists its periods.
        """
        rows = self.rows_of("estimates", area=area, period=period)
        found = {row.indicator: row for row in rows if row.disaggregation == TOTAL}
        if not found:
            table = self.results.estimates
            everybody = (table["area"] == area) & (table["disaggregation"] == TOTAL)
            periods = ", ".join(sorted(table.loc[everybody, "period"].unique())) or "none"
            raise DataError(f"city {area!r}: no results for {period!r}; there are {periods}")
        return found

    def comparisons(self, area: str, period: str, benchmark: str) -> dict[str, Any]:
        """A city's comparisons with one benchmark, by indicator."""
        rows = self.rows_of("comparisons", area=area, period=period)
        return {row.component: row for row in rows if row.benchmark == benchmark}

    def figure(self, estimate: Any | None, indicator: Indicator) -> Figure:
        """The figure of an estimate's row; one without numbers where there is no row."""
        return figure_of(estimate, indicator, self.language, self._difference(estimate))

    def _difference(self, estimate: Any | None) -> str:
        """Letter b or d where a value for everybody cannot be compared."""
        if estimate is None or estimate.disaggregation != TOTAL:
            return ""
        key = (estimate.indicator, estimate.area, estimate.period)
        return self.differences.get(key, ("", ""))[0]

    def verdict(
        self, comparison: Any | None, figure: Figure, indicator: Indicator, benchmark: str
    ) -> Verdict:
        """The pipeline's status of a figure; no status where it was not compared."""
        status = "no_status" if comparison is None else comparison.status
        reason = _reason_without_row(figure, benchmark) if comparison is None else comparison.reason
        # A value of another definition keeps its number, but has no benchmark to stand beside.
        compared = None if status == "not_comparable" else comparison
        against, scale = _number(compared, "benchmark_value"), scale_of(indicator)
        decimals = None if figure.value is None else decimals_of(figure.value, scale)
        symbol, word = self._status_shown(status, reason, figure)
        return Verdict(
            benchmark=benchmark,
            benchmark_value=against,
            benchmark_text=value_text(against, scale, self.language, decimals),
            difference=_number(comparison, "difference"),
            z=_number(comparison, "z"),
            status=status,
            symbol=symbol,
            word=word,
            reason_key=reason,
            reason=self._reason(reason, comparison, figure),
        )

    def _status_shown(self, status: str, reason: str, figure: Figure) -> tuple[str, str]:
        letter = FLAG_OF_REASON.get(reason, "")
        if status == "not_comparable":
            return f"[{letter or 'd'}]", worded(STATUS_WORDS, status, self.language)
        if status == "no_status" and letter in figure.flags:
            return f"[{letter}]", worded(NO_STATUS_WORDS, reason, self.language)
        return SYMBOLS.get(status, "–"), worded(STATUS_WORDS, status, self.language)

    def _reason(self, reason: str, comparison: Any | None, figure: Figure) -> str:
        if reason in ("definition_differs", "series_break") and comparison is not None:
            key = (comparison.component, comparison.area, comparison.period)
            if key in self.differences:
                return self.differences[key][1]
        letter = FLAG_OF_REASON.get(reason, "")
        if letter in ("c", "u", "x") and letter not in figure.flags:
            return self.words.gettext(
                "The value of the last round is missing, withheld or too uncertain."
            )
        return worded(REASONS, reason, self.language)

    def benchmark_name(self, benchmark: str) -> str:
        """A benchmark as sentences name it."""
        return worded(BENCHMARKS, benchmark, self.language)

    def place_of(self, indicator: str) -> tuple[int, int, int, int]:
        """Where an indicator stands: by domain, sub-domain, role and the catalogue's order."""
        return place_of(self.catalogue, indicator)

    def flags_explained(self, figures: list[Figure]) -> dict[str, str]:
        """The flags these figures carry, each with its meaning."""
        return flags_explained(figures, self.language)


def named_rows(frame: pd.DataFrame) -> Iterator[Any]:
    """Rows as named tuples; their cells have whatever type the column has.

    `itertuples` takes five times as long for columns of text.
    """
    cells = zip(*(frame[name].to_list() for name in frame), strict=True)
    return map(_row_type(tuple(frame.columns))._make, cells)


@cache
def _row_type(names: tuple[str, ...]) -> Any:
    """Making a type takes as long as reading a hundred rows."""
    return namedtuple("Row", names, rename=True)


def alphabetical(title: str) -> tuple[bool, str]:
    """A key that orders names whatever their accents; other scripts come last."""
    plain = unicodedata.normalize("NFKD", title)
    letters = "".join(c for c in plain if not unicodedata.combining(c)).casefold()
    return (not letters[:1].isascii(), letters)


def figure_of(
    estimate: Any | None, indicator: Indicator, language: str, difference: str = ""
) -> Figure:
    """The figure of an estimate's row; one without numbers where there is no row.

    `difference` is the letter of what makes the value not comparable, if anything does.
    """
    if estimate is None:
        return NO_FIGURE
    value, lower, upper = known(estimate.value), known(estimate.lower), known(estimate.upper)
    scale = scale_of(indicator)
    decimals = 0 if value is None else decimals_of(value, scale)
    n = known(estimate.n)
    return Figure(
        value=value,
        lower=lower,
        upper=upper,
        standard_error=known(estimate.standard_error),
        n=n,
        n_effective=known(estimate.n_effective),
        obs_status=estimate.obs_status,
        conf_status=estimate.conf_status,
        flags=_flags(estimate.obs_status, estimate.conf_status, value is None, difference),
        value_text=value_text(value, scale, language),
        interval_text=interval_text(lower, upper, decimals, language),
        n_text=number_text(n, 0, language),
    )


NO_FIGURE = Figure(
    value=None,
    lower=None,
    upper=None,
    standard_error=None,
    n=None,
    n_effective=None,
    obs_status="x",
    conf_status="",
    flags=("x",),
    value_text="",
    interval_text="",
    n_text="",
)
"""Where there is no row."""


def place_of(catalogue: Catalogue, indicator: str) -> tuple[int, int, int, int]:
    """Where an indicator stands: by domain, sub-domain, role and the catalogue's order."""
    places = {component.id: i for i, component in enumerate(catalogue.framework.components)}
    domain = catalogue.domain_of(indicator)
    declared = catalogue.indicators[indicator]
    last = len(places)
    return (
        places.get(domain.id, last) if domain else last,
        places.get(declared.component, last),
        list(Status).index(declared.status),
        list(catalogue.indicators).index(indicator),
    )


def flags_explained(figures: Iterable[Figure], language: str) -> dict[str, str]:
    """The flags these figures carry, each with its meaning."""
    used = {letter for figure in figures for letter in figure.flags}
    return {k: worded(FLAGS, k, language) for k in FLAGS if k in used}


@cache
def _flags(obs_status: str, conf_status: str, is_missing: bool, difference: str) -> tuple[str, ...]:
    if conf_status == "C":
        return ("c",)
    letters = {FLAG_OF_STATUS.get(obs_status, "")}
    if is_missing:
        letters = {"x"} if letters <= {""} else letters
    else:
        letters |= {difference}
    return tuple(letter for letter in FLAGS if letter in letters)


def _number(row: Any | None, name: str) -> float | None:
    return None if row is None else known(getattr(row, name))


def _reason_without_row(figure: Figure, benchmark: str) -> str:
    if "c" in figure.flags:
        return "withheld"
    if figure.value is None:
        return "not_collected"
    if "u" in figure.flags:
        return "low_reliability"
    return {"target": "no_target", "previous": "no_earlier_round"}.get(benchmark, "too_few_areas")
