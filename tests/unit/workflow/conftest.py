"""Small results of three cities, as a run keeps them."""

import pandas as pd
import pytest

from urban_safety_monitor.tables import (
    Areas,
    Comparisons,
    Differences,
    Estimates,
    Robustness,
    Scores,
    Surveys,
    checked,
)
from urban_safety_monitor.tables.run import Provenance, Results

CITIES = [
    ("MX-GDL", "Guadalajara", "MX"),
    ("MX-LEO", "León", "MX"),
    ("ZA-ETH", "Durban (eThekwini)", "ZA"),
    ("ZA-NEW", "Newtown", "ZA"),
]
SURVEYED = [("MX-GDL", "2024-Q1"), ("MX-GDL", "2026-Q1"), ("MX-LEO", "2024-Q1")]
FIGURES = [*SURVEYED, ("ZA-ETH", "2023")]


def empty(model) -> pd.DataFrame:
    return checked(model, pd.DataFrame(columns=list(model.to_schema().columns)))


def areas() -> pd.DataFrame:
    countries = [(code, code, code, "country") for code in ("MX", "ZA")]
    rows = countries + [(area, title, country, "city") for area, title, country in CITIES]
    frame = pd.DataFrame(rows, columns=["area", "title", "country", "level"])
    return checked(Areas, frame.assign(parent=frame["country"], boundary_version="1"))


def surveys() -> pd.DataFrame:
    frame = pd.DataFrame(SURVEYED, columns=["area", "period"])
    days = {"first_day": "2024-02-01", "last_day": "2024-03-01"}
    return checked(
        Surveys, frame.assign(mode="face_to_face", interviews=100, demonstration=True, **days)
    )


def estimates() -> pd.DataFrame:
    frame = pd.DataFrame(FIGURES, columns=["area", "period"]).assign(
        indicator="safe_night",
        disaggregation="total",
        category="total",
        value=40.0,
        standard_error=2.0,
        lower=36.0,
        upper=44.0,
        n=100.0,
        obs_status="A",
        conf_status="",
    )
    columns = list(Estimates.to_schema().columns)
    return checked(Estimates, frame.reindex(columns=columns))


@pytest.fixture(scope="session")
def results() -> Results:
    return Results(
        provenance=Provenance("abc", "0", "def", {}, {}, True),
        areas=areas(),
        surveys=surveys(),
        differences=empty(Differences),
        estimates=estimates(),
        scores=empty(Scores),
        comparisons=empty(Comparisons),
        robustness=empty(Robustness),
        quality=pd.DataFrame(columns=["area", "period", "finding", "count", "detail"]),
        peers=pd.DataFrame(columns=["area", "peer"]),
    )
