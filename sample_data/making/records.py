"""Recorded figures and policy checklists of the demonstration cities."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from .plan import City, Plan

Row = dict[str, Any]
LIKE_FACTOR = 0.6
"""How far a recorded rate follows the city's profile on a factor, on the logarithm."""


def administrative(plan: Plan) -> pd.DataFrame:
    """One row per city, round, series and category; a blank value is missing, never 0."""
    rows = [row for city, period in plan.surveys() for row in _figures(plan, city, period)]
    frame = pd.DataFrame(rows).assign(source=plan.records["source"], obs_status="A")
    return _marked(frame, plan.records["marks"])


def _figures(plan: Plan, city: City, period: str) -> Iterator[Row]:
    counts = _counts(plan, city, period)
    figures = _published(plan, city, period)
    place = {"area": city.area, "period": period}
    total = {"disaggregation": "total", "category": "total"}
    for series, value in counts.items():
        yield place | {"series": series} | total | {"value": value, "standard_error": np.nan}
    for series, (figure, error) in figures.items():
        yield place | {"series": series} | total | {"value": figure, "standard_error": error}
    for row in _by_sex(plan, city, counts):
        yield place | row


def _counts(plan: Plan, city: City, period: str) -> dict[str, int]:
    rng = plan.rng(city.area, period, "recorded events")
    rate = city.homicides[plan.rounds.index(period)]
    counts = {
        "population": city.population,
        "homicide_victims": round(rate * city.population / 100_000),
    }
    for series, table in plan.records["counts"].items():
        level = table[city.country] * _likeness(plan, city, period, series, table)
        if "of" in table:
            counts[series] = int(rng.binomial(counts[table["of"]], min(level / 100, 1.0)))
        else:
            counts[series] = int(rng.poisson(level * city.population / 100_000))
    return counts


def _published(plan: Plan, city: City, period: str) -> dict[str, tuple[float, float]]:
    """Figures their holder computes, each with its standard error (NaN for a complete count)."""
    figures = {}
    for series, table in plan.records["figures"].items():
        value = table[city.country] * _likeness(plan, city, period, series, table)
        error = value * table.get("standard_error", np.nan) / 100
        figures[series] = (round(value, 1), round(error, 2))
    share = city.informal_housing
    error = plan.records["informal_settlement_share"]["standard_error"] / 100
    return figures | {"informal_settlement_share": (share, round(share * error, 2))}


def _likeness(plan: Plan, city: City, period: str, series: str, table: Row) -> float:
    """How a city's level compares with its country's: mostly its own, a little of the round's."""
    always = plan.rng(city.area, series).standard_normal() * table["spread"]
    moves = table["spread"] * table.get("moves", 0.25)
    now = plan.rng(city.area, series, period).standard_normal() * moves
    like = city.offset(table["factor"], period) * LIKE_FACTOR if "factor" in table else 0.0
    return float(np.exp(always + now + like))


def _by_sex(plan: Plan, city: City, counts: dict[str, int]) -> Iterator[Row]:
    table = plan.records["sex"]
    if city.area not in table["areas"]:
        return
    for series in table["series"]:
        women = round(counts[series] * table["women"][series] / 100)
        for category, value in {"man": counts[series] - women, "woman": women}.items():
            yield {
                "series": series, "disaggregation": "sex", "category": category,
                "value": value, "standard_error": np.nan,
            }  # fmt: skip


def _marked(frame: pd.DataFrame, marks: list[Row]) -> pd.DataFrame:
    for mark in marks:
        place = (frame["area"] == mark["area"]) & (frame["period"] == mark["period"])
        chosen = place & frame["series"].isin(mark["series"])
        frame.loc[chosen, "obs_status"] = mark["obs_status"]
        if mark.get("blank"):
            frame.loc[chosen, "value"] = np.nan
    return frame
