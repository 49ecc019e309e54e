"""The small tables beside the surveys: areas, survey rounds, differences, the run's settings."""

import pandas as pd

from .plan import City, Plan

NOTE = "Demonstration data, not a description of any real city"
DRAWS, RUN_SEED = 1000, 20260101


def areas(plan: Plan) -> pd.DataFrame:
    """Countries, cities and districts; what is known of cities only is empty elsewhere."""
    rows = [
        {"area": code, "title": country["title"], "country": code, "level": "country"}
        for code, country in plan.countries.items()
    ]
    for city in plan.cities:
        rows += _city_rows(city)
    frame = pd.DataFrame(rows)
    frame.insert(5, "boundary_version", plan.boundary_version)
    return frame.astype({"population": "Int64", "population_density": "Int64"})


def _city_rows(city: City) -> list[dict[str, object]]:
    row: dict[str, object] = {
        "area": city.area,
        "title": city.title,
        "country": city.country,
        "level": "city",
        "parent": city.country,
        "population": city.population,
        "population_density": city.population_density,
        "informal_housing": city.informal_housing,
    }
    named = zip(city.district_ids(), city.district_titles(), strict=True)
    place = {"country": city.country, "level": "district", "parent": city.area}
    districts: list[dict[str, object]] = [
        {"area": area, "title": title, **place} for area, title in named
    ]
    return [row, *districts]


def survey_row(city: City, period: str, frame: pd.DataFrame) -> dict[str, object]:
    """Facts of one survey round, for the table of surveys."""
    return {
        "area": city.area,
        "period": period,
        "mode": "telephone" if period in city.telephone else "face_to_face",
        "first_day": frame["interview_date"].min(),
        "last_day": frame["interview_date"].max(),
        "interviews": len(frame),
        "demonstration": True,
    }


def differences(plan: Plan) -> pd.DataFrame:
    """One row per indicator, area and period that is not comparable, with the reason."""
    rows = [
        {"indicator": indicator, "area": entry["area"], "period": period}
        | {key: entry[key] for key in ("obs_status", "reason_en", "reason_es")}
        for entry in plan.differences
        for period in entry["periods"]
        for indicator in _indicators(plan, entry["indicators"])
    ]
    return pd.DataFrame(rows)


def _indicators(plan: Plan, named: list[str]) -> tuple[str, ...] | list[str]:
    return plan.survey_indicators if named == ["survey"] else named


def run_settings(plan: Plan) -> str:
    """The run configuration: which files belong to the demonstration run, and its options."""
    head = f"""# {NOTE}.
title = {{ en = "{NOTE}", es = "Datos de demostración: no describen ninguna ciudad real" }}
demonstration = true
areas = "areas.csv"
surveys = "surveys.csv"
differences = "differences.csv"
administrative = ["administrative.csv"]
checklists = ["checklists.csv", "checklists_national.csv"]
boundaries = ["districts.geojson"]
draws = {DRAWS}
seed = {RUN_SEED}
lonely_psu = "adjust"
"""
    paths = (microdata_path(city) for city in plan.cities)
    return head + "".join(
        f'\n[[microdata]]\nfiles = ["{path}"]\nrecipe = "usm-questionnaire"\n' for path in paths
    )


def microdata_path(city: City) -> str:
    """Where the answers of a city's rounds are kept, below sample_data."""
    return f"microdata/{city.area}.parquet"
