"""Clean surveys that faults are planted into: made by the demonstration's generator."""

from functools import cache

import pandas as pd

from sample_data.making import practice
from sample_data.making.plan import load_plan
from sample_data.making.survey import survey
from urban_safety_monitor.catalogue.load import shipped
from urban_safety_monitor.intake.known import Known

DESIGN = [
    "city_id", "round_id", "interview_date", "district_id", "boundary_version", "stratum", "psu",
    "hh_id", "person_id", "weight_person", "mode", "private_sensitive", "sex", "age",
]  # fmt: skip
PLACES = ["place_home", "place_street", "place_park", "place_transport", "place_market"]
ANSWERS = [
    "safe_night", "safe_day", "safe_city", *PLACES, "place_atm", "expect_12m", "avoid_visits",
    "inciv_vandal", "inciv_gangs", "lighting", "harass_sx_3y", "hh_vehicle", "hh_vehtheft",
    "v_robbery", "v_theft", "trust_police", "eff_police", "trust_neigh", "coll_eff",
]  # fmt: skip
VIEWS = ["safe_night", "safe_day", "trust_police", "trust_neigh", "harass_sx_3y"]
VICTIMS = [
    "v_robbery", "v_theft", "v_assault", "v_threat", "v_extort", "n_robbery", "n_theft",
    "n_assault", "n_threat", "rep_robbery", "rep_theft", "rep_assault",
]  # fmt: skip
CITIES = {
    "guadalajara": ("MX-GDL", "2026-Q1", (4, 3, 3, 3), [*DESIGN, *ANSWERS]),
    "durban": ("ZA-ETH", "2024-Q1", (3, 3, 4, 3), [*DESIGN, *ANSWERS, "wg_see", "wg_walk"]),
    "views": ("MX-GDL", "2024-Q1", (3, 3, 3, 3), [*DESIGN, *VIEWS]),
    "victims": ("MX-D04", "2026-Q1", (3, 3, 3, 3), [*DESIGN, *VICTIMS, "tenure"]),
    "small": ("ZA-D05", "2026-Q1", (3, 3, 2, 2), [*DESIGN, *PLACES, "weight_hh", "hh_vehicle"]),
    "bare": ("MX-D02", "2024-Q1", (3, 3, 3, 3), [c for c in DESIGN if c != "district_id"]),
}
"""Area, round, sampling units by stratum, and columns of each."""
ADULTS_IN_POPULATION = 0.7


@cache
def clean_survey(name: str) -> pd.DataFrame:
    """A clean survey, every cell a Python number or text, an empty one None."""
    if name == "practice":
        return _plain(practice.clean(load_plan()))
    area, period, psus, columns = CITIES[name]
    city = load_plan().city(area).model_copy(update={"psus": psus})
    frame = survey(load_plan(), city, period)[columns]
    people = shipped_table("areas").set_index("area")["population"][area]
    scale = ADULTS_IN_POPULATION * people / frame["weight_person"].sum()
    return _plain(frame.assign(weight_person=(frame["weight_person"] * scale).round(2)))


@cache
def known() -> Known:
    """The cities and districts, and the days on which the clean surveys were held."""
    days = [
        {
            "area": area,
            "period": period,
            "first_day": clean_survey(name)["interview_date"].min(),
            "last_day": clean_survey(name)["interview_date"].max(),
            "interviews": len(clean_survey(name)),
        }
        for name, (area, period, _, _) in CITIES.items()
    ]
    return Known(shipped_table("areas"), pd.DataFrame(days))


def shipped_table(name: str) -> pd.DataFrame:
    """A table of the demonstration data."""
    return pd.read_csv(shipped("sample_data") / f"{name}.csv")


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    cells = frame.astype(object).where(frame.notna(), None)
    typed = {n: pd.Series([_as_typed(c) for c in cells[n]], dtype=object) for n in cells}
    return pd.DataFrame(typed)


def _as_typed(cell: object) -> object:
    """A cell as an office types it: a whole number has no decimals."""
    plain = cell.item() if hasattr(cell, "item") else cell
    return int(plain) if isinstance(plain, float) and plain.is_integer() else plain
