"""What the command line shows of kept results: a city found by name, its profile, comparisons."""

import unicodedata
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from pandera.typing.pandas import DataFrame

from urban_safety_monitor.catalogue import load_catalogue
from urban_safety_monitor.errors import DataError
from urban_safety_monitor.report.comparison import compare_cities
from urban_safety_monitor.report.profile import city_profile
from urban_safety_monitor.report.records import CityComparison, FullProfile
from urban_safety_monitor.store import RunStore
from urban_safety_monitor.tables import Areas
from urban_safety_monitor.tables.run import Results

BENCHMARKS = ("country_median", "peers", "previous")


def latest_results(data_folder: Path) -> Results:
    """The results kept last in a data folder.

    Raises:
        StoreError: nothing is kept there yet.
    """
    store = RunStore(data_folder)
    return store.fetch(store.latest())


def profile_of(
    results: Results, city: str, period: str | None, benchmark: str, language: str
) -> FullProfile:
    """A city's profile, the city given by code or name, the period being its last if not given.

    Raises:
        DataError: there is no such city, period or benchmark.
    """
    if benchmark not in BENCHMARKS:
        raise DataError(f"benchmark {benchmark!r}: not known; known are {', '.join(BENCHMARKS)}")
    area = find_city(results, city)
    return city_profile(
        results,
        load_catalogue(),
        area,
        period or last_period(results, area),
        benchmark=benchmark,
        language=language,
    )


def comparisons_of(
    results: Results,
    cities: Sequence[str],
    indicators: Sequence[str],
    period: str | None,
    language: str,
) -> list[CityComparison]:
    """Cities side by side, indicator by indicator; every indicator if none is named.

    Raises:
        DataError: a city, period or indicator is not there, or the cities are of two countries.
    """
    areas = [find_city(results, city) for city in cities]
    country_of = results.areas.set_index("area")["country"]
    countries = sorted({str(country_of[area]) for area in areas})
    if len(countries) > 1:
        raise DataError(
            f"cities of {' and '.join(countries)}: only cities of one country are "
            "compared, as questions, populations and methods differ between countries"
        )
    period = common_period(results, areas, period)
    catalogue = load_catalogue()
    return [
        compare_cities(
            results,
            catalogue,
            name,
            period,
            country=countries[0],
            areas=areas,
            language=language,
        )
        for name in indicators or catalogue.indicators
    ]


def find_city(results: Results, city: str) -> str:
    """The id of a city of these results, given by its id or its name.

    Raises:
        DataError: there is none; the nearest name is suggested.
    """
    return find_area(results.areas, city)


def find_area(areas: DataFrame[Areas], city: str) -> str:
    """The id of a city given by its id or its name, accents and capitals aside.

    Raises:
        DataError: there is none; the nearest name is suggested.
    """
    cities = areas[areas["level"] == "city"]
    known = {_folded(str(row.area)): str(row.area) for row in cities.itertuples()}
    known |= {_folded(str(row.title)): str(row.area) for row in cities.itertuples()}
    wanted = _folded(city)
    if wanted in known:
        return known[wanted]
    starting = {area for name, area in known.items() if wanted and name.startswith(wanted)}
    if len(starting) == 1:
        return starting.pop()
    near = get_close_matches(wanted, known, 1)
    hint = f"did you mean {known[near[0]]}?" if near else f"there are {', '.join(cities['area'])}"
    raise DataError(f"city {city!r}: not in the table of areas; {hint}")


def last_period(results: Results, area: str) -> str:
    """The last period a city was surveyed in, or has any figure of.

    Raises:
        DataError: the city has no results at all.
    """
    surveyed = results.surveys.loc[results.surveys["area"] == area, "period"]
    figures = results.estimates.loc[results.estimates["area"] == area, "period"]
    periods = sorted(surveyed) or sorted(figures)
    if not periods:
        raise DataError(f"city {area!r}: no results for any period")
    return str(periods[-1])


def common_period(results: Results, areas: Sequence[str], period: str | None) -> str:
    """The period asked for, or the last one that all these cities have figures of.

    Raises:
        DataError: a city has no figures of the period, or the cities have no period in common.
    """
    figures = results.estimates[results.estimates["value"].notna()]
    found = {area: set(figures.loc[figures["area"] == area, "period"]) for area in areas}
    if period:
        missing = [area for area in areas if period not in found[area]]
        if missing:
            raise DataError(
                f"city {area!r}: no results for {period!r}; there are "
                f"{', '.join(sorted(found[area])) or 'none'}"
                for area in missing
            )
        return period
    shared = set.intersection(*found.values())
    if not shared:
        raise DataError(f"cities {', '.join(areas)}: no period with results of all of them")
    return str(max(shared))


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).strip()
