"""The plan of the demonstration data: everything the TOML files of this folder declare.

All levels, cities and facts are declared there; the modules beside this one only draw from them.
"""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from pydantic import BaseModel, ConfigDict

HERE = Path(__file__).parent


class Declared(BaseModel):
    """A frozen part of the plan; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Pin(Declared):
    """Fixes the percent of the first or last codes of an item for one area and round."""

    area: str
    period: str
    codes: tuple[int, ...]
    percent: float
    source: str


class AnyOf(Declared):
    """True for those who gave `code` to at least one question whose name starts with `prefix`."""

    prefix: str
    code: int


class Item(Declared):
    """A question: its codes in the order of its factor, percents by country, who is asked."""

    name: str
    codes: tuple[int, ...]
    MX: tuple[float, ...]
    ZA: tuple[float, ...]
    factor: str | None = None
    loading: float = 0.0
    asked_if: dict[str, int] = {}
    asked_if_any: AnyOf | None = None
    no_answer: tuple[float, float]
    two_digits: bool = False
    source: dict[str, str] = {}
    pins: tuple[Pin, ...] = ()

    def percents(self, country: str) -> tuple[float, ...]:
        """The percent of each code in a country."""
        return {"MX": self.MX, "ZA": self.ZA}[country]

    def pin(self, area: str, period: str) -> Pin | None:
        """The pin of an area and round, if there is one."""
        found = (p for p in self.pins if (p.area, p.period) == (area, period))
        return next(found, None)


class Factor(Declared):
    """What answers have in common; see the head of levels.toml."""

    psu: float
    district: float
    inherits: dict[str, float] = {}
    groups: dict[str, float] = {}


class City(Declared):
    """A city; see the head of cities.toml."""

    area: str
    title: str
    country: str
    population: int
    population_density: int
    informal_housing: float
    districts: int | tuple[str, ...]
    shares: tuple[float, ...]
    psus: tuple[int, ...]
    strata: int
    visited: tuple[int, ...] = ()
    rural: float = 0.0
    telephone: tuple[str, ...] = ()
    not_asked: tuple[str, ...] = ()
    rounds: tuple[str, ...]
    profile: dict[str, float] = {}
    change: dict[str, float] = {}
    homicides: tuple[float, ...]
    policy: tuple[float, ...]

    def district_ids(self) -> list[str]:
        """The area ids of its districts, in order."""
        return [f"{self.area}-{k:02d}" for k in range(1, len(self.shares) + 1)]

    def district_titles(self) -> list[str]:
        """Titles of its districts; numbered ones carry the city's name."""
        if isinstance(self.districts, int):
            return [f"{self.title}, district {k}" for k in range(1, self.districts + 1)]
        return list(self.districts)

    def offset(self, factor: str, period: str) -> float:
        """How far the city is from its country on a factor in one round."""
        later = self.change.get(factor, 0.0) if period != "2024-Q1" else 0.0
        return self.profile.get(factor, 0.0) + later


class Plan(Declared):
    """The whole plan. `people`, `records` and `facts` are kept as their files declare them."""

    seed: int
    rounds: tuple[str, ...]
    round_days: dict[str, tuple[str, str]]
    boundary_version: str
    countries: dict[str, dict[str, Any]]
    cities: tuple[City, ...]
    survey_indicators: tuple[str, ...]
    differences: tuple[dict[str, Any], ...]
    factors: dict[str, Factor]
    items: tuple[Item, ...]
    together: dict[str, tuple[dict[str, Any], ...]]
    people: dict[str, Any]
    records: dict[str, Any]
    facts: dict[str, dict[str, str]]

    def city(self, area: str) -> City:
        """The city with this area id."""
        return next(city for city in self.cities if city.area == area)

    def surveys(self) -> list[tuple[City, str]]:
        """Every city and round that was surveyed, in order."""
        return [(city, period) for city in self.cities for period in city.rounds]

    def adults(self, city: City) -> float:
        """Residents of a city aged 18 and over."""
        return city.population * self.countries[city.country]["adults"]

    def rng(self, *words: str) -> np.random.Generator:
        """A random stream of its own for what the words name, so parts can be remade alone."""
        return np.random.default_rng([self.seed, *(crc32(word.encode()) for word in words)])


@cache
def load_plan() -> Plan:
    """Read the TOML files beside this module."""
    cities, levels = _toml("cities"), _toml("levels")
    rounds = cities.pop("rounds")
    return Plan(
        **cities | {"cities": [{"rounds": rounds} | city for city in cities["cities"]]},
        rounds=rounds,
        factors={name: _factor(table) for name, table in levels["factors"].items()},
        items=_items(levels),
        together=levels["together"],
        people=_toml("people"),
        records=_toml("records"),
        facts=_toml("facts"),
    )


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / f"{name}.toml").read_text(encoding="utf-8"))


def _factor(table: dict[str, Any]) -> Factor:
    table = dict(table)
    return Factor(inherits=table.pop("from", {}), **table)


def _items(levels: dict[str, Any]) -> list[Item]:
    """Items in the order of the questionnaire: counts and reports follow the last offence."""
    last = list(levels["offences"])[-1]
    usual = levels["no_answer"]["usual"]
    items = []
    for name, table in levels["items"].items():
        items.append(Item(**{"no_answer": usual} | table, name=name))
        if name == last:
            items += _of_offences(levels)
    return items


def _of_offences(levels: dict[str, Any]) -> list[Item]:
    """How many times (n_*), and whether the latest time was reported (rep_*)."""
    answers, reported = levels["no_answer"], dict(levels["reported"])
    by = reported.pop("by")
    counts, reports = [], []
    for screener, word in levels["offences"].items():
        kind = "sensitive" if word == "sexual" else "usual"
        common = {"asked_if": {screener: 1}, "no_answer": answers[kind]}
        counts.append(Item(name=f"n_{word}", two_digits=True, **levels["times"], **common))
        reports.append(Item(name=f"rep_{word}", **reported, **by[word], **common))
    return counts + reports
