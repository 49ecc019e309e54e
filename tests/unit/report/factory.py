"""Results made by rule, small and known: every status and every flag occurs in them.

Eight cities of one country and two rounds. Values lie on a straight line over the cities, so who
is better than the median, and by how much, is plain. `c0` is the city with every special case.
"""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd

from urban_safety_monitor.catalogue import Catalogue, load_catalogue
from urban_safety_monitor.catalogue.indicator import Indicator
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

PERIODS = ("2024-Q1", "2026-Q1")
PERIOD = PERIODS[-1]
CITY = "c0"

SPECIAL = {
    "safe_night": "d",
    "police_trust": "d",
    "robbery_prev": "u",
    "sexual_violence_prev": "C",
    "ipv_prev_women": "x",
    "gunshots_heard": "m",
    "burglary_prev": "p",
    "vehicle_theft_prev": "r",
    "unsafe_city": "b",
}
"""What is special about the indicators of c0."""

NO_NUMBERS = ("C", "x", "m")

TITLES = {"c0": "San Almeda", "c1": "Ágave", "c2": "Bahía Nueva"}


@cache
def catalogue() -> Catalogue:
    return load_catalogue()


def cities(number: int) -> list[str]:
    return [f"c{i}" for i in range(number)]


def make_results(
    *, number: int = 8, demonstration: bool = True, titles: dict[str, str] | None = None
) -> Results:
    """Results of so many cities; `titles` replaces their names."""
    estimates = _estimates(number)
    return Results(
        provenance=Provenance(
            run_id="0123456789abcdef",
            version="1.2.3",
            catalogue_sha256="ab" * 32,
            inputs={"persons.csv": "cd" * 32},
            options={"draws": 100, "seed": 1},
            demonstration=demonstration,
        ),
        areas=_areas(number, TITLES | (titles or {})),
        surveys=_surveys(number),
        differences=_differences(),
        estimates=estimates,
        scores=_scores(number),
        comparisons=_comparisons(estimates),
        robustness=_robustness(number),
        quality=pd.DataFrame(columns=["area", "period", "finding", "count", "detail"]),
        peers=_peers(number),
    )


def with_title(results: Results, title: str) -> Results:
    """The same results with another name for c0."""
    areas = results.areas.assign(
        title=results.areas["title"].mask(results.areas["area"] == CITY, title)
    )
    return replace(results, areas=areas)


def with_districts(results: Results) -> Results:
    """The cities' values of one indicator taken as districts of c0, one of them withheld."""
    table = results.estimates
    values = table[(table["indicator"] == "safe_day") & (table["disaggregation"] == "total")]
    districts = values.assign(area="c0", disaggregation="district", category=values["area"])
    withheld = districts["category"] == "c3"
    numbers = districts.select_dtypes("number").columns
    districts.loc[withheld, numbers] = np.nan
    districts.loc[withheld, "conf_status"] = "C"
    return replace(results, estimates=pd.concat([table, districts], ignore_index=True))


def _areas(number: int, titles: dict[str, str]) -> pd.DataFrame:
    rows = [{"area": "xx", "title": "Xanadu", "country": "xx", "level": "country", "parent": None}]
    rows += [
        {
            "area": city,
            "title": titles.get(city, f"City {city[1:]}"),
            "country": "xx",
            "level": "city",
            "parent": "xx",
        }
        for city in cities(number)
    ]
    return checked(Areas, pd.DataFrame(rows).assign(boundary_version="1"))


def _surveys(number: int) -> pd.DataFrame:
    rows = [
        {
            "area": city,
            "period": period,
            "mode": "face_to_face",
            "first_day": f"{period[:4]}-03-02",
            "last_day": f"{period[:4]}-03-24",
            "interviews": 812,
            "demonstration": True,
        }
        for city in cities(number)
        for period in PERIODS
    ]
    return checked(Surveys, pd.DataFrame(rows))


def _differences() -> pd.DataFrame:
    rows = [
        {
            "indicator": indicator,
            "area": CITY,
            "period": PERIOD,
            "obs_status": status,
            "reason_en": "The question was about the city centre.",
            "reason_es": "La pregunta era sobre el centro.",
        }
        for indicator, status in SPECIAL.items()
        if status in ("b", "d")
    ]
    return checked(Differences, pd.DataFrame(rows))


def scale(indicator: Indicator) -> float:
    """A middling value in the indicator's own unit."""
    unit = indicator.unit_of_measure.en
    if "percent" in unit:
        return 40.0
    return 120.0 if "100,000" in unit else 2.0


def _estimate(indicator: Indicator, city: str, period: str, group: tuple[str, str]) -> dict:
    middle, number = scale(indicator), int(city[1:])
    shift = 0.05 * (number - 3) + (0.04 if period == PERIOD and number % 2 else 0.0)
    value = middle * (1 + shift + (0.2 if group[1] == "woman" else 0.0))
    error = middle * 0.03
    kind = SPECIAL.get(indicator.id, "A") if (city, period) == (CITY, PERIOD) else "A"
    kind = "C" if group[1] == "other" else kind
    row = {
        "indicator": indicator.id,
        "area": city,
        "period": period,
        "disaggregation": group[0],
        "category": group[1],
        "value": value,
        "standard_error": error,
        "lower": value - 1.96 * error,
        "upper": value + 1.96 * error,
        "degrees_of_freedom": 50.0,
        "n": 800.0,
        "n_effective": 600.0,
        "design_effect": 1.3,
        "psus": 60.0,
        "obs_status": "A" if kind in ("C", "d", "b") else kind,
        "conf_status": "C" if kind == "C" else "",
    }
    if kind in NO_NUMBERS:
        numbers = list(row)[5:14]
        row |= dict.fromkeys(numbers, np.nan)
    return row


