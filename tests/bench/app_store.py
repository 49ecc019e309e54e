"""A data folder as large as the app is made for: 500 cities and six rounds, all made up.

    python -m tests.bench.app_store FOLDER [--cities 500] [--rounds 6] [--countries 10]

The demonstration is run (or taken from `--demonstration`, a data folder that holds it) and its
cities' rounds are copied under other names: countries of equal size, values moved by up to a
twentieth (seeded). What comes out is a run in the store's own form, marked as demonstration.
"""

import argparse
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from urban_safety_monitor.store import RunStore
from urban_safety_monitor.tables import checked
from urban_safety_monitor.tables.run import MODELS, Results
from urban_safety_monitor.workflow import demonstration

MOVED = {
    "estimates": ("value", "standard_error", "lower", "upper"),
    "scores": ("score", "lower", "upper"),
    "comparisons": ("benchmark_value", "difference", "standard_error", "smallest_detectable"),
}
"""Columns that are made smaller together, so that intervals still hold their values."""

PEERS = 5


def enlarged(results: Results, cities: int, rounds: int, countries: int, seed: int) -> Results:
    """The cities' rounds of a run copied until there are as many as asked for.

    Args:
        results: the demonstration's.
        cities: how many, shared out over the countries in turn.
        rounds: of each city; the last one is the demonstration's last.
        countries: named X0, X1 and so on, codes that no country has.
        seed: of the values' changes.
    """
    rng = np.random.default_rng(seed)
    copies = _copies(results, cities, rounds, countries)
    tables = {
        name: _copied(name, table, copies, rng)
        for name, table in results.tables().items()
        if {"area", "period"} <= set(table.columns) and len(table)
    }
    of_country = copies.drop_duplicates(["to_country", "to_period"])
    tables |= {
        name: _renamed(table.merge(of_country, on=["country", "period"]), ("country", "period"))
        for name, table in results.tables().items()
        if {"country", "period"} <= set(table.columns)
    }
    tables |= _areas(results, copies)
    tables |= _pairs(copies, results.peers, rng)
    whole = {**results.tables(), **tables}
    made = {
        name: checked(MODELS[name], whole[name][list(table.columns)])
        if name in MODELS
        else whole[name][list(table.columns)]
        for name, table in results.tables().items()
    }
    run_id = f"bench-{cities}x{rounds}x{countries}-{seed}"
    return replace(results, **made, provenance=replace(results.provenance, run_id=run_id))


def _copies(results: Results, cities: int, rounds: int, countries: int) -> pd.DataFrame:
    """Which city's round becomes which; a round a city does not have is taken from its other."""
    held = results.surveys[["area", "period"]].sort_values(["area", "period"])
    of_city = {area: list(periods) for area, periods in held.groupby("area")["period"]}
    country = dict(zip(results.areas["area"], results.areas["country"], strict=True))
    areas, last = list(of_city), int(max(held["period"])[:4])
    rows = [
        (area, held_in, country[area], f"{code}-{n:03d}", f"{last - rounds + 1 + k}-Q1", code)
        for n in range(cities)
        for code, area in [(f"X{n % countries}", areas[n % len(areas)])]
        for k in range(rounds)
        for held_in in [of_city[area][k % len(of_city[area])]]
    ]
    names = ["area", "period", "country", "to_area", "to_period", "to_country"]
    return pd.DataFrame(rows, columns=names)


