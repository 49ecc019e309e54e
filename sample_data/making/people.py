"""The adult selected in each household: sex, age, difficulties in functioning, common factors."""

import numpy as np
import pandas as pd
from scipy.stats import norm

from .plan import City, Factor, Plan

REFUSED_AGE, UNKNOWN_AGE = 98, 99
Scores = dict[str, np.ndarray]


def people(plan: Plan, city: City, size: int, rng: np.random.Generator) -> pd.DataFrame:
    """Sex, age as told (`age`), age band (`band`) and the Washington Group items of each adult."""
    sex = plan.people["sex"]
    codes, percents = [int(code) for code in sex], np.asarray(list(sex.values()))
    frame = pd.DataFrame({"sex": rng.choice(codes, size, p=percents / percents.sum())})
    frame["band"], age = _ages(plan, city, size, rng)
    frame["age"] = _as_told(plan, age, rng)
    return frame.assign(**_difficulties(plan, frame["band"].to_numpy(), rng))


def groups(plan: Plan, frame: pd.DataFrame) -> dict[str, np.ndarray]:
    """For each group of people.toml, whether a person belongs to it, less the expected share."""
    wg = frame[plan.people["difficulty"]["items"]]
    members = {
        "women": frame["sex"] == 2,
        "young": frame["band"] == 0,
        "old": frame["band"] >= 3,
        "disabled": wg.isin([3, 4]).any(axis="columns"),
    }
    expected = plan.people["groups"]
    return {name: member.to_numpy() - expected[name] for name, member in members.items()}


def factor_scores(
    plan: Plan, city: City, homes: pd.DataFrame, frame: pd.DataFrame, rng: np.random.Generator
) -> Scores:
    """Each factor's score per person: variance about 1, shared in part by neighbours."""
    membership, scores = groups(plan, frame), Scores()
    psu, district = homes["psu"].to_numpy(), homes["district"].to_numpy()
    for name, factor in plan.factors.items():
        neighbours = rng.standard_normal(psu.max() + 1)[psu]
        own = rng.standard_normal(len(psu))
        scores[name] = (
            np.sqrt(factor.psu) * neighbours
            + np.sqrt(factor.district) * _district_effects(plan, city, name)[district]
            + sum(weight * scores[parent] for parent, weight in factor.inherits.items())
            + sum(effect * membership[group] for group, effect in factor.groups.items())
            + np.sqrt(_own_variance(plan, factor)) * own
        )
    return scores


def _ages(
    plan: Plan, city: City, size: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    table = plan.people["age"]
    percents = np.asarray(table[city.country])
    band = rng.choice(len(percents), size, p=percents / percents.sum())
    first = np.asarray(table["from"])
    after = np.append(first[1:], table["to"] + 1)
    return band, rng.integers(first[band], after[band])


def _as_told(plan: Plan, age: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    table, luck = plan.people["age"], rng.random(len(age)) * 100
    refused = luck < table["refused"]
    unknown = luck > 100 - table["does_not_know"]
    return np.select([refused, unknown], [REFUSED_AGE, UNKNOWN_AGE], age)


def _difficulties(plan: Plan, band: np.ndarray, rng: np.random.Generator) -> Scores:
    table = plan.people["difficulty"]
    health = rng.standard_normal(len(band))
    at_least = [np.asarray(table[level])[band] / 100 for level in ("cannot", "a_lot", "some")]
    items = {}
    for item, scale in zip(table["items"], table["scale"], strict=True):
        own = rng.standard_normal(len(band))
        rank = norm.sf(table["loading"] * health + np.sqrt(1 - table["loading"] ** 2) * own)
        cannot, a_lot, some = (rank < scale * share for share in at_least)
        items[item] = np.select([cannot, a_lot, some], [4, 3, 2], 1)
    return items


def _district_effects(plan: Plan, city: City, factor: str) -> np.ndarray:
    """Effects of the districts, the same in every round; their weighted mean is 0."""
    effects = plan.rng(city.area, "districts", factor).standard_normal(len(city.shares))
    return effects - np.average(effects, weights=city.shares)


def _own_variance(plan: Plan, factor: Factor) -> float:
    shares = plan.people["groups"]
    inherited = sum(weight**2 for weight in factor.inherits.values())
    grouped = sum(e**2 * shares[g] * (1 - shares[g]) for g, e in factor.groups.items())
    return 1 - factor.psu - factor.district - inherited - grouped