def _estimates(number: int) -> pd.DataFrame:
    rows = []
    for indicator in catalogue().indicators.values():
        groups = [("total", "total")]
        if "sex" in indicator.disaggregations:
            groups += [("sex", "man"), ("sex", "woman"), ("sex", "other")]
        rows += [
            _estimate(indicator, city, period, group)
            for city in cities(number)
            for period in PERIODS
            for group in groups
        ]
    return checked(Estimates, pd.DataFrame(rows))


def _comparisons(estimates: pd.DataFrame) -> pd.DataFrame:
    """A plain version of the status rule, with fixed benchmarks."""
    totals = estimates[estimates["disaggregation"] == "total"]
    keys = zip(totals["indicator"], totals["area"], totals["period"], strict=True)
    values = dict(zip(keys, totals["value"], strict=True))
    differs = _differences()
    rows = []
    for (indicator, period), group in totals.groupby(["indicator", "period"], sort=False):
        not_comparable = differs.loc[
            (differs["indicator"] == indicator) & (differs["obs_status"] == "d"), "area"
        ]
        usable = group[~group["area"].isin(not_comparable) | (period != PERIOD)]
        median = usable["value"].median()
        for row in group.itertuples(index=False):
            gate = _gate(row, "d")
            if len(usable) < 5 and not gate:
                gate = "too_few_areas"
            rows.append(_compared(row, "country_median", median, gate))
            rows.append(_against_previous(row, values))
    women = estimates[(estimates["category"] == "woman") & estimates["value"].notna()]
    for row in women.itertuples(index=False):
        rows.append(_compared(row, "sex:woman", scale(catalogue().indicators[row.indicator]), ""))
    return checked(Comparisons, pd.DataFrame(rows))


def _gate(row: tuple, difference: str) -> str:
    kind = SPECIAL.get(row.indicator) if (row.area, row.period) == (CITY, PERIOD) else None
    if kind == difference:
        return {"d": "definition_differs", "b": "series_break"}[difference]
    if row.conf_status == "C":
        return "withheld"
    if np.isnan(row.value):
        return "not_collected"
    return "low_reliability" if row.obs_status == "u" else ""


def _against_previous(row: tuple, values: dict[tuple[str, str, str], float]) -> dict:
    if row.period == PERIODS[0]:
        return _compared(row, "previous", np.nan, "no_earlier_round")
    gate = _gate(row, "b") or _gate(row, "d")
    return _compared(row, "previous", values[row.indicator, row.area, PERIODS[0]], gate)


def _compared(row: tuple, benchmark: str, against: float, gate: str) -> dict:
    tested = not gate
    difference = row.value - against if tested else np.nan
    z = difference / row.standard_error if tested else np.nan
    status = _status(row.indicator, z) if tested else "no_status"
    if gate in ("definition_differs", "series_break"):
        status = "not_comparable"
    clear = "difference_not_clear" if status == "similar" else "difference_clear"
    return {
        "component": row.indicator,
        "area": row.area,
        "period": row.period,
        "benchmark": benchmark,
        "benchmark_value": np.nan if gate in ("too_few_areas", "no_earlier_round") else against,
        "difference": difference,
        "z": z,
        "p_value": 0.01 if tested else np.nan,
        "p_adjusted": 0.02 if tested else np.nan,
        "status": status,
        "reason": gate or clear,
    }


def _status(indicator: str, z: float) -> str:
    posts = catalogue().indicators[indicator].goalposts
    if abs(z) <= 1.96:
        return "similar"
    if posts is None:
        return "higher" if z > 0 else "lower"
    return "better" if (z > 0) == posts.higher_is_better else "worse"


def _scores(number: int) -> pd.DataFrame:
    components = {c.id: c.level for c in catalogue().framework.components}
    components |= {f"evidence:{k}": "evidence" for k in ("objective_survey", "policy")}
    components |= {"safe_day": "indicator"}
    rows = []
    for component, level in components.items():
        for i, city in enumerate(cities(number)):
            scored = not (component == "justice_police" and city == CITY)
            score = 50.0 + i if scored else np.nan
            rows.append(
                {
                    "component": component,
                    "area": city,
                    "period": PERIOD,
                    "level": level,
                    "score": score,
                    "lower": score - 5,
                    "upper": score + 5,
                    "coverage": 1.0 if scored else 0.4,
                    "missing": "" if scored else "dark_figure bribery_prev",
                    "rank": float(number - i) if scored else np.nan,
                    "rank_lower": float(max(1, number - i - 1)) if scored else np.nan,
                    "rank_upper": float(min(number, number - i + 1)) if scored else np.nan,
                }
            )
    return checked(Scores, pd.DataFrame(rows))


def _robustness(number: int) -> pd.DataFrame:
    rows = [
        {
            "area": city,
            "period": PERIOD,
            "choice": choice,
            "lower": 48.0,
            "upper": 57.0,
            "rank_lower": 1.0,
            "rank_upper": float(number),
        }
        for city in cities(number)
        for choice in ("dirichlet_weights", "all")
    ]
    return checked(Robustness, pd.DataFrame(rows))


def _peers(number: int) -> pd.DataFrame:
    rows = [
        {
            "area": CITY,
            "period": PERIOD,
            "peer": city,
            "distance": 1.0,
            "population": 428000.0,
            "population_density": 3100.0,
            "informal_housing": 4.4,
        }
        for city in cities(number)[1:3]
    ]
    return pd.DataFrame(rows)