def _copied(
    name: str, table: pd.DataFrame, copies: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    copied = table.merge(copies.drop(columns="country"), on=["area", "period"])
    for column in ("category", "benchmark"):
        if column in copied:
            copied[column] = _districts_renamed(copied, column)
    numbers = [column for column in MOVED.get(name, ()) if column in copied]
    factor = 1 - rng.random(len(copied)) / 20
    copied[numbers] = copied[numbers].mul(factor, axis=0)
    return _renamed(copied, ("area", "period")).sort_values(list(table.columns[:3]))


def _districts_renamed(copied: pd.DataFrame, column: str) -> pd.Series:
    """District ids begin with their city's."""
    pairs = zip(copied[column], copied["area"], copied["to_area"], strict=True)
    return pd.Series([text.replace(old, new) for text, old, new in pairs], copied.index, str)


def _renamed(copied: pd.DataFrame, keys: tuple[str, ...]) -> pd.DataFrame:
    return copied.assign(**{key: copied[f"to_{key}"] for key in keys})


def _areas(results: Results, copies: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Countries, cities and districts under their new names, and the districts' outlines."""
    known = results.areas
    cities = copies.drop_duplicates("to_area")
    of_city = known[known["level"] == "city"].merge(cities.drop(columns="country"), on="area")
    number = of_city["to_area"].str[-3:]
    of_city = of_city.assign(title=of_city["title"] + " " + number, parent=of_city["to_country"])
    inside = known[known["level"] == "district"].merge(
        cities.drop(columns="country"), left_on="parent", right_on="area", suffixes=("", "_of")
    )
    inside = inside.assign(
        former=inside["area"], area=inside["to_area"] + inside["area"].str[-3:]
    ).assign(parent=inside["to_area"])
    countries = [
        {"area": code, "title": f"Made-up country {code[1:]}", "country": code, "level": "country"}
        for code in sorted(copies["to_country"].unique())
    ]
    named = [_renamed(of_city, ("area", "country")), inside.assign(country=inside["to_country"])]
    outlines = results.boundaries.rename(columns={"area": "former"}).merge(
        inside[["former", "area"]], on="former"
    )
    return {
        "areas": pd.concat([pd.DataFrame(countries, columns=known.columns), *named]),
        "boundaries": outlines,
    }


def _pairs(
    copies: pd.DataFrame, peers: pd.DataFrame, rng: np.random.Generator
) -> dict[str, pd.DataFrame]:
    """Similar cities, and how often pairs change places, among the new cities of a country."""
    near, changes = [], []
    for (_, period), inside in copies.groupby(["to_country", "to_period"]):
        areas = inside["to_area"].to_numpy()
        first, second = np.triu_indices(len(areas), 1)
        share = rng.random(len(first)) / 2
        changes.append(
            pd.DataFrame(
                {"period": period, "area": areas[first], "other": areas[second], "share": share}
            )
        )
        steps = np.arange(1, min(PEERS, len(areas) - 1) + 1)
        at, step = np.repeat(np.arange(len(areas)), len(steps)), np.tile(steps, len(areas))
        pairs = {"area": areas[at], "period": period, "peer": areas[(at + step) % len(areas)]}
        near.append(pd.DataFrame(pairs).assign(distance=step.astype(float)))
    like = peers.iloc[np.zeros(sum(map(len, near)), dtype=int)].reset_index(drop=True)
    return {
        "peers": like.assign(**pd.concat(near, ignore_index=True)),
        "order_changes": pd.concat(changes, ignore_index=True),
    }


def demonstrated(folder: Path | None) -> Results:
    """The demonstration's results: those kept in a folder, else made now."""
    if folder is not None:
        store = RunStore(folder)
        return store.fetch(store.latest())
    with TemporaryDirectory() as scratch:
        return demonstration(Path(scratch), datetime(2026, 1, 1, tzinfo=UTC)).results


def main() -> None:
    """Make the folder that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--demonstration", type=Path)
    parser.add_argument("--cities", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--countries", type=int, default=10)
    parser.add_argument("--seed", type=int, default=2026)
    asked = parser.parse_args()
    results = demonstrated(asked.demonstration)
    made = enlarged(results, asked.cities, asked.rounds, asked.countries, asked.seed)
    RunStore(asked.folder).keep(made, datetime.now(UTC))
    rows = ", ".join(f"{len(table):,} {name}" for name, table in made.tables().items())
    print(f"{asked.folder}: run {made.provenance.run_id} with {rows}")


if __name__ == "__main__":
    main()
