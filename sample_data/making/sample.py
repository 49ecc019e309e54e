"""The sample of one city and round: sampling units, households, weights.

Two stages: sampling units are drawn in each district, households in each unit, one adult in each
household. Weights undo unequal drawing and non-response and add up to the district's adults.
"""

import numpy as np
import pandas as pd

from .plan import City, Plan

URBAN, RURAL = 1, 2
FORMAL, INFORMAL, TRADITIONAL = 1, 2, 3
FACE_TO_FACE, TELEPHONE = 1, 2


def households(plan: Plan, city: City, period: str, rng: np.random.Generator) -> pd.DataFrame:
    """One row per interviewed household, with its design, place and weights.

    Returns:
        psu, district, stratum (numbered from 0), n_adults, weight_hh, weight_person, and the
        questionnaire's columns on place, date and interview.
    """
    units = _sampling_units(plan, city, period, rng)
    homes = units.loc[units.index.repeat(units["taken"])].reset_index(drop=True)
    homes["n_adults"] = _adults(plan, city, len(homes), rng)
    return _weighted(plan, city, _interviewed(plan, homes, rng))


def _sampling_units(plan: Plan, city: City, period: str, rng: np.random.Generator) -> pd.DataFrame:
    interview = plan.people["interview"]
    visited = city.visited or (16,) * len(city.psus)
    district = np.repeat(np.arange(len(city.psus)), city.psus)
    units = pd.DataFrame({"psu": np.arange(len(district)), "district": district})
    units["stratum"] = district * city.strata // len(city.psus)
    units["visited"] = np.asarray(visited)[district]
    units["taken"] = rng.binomial(units["visited"], interview["answers_at_the_door"]).clip(2)
    units["listing"] = rng.lognormal(0.0, interview["listing_spread"], len(units))
    units["urban_rural"] = np.where(rng.random(len(units)) < city.rural, RURAL, URBAN)
    informal = rng.random(len(units)) < city.informal_housing / 100
    in_town = np.where(informal, INFORMAL, FORMAL)
    units["settlement_type"] = np.where(units["urban_rural"] == RURAL, TRADITIONAL, in_town)
    units["interview_date"] = _dates(*plan.round_days[period], len(units), rng)
    units["mode"] = TELEPHONE if period in city.telephone else FACE_TO_FACE
    return units


def _dates(first: str, last: str, size: int, rng: np.random.Generator) -> np.ndarray:
    days = np.arange(np.datetime64(first), np.datetime64(last) + 1)
    return rng.choice(days, size).astype(str).astype(object)


def _adults(plan: Plan, city: City, size: int, rng: np.random.Generator) -> np.ndarray:
    percents = np.asarray(plan.people["adults_in_household"][city.country])
    return 1 + rng.choice(len(percents), size, p=percents / percents.sum())


def _interviewed(plan: Plan, homes: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Add who interviewed and whether the sensitive questions could be asked in private."""
    interview, size = plan.people["interview"], len(homes)
    usual, by_telephone = interview["private"], interview["private_by_telephone"]
    private = np.where(homes["mode"] == TELEPHONE, by_telephone, usual)
    return homes.assign(
        interviewer_sex=np.where(rng.random(size) < interview["woman_interviewer"], 2, 1),
        private_sensitive=np.where(rng.random(size) < private, 1, 2),
    )


def _weighted(plan: Plan, city: City, homes: pd.DataFrame) -> pd.DataFrame:
    raw = homes["listing"] * homes["visited"] / homes["taken"]
    reached = (raw * homes["n_adults"]).groupby(homes["district"]).transform("sum")
    shares = np.asarray(city.shares)[homes["district"]] / sum(city.shares)
    homes["weight_hh"] = (raw * plan.adults(city) * shares / reached).round(3)
    homes["weight_person"] = (homes["weight_hh"] * homes["n_adults"]).round(3)
    return homes
