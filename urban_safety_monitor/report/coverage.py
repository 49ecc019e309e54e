"""Which cities and rounds a run holds, and which of them somebody means."""

from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

import pandas as pd

from urban_safety_monitor.errors import DataError
from urban_safety_monitor.report.numbers import number_text, period_text
from urban_safety_monitor.report.view import alphabetical
from urban_safety_monitor.report.wording import locale_of, translator
from urban_safety_monitor.tables.run import Results


@dataclass(frozen=True)
class Place:
    """A city and its rounds, the latest first, each with the text readers know it by."""

    area: str
    title: str
    country: str
    country_title: str
    periods: dict[str, str]


@dataclass(frozen=True)
class Coverage:
    """Every city that has results, by country and name; `line` says how much there is.

    `first` is the city the run's own list of areas begins with.
    """

    language: str
    places: tuple[Place, ...]
    countries: dict[str, str]
    first: str
    line: str

    def place(self, area: str) -> Place:
        """A city by its id or, as people write it, its name.

        Raises:
            DataError: there is none; the message names the one that is meant, if one is near.
        """
        found = self._by_name.get(area.strip().casefold())
        if found is None:
            raise DataError(self._unknown(area))
        return found

    @cached_property
    def _by_name(self) -> dict[str, Place]:
        by_title = {place.title.casefold(): place for place in self.places}
        return by_title | {place.area.casefold(): place for place in self.places}

    def of_country(self, country: str) -> tuple[Place, ...]:
        """The cities of a country."""
        return tuple(place for place in self.places if place.country == country)

    def periods_of(self, country: str) -> dict[str, str]:
        """The rounds any city of a country has, the latest first."""
        rounds = {k: v for place in self.of_country(country) for k, v in place.periods.items()}
        return dict(sorted(rounds.items(), reverse=True))

    def _unknown(self, asked: str) -> str:
        words = translator(self.language)
        near = get_close_matches(asked.strip().casefold(), list(self._by_name), n=1)
        if not near:
            return words.gettext("No city called “{asked}” has results.").format(asked=asked)
        return words.gettext("No city called “{asked}” has results. Did you mean {city}?").format(
            asked=asked, city=self._by_name[near[0]].title
        )


def coverage(results: Results, language: str) -> Coverage:
    """The cities of a run that have results, and their rounds."""
    rounds = {
        str(area): sorted(map(str, periods.unique()), reverse=True)
        for area, periods in results.held.groupby("area")["period"]
    }
    countries = _countries(results, language)
    cities = results.areas[results.areas["level"] == "city"]
    places = [
        Place(
            area=area,
            title=title,
            country=country,
            country_title=countries.get(country, country),
            periods={period: period_text(period, language) for period in rounds[area]},
        )
        for area, title, country in zip(*_texts(cities, "area", "title", "country"), strict=True)
        if area in rounds
    ]
    ordered = sorted(places, key=lambda place: (place.country_title, alphabetical(place.title)))
    return Coverage(
        language=language,
        places=tuple(ordered),
        countries={place.country: place.country_title for place in ordered},
        first=places[0].area if places else "",
        line=_line(places, language),
    )


def _texts(frame: pd.DataFrame, *columns: str) -> list[list[str]]:
    return [frame[column].tolist() for column in columns]


def _countries(results: Results, language: str) -> dict[str, str]:
    """Names of countries as the language has them, else as the run has them."""
    known = locale_of(language).territories
    areas = results.areas[results.areas["level"] == "country"]
    named = zip(*_texts(areas, "country", "title"), strict=True)
    return {country: known.get(country, title) for country, title in named}


def _line(places: list[Place], language: str) -> str:
    words = translator(language)
    countries = len({place.country for place in places})
    rounds = sum(len(place.periods) for place in places)
    return " · ".join(
        template.format(n=number_text(n, 0, language))
        for template, n in (
            (words.ngettext("{n} country", "{n} countries", countries), countries),
            (words.ngettext("{n} city", "{n} cities", len(places)), len(places)),
            (words.ngettext("{n} survey round", "{n} survey rounds", rounds), rounds),
        )
    )
