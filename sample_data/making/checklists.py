"""Answers to the policy checklists: the city's own view, its reviewers', other assessors'."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from .plan import City, Plan

Row = dict[str, Any]


def city_checklists(plan: Plan) -> pd.DataFrame:
    """One row per city, round, item and assessor; items left unanswered have no row."""
    rows = [row for city, period in plan.surveys() for row in _of_city(plan, city, period)]
    return pd.DataFrame(rows)


def national_checklists(plan: Plan) -> pd.DataFrame:
    """The Member State survey of both countries, answered by a national focal point."""
    table = plan.records["member_state"]
    rows = [
        {
            "area": country,
            "period": period,
            "checklist": "member_state",
            "item": item,
            "assessor": table["assessor"],
            "answer": answer,
            "evidence": f"demonstration document {item}",
        }
        for country in plan.countries
        for period in plan.rounds
        for item, answer in zip(table["items"], table[country], strict=True)
    ]
    return pd.DataFrame(rows)


def _of_city(plan: Plan, city: City, period: str) -> Iterator[Row]:
    left_out = {
        item
        for entry in plan.records["checklist"]["unanswered"]
        if entry["area"] == city.area
        for item in entry["items"]
    }
    place = {"area": city.area, "period": period, "checklist": "city"}
    for row in [*_maturity(plan, city, period), *_participation(plan, city, period)]:
        if row["item"] not in left_out:
            yield place | row


def _maturity(plan: Plan, city: City, period: str) -> Iterator[Row]:
    """Items on the scale 0-4: the city answers, two reviewers confirm or change it."""
    table, level = plan.records["checklist"], city.policy[plan.rounds.index(period)]
    rng = plan.rng(city.area, period, "checklist")
    for number, item in enumerate(table["items"], start=1):
        of_city = plan.rng(city.area, item)  # the same in every round
        leaning = of_city.normal(0.0, 0.7)
        shown = of_city.random() >= table["without_evidence"]
        for assessor in table["assessors"]:
            kindness = table["optimism"] if assessor == "city" else 0.0
            seen = rng.normal(level + leaning + kindness, 0.25)
            evidence = f"demonstration document {number}" if shown else None
            yield _row(item, assessor, seen, lowest=0) | {"evidence": evidence}


def _participation(plan: Plan, city: City, period: str) -> Iterator[Row]:
    """C7 on the official scale 1-4, by independent assessors."""
    table, level = plan.records["checklist"], city.policy[plan.rounds.index(period)]
    rng = plan.rng(city.area, period, "participation")
    for item in table["participation_items"]:
        for assessor in table["participation_assessors"]:
            seen = rng.normal(1 + level * 0.75, 0.6)
            yield _row(item, assessor, seen, lowest=1) | {"evidence": "demonstration score sheet"}


def _row(item: str, assessor: str, seen: float, *, lowest: int) -> Row:
    answer = int(np.clip(round(seen), lowest, 4))
    return {"item": item, "assessor": assessor, "answer": answer}
