"""Answers to the questions: factor scores cut into codes, after the questionnaire's skip rules."""

import numpy as np
from scipy.stats import norm

from .people import Scores
from .plan import City, Item, Pin, Plan

NOT_ASKED = -1


def answer_all(
    plan: Plan,
    city: City,
    period: str,
    private: np.ndarray,
    rng: np.random.Generator,
    *,
    factors: Scores,
) -> dict[str, np.ndarray]:
    """The code of every item for every person; NOT_ASKED where the question was skipped.

    Args:
        plan: levels and skip rules.
        city: where the people live.
        period: round.
        private: (n,) code of private_sensitive, known before the first question.
        rng: stream of this city and round.
        factors: for each factor, the score of each person (n,).
    """
    known = {"private_sensitive": private}
    for item in plan.items:
        score = rng.standard_normal(len(private)) * np.sqrt(1 - item.loading**2)
        if item.factor:
            score += item.loading * factors[item.factor]
        index = np.searchsorted(cut_points(plan, item, city, period), score)
        codes = _unanswered(np.asarray(item.codes)[index], item, rng)
        known[item.name] = np.where(asked(item, known), codes, NOT_ASKED)
    return {item.name: known[item.name] for item in plan.items}


def asked(item: Item, known: dict[str, np.ndarray]) -> np.ndarray | bool:
    """Who is asked an item, by its skip rule."""
    if item.asked_if_any:
        rule = item.asked_if_any
        names = [name for name in known if name.startswith(rule.prefix)]
        return np.any([known[name] == rule.code for name in names], axis=0)
    return np.all([known[name] == code for name, code in item.asked_if.items()], axis=0)


def cut_points(plan: Plan, item: Item, city: City, period: str) -> np.ndarray:
    """Where the standard-normal score of an item is cut between its codes.

    A pin of the city holds as it stands; otherwise the country's level is moved by the city's
    profile and by the item's own departure from it.
    """
    cuts = norm.ppf(np.cumsum(item.percents(city.country))[:-1] / 100)
    cuts = _pinned(cuts, item, item.pin(city.country, period))
    if pin := item.pin(city.area, period):
        return _pinned(cuts, item, pin)
    if item.factor is None:
        return cuts
    moved = np.sign(item.loading) * city.offset(item.factor, period)
    return cuts - moved - _departure(plan, item, city, period)


def _pinned(cuts: np.ndarray, item: Item, pin: Pin | None) -> np.ndarray:
    """Move all cuts together so that the pinned codes get their percent."""
    if pin is None:
        return cuts
    size = len(pin.codes)
    if item.codes[:size] == pin.codes:
        return cuts + norm.ppf(pin.percent / 100) - cuts[size - 1]
    return cuts + norm.isf(pin.percent / 100) - cuts[-size]


def _departure(plan: Plan, item: Item, city: City, period: str) -> float:
    spread = plan.people["likeness"]
    always = plan.rng(city.area, item.name).standard_normal() * spread["of_city"]
    now = plan.rng(city.area, item.name, period).standard_normal() * spread["of_round"]
    return float(always + now)


def _unanswered(codes: np.ndarray, item: Item, rng: np.random.Generator) -> np.ndarray:
    refused, unknown = item.no_answer
    luck = rng.random(len(codes)) * 100
    marks = [98, 99] if item.two_digits else [8, 9]
    return np.select([luck < refused, luck > 100 - unknown], marks, codes)
