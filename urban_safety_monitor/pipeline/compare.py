"""The one status rule: each value against each benchmark, decided here and nowhere else.

A pair that is not comparable (wording, mode, population, boundaries) gets no test at all; a value
that is withheld, unreliable or not collected gets no status.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandera.typing.pandas import DataFrame

from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.catalogue.measures import Proportion, Rate, RecordedShare
from urban_safety_monitor.statistics.comparison import (
    benjamini_hochberg,
    equivalence_p_values,
    holm,
    poisson_test,
    score_test,
    smallest_detectable,
    student_test,
)
from urban_safety_monitor.statistics.intervals import normal_quantile
from urban_safety_monitor.tables import Areas, Comparisons, Differences, Estimates, checked
from urban_safety_monitor.tables.inputs import TOTAL

Floats = NDArray[np.float64]

FEWEST_AREAS = 5
"""A median of fewer values says little about a country."""

ADJUSTMENTS: dict[str, Callable[[Floats], Floats]] = {
    "benjamini-hochberg": benjamini_hochberg,
    "holm": holm,
    "none": np.asarray,
}

COLUMNS = list(Comparisons.to_schema().columns)
UNIT = ["indicator", "area", "period"]


def compare(
    estimates: DataFrame[Estimates],
    areas: DataFrame[Areas],
    differences: DataFrame[Differences],
    peers: pd.DataFrame,
    catalogue: Catalogue,
    *,
    shared: pd.DataFrame | None = None,
) -> DataFrame[Comparisons]:
    """Compare each city's values with its country's median, its peers' and its own last round.

    Medians are of comparable cities, the city itself included, and are treated as fixed. `shared`
    holds the correlation of values with those of the round before (`rounds.shared_error`).
    """
    cities = areas[areas["level"] == "city"].set_index("area")["country"]
    everybody = estimates["disaggregation"] == TOTAL
    shown = estimates[everybody & estimates["area"].isin(cities.index)]
    values = _gated(shown, differences).assign(country=shown["area"].map(cities))
    rows = [
        _against(values, _country_medians(values), "country_median", catalogue),
        _against(values, _peer_medians(values, peers), "peers", catalogue),
        _against_previous(values, differences, shared, catalogue),
    ]
    return checked(Comparisons, pd.concat(rows, ignore_index=True))


def status_of(
    z: pd.Series, indicator: pd.Series, catalogue: Catalogue, level: float = 0.95
) -> pd.Series:
    """better, worse or similar; higher or lower for indicators without a good direction."""
    good = {
        name: (1 if i.goalposts.higher_is_better else -1) if i.goalposts else 0
        for name, i in catalogue.indicators.items()
    }
    direction = indicator.map(good).astype(float)
    clear = z.abs() > normal_quantile(level)
    words = np.select(
        [~clear, (direction == 0) & (z > 0), direction == 0, z * direction > 0],
        ["similar", "higher", "lower", "better"],
        "worse",
    )
    return pd.Series(words, index=z.index)


def _gated(values: pd.DataFrame, differences: pd.DataFrame) -> pd.DataFrame:
    """Values with the reason why they may not be compared with other areas; empty if they may."""
    differs = differences.loc[differences["obs_status"] == "d", UNIT].assign(differs=True)
    marked = values.merge(differs, on=UNIT, how="left")
    reason = np.select(
        [
            marked["conf_status"] == "C",
            marked["value"].isna(),
            marked["differs"].eq(True) | (marked["obs_status"] == "d"),
            marked["obs_status"] == "u",
        ],
        ["withheld", "not_collected", "definition_differs", "low_reliability"],
        "",
    )
    return values.assign(gate=reason)


def _comparable(values: pd.DataFrame) -> pd.DataFrame:
    return values[values["gate"].isin(["", "low_reliability"])]


def _country_medians(values: pd.DataFrame) -> pd.DataFrame:
    groups = _comparable(values).groupby(["indicator", "country", "period"])["value"]
    medians = groups.agg(["median", "size"]).reset_index()
    medians["benchmark_value"] = medians["median"].where(medians["size"] >= FEWEST_AREAS)
    return values[[*UNIT, "country"]].merge(medians, how="left")[[*UNIT, "benchmark_value"]]


def _peer_medians(values: pd.DataFrame, peers: pd.DataFrame) -> pd.DataFrame:
    of_peers = _comparable(values)[[*UNIT, "value"]].rename(columns={"area": "peer"})
    pairs = peers[["area", "period", "peer"]].merge(of_peers, on=["peer", "period"])
    groups = pairs.groupby(UNIT)["value"].agg(["median", "size"]).reset_index()
    groups["benchmark_value"] = groups["median"].where(groups["size"] >= FEWEST_AREAS - 1)
    return values[UNIT].merge(groups, how="left")[[*UNIT, "benchmark_value"]]


def _against(
    values: pd.DataFrame, benchmarks: pd.DataFrame, name: str, catalogue: Catalogue
) -> pd.DataFrame:
    joined = values.merge(benchmarks, on=UNIT).assign(benchmark=name, benchmark_variance=0.0)
    reason = joined["gate"].mask(
        (joined["gate"] == "") & joined["benchmark_value"].isna(), "too_few_areas"
    )
    return _decided(joined.assign(reason=reason), catalogue)


def adjusted(tested: pd.DataFrame, catalogue: Catalogue) -> pd.Series:
    """P-values adjusted for all tests of an area and period, as the framework declares."""
    adjust = ADJUSTMENTS[catalogue.framework.comparing.adjusted]
    groups = [tested["area"], tested["period"]]
    return tested.groupby(groups)["p_value"].transform(lambda p: adjust(p.to_numpy(dtype=float)))


def powers(tested: pd.DataFrame, variance: Floats, catalogue: Catalogue) -> pd.DataFrame:
    """Columns that say what the tests can show, besides a difference: how small, and sameness."""
    known: Floats = np.where(tested["p_value"].notna(), variance, np.nan).astype(np.float64)
    margins = {name: i.margin for name, i in catalogue.indicators.items()}
    margin: Floats = tested["indicator"].map(margins).to_numpy(dtype=np.float64)
    df: Floats = tested["degrees_of_freedom"].to_numpy(dtype=np.float64)
    difference: Floats = tested["difference"].to_numpy(dtype=float)
    power = catalogue.framework.comparing.power
    return tested.assign(
        standard_error=np.sqrt(known),
        smallest_detectable=smallest_detectable(known, power=power),
        margin=margin,
        p_equivalence=equivalence_p_values(difference, known, margin, df),
    )


def _against_previous(
    values: pd.DataFrame,
    differences: pd.DataFrame,
    shared: pd.DataFrame | None,
    catalogue: Catalogue,
) -> pd.DataFrame:
    periods = values[["area", "period"]].drop_duplicates().sort_values(["area", "period"])
    before = periods.assign(previous=periods.groupby("area")["period"].shift())
    earlier = values[[*UNIT, "value", "standard_error", "gate"]].rename(
        columns={
            "period": "previous",
            "value": "benchmark_value",
            "standard_error": "benchmark_error",
            "gate": "gate_before",
        }
    )
    joined = values.merge(before, on=["area", "period"]).merge(
        earlier, on=["indicator", "area", "previous"], how="left"
    )
    breaks = differences.loc[differences["obs_status"] == "b", UNIT].assign(broken=True)
    joined = joined.merge(breaks, on=UNIT, how="left")
    if shared is not None:
        joined = joined.merge(shared, on=UNIT, how="left")
    gate_before = joined["gate_before"].fillna("no_earlier_round")
    reason = joined["gate"].mask(joined["gate"] == "", gate_before)
    reason = reason.mask(joined["previous"].isna(), "no_earlier_round")
    broken = joined["broken"].eq(True) | (joined["obs_status"] == "b")
    reason = reason.mask(broken & (reason == ""), "series_break")
    joined = joined.assign(
        benchmark="previous", benchmark_variance=joined["benchmark_error"] ** 2, reason=reason
    )
    return _decided(joined, catalogue)


def _decided(joined: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Test the rows without a reason against, and give every row its status and reason."""
    testable = joined["reason"] == ""
    tested = joined.assign(difference=np.nan, z=np.nan, p_value=np.nan, p_adjusted=np.nan)
    if testable.any():
        tested.loc[testable, ["difference", "z", "p_value"]] = _tested(joined[testable], catalogue)
    tested["p_adjusted"] = adjusted(tested, catalogue)
    tested = powers(tested, _variance(tested, _own_variance(tested)), catalogue)
    differs = joined["reason"].isin(["definition_differs", "series_break"])
    clear = status_of(tested["z"], tested["indicator"], catalogue)
    tested["status"] = np.select([testable, differs], [clear, "not_comparable"], "no_status")
    said = np.where(clear == "similar", "difference_not_clear", "difference_clear")
    tested["reason"] = np.where(testable, said, joined["reason"])
    return tested.rename(columns={"indicator": "component"})[COLUMNS]


def _own_variance(rows: pd.DataFrame) -> np.ndarray:
    return rows["standard_error"].to_numpy(dtype=float) ** 2


def _variance(rows: pd.DataFrame, own: np.ndarray) -> np.ndarray:
    """Of the differences: the value's own and the benchmark's, less what both share."""
    benchmark = rows["benchmark_variance"].to_numpy(dtype=float)
    if "correlation" not in rows:
        return own + benchmark
    shared = rows["correlation"].fillna(0.0).to_numpy(dtype=float)
    return own + benchmark - 2 * shared * np.sqrt(np.maximum(own, 0) * benchmark)


def _tested(rows: pd.DataFrame, catalogue: Catalogue) -> np.ndarray:
    """Difference, z and p of each row, by the test that agrees with the interval it shows."""
    measures = rows["indicator"].map({k: i.measure for k, i in catalogue.indicators.items()})
    is_share = measures.map(lambda m: isinstance(m, Proportion | RecordedShare)).to_numpy(bool)
    is_count = measures.map(lambda m: isinstance(m, Rate)).to_numpy(bool)
    times = measures.map(lambda m: getattr(m, "times", 1.0)).to_numpy(dtype=float)
    value, benchmark, error, variance, n, df = (
        rows[name].to_numpy(dtype=float)
        for name in (
            "value",
            "benchmark_value",
            "standard_error",
            "benchmark_variance",
            "n",
            "degrees_of_freedom",
        )
    )
    n_effective = rows["n_effective"].fillna(rows["n"]).to_numpy(dtype=float)
    plain = student_test(value - benchmark, _variance(rows, error**2), df)
    with np.errstate(divide="ignore", invalid="ignore"):
        implied = np.where(is_share, benchmark * (times - benchmark) / n_effective, 0.0)
    besides = _variance(rows, implied) - implied
    shares = score_test(value / times, n_effective, benchmark / times, besides / times**2)
    # A rate is tested as a count where its error is that of its count alone.
    root = np.sqrt(np.maximum(n, 1))
    is_count = is_count & (variance == 0) & ((n == 0) | np.isclose(error * root, value, rtol=1e-9))
    counts = poisson_test(n, benchmark * root / error)
    kinds = [is_share, is_count]
    return np.column_stack(
        [
            value - benchmark,
            np.select(kinds, [shares.z, counts.z], plain.z),
            np.select(kinds, [shares.p_value, counts.p_value], plain.p_value),
        ]
    )
