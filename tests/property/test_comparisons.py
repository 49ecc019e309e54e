"""Status, interval and marks never contradict each other, whatever the values."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories import areas, catalogue, differences, estimates, indicator, posts, share
from urban_safety_monitor.pipeline.compare import compare
from urban_safety_monitor.statistics.intervals import wilson

NAMES = ["up", "down", "context"]
CATALOGUE = catalogue(
    indicator("up", share("x"), goalposts=posts(0, 100)),
    indicator("down", share("x") | {"times": 1000}, goalposts=posts(900, 0)),
    indicator("context", share("x"), status="context"),
)
TIMES = {"up": 100.0, "down": 1000.0, "context": 100.0}
CLEAR = {"better", "worse", "higher", "lower"}
SEEDS = st.integers(0, 2**32 - 1)


def cities(seed, number=80):
    """Random shares, small and large, some marked, withheld or missing."""
    rng = np.random.default_rng(seed)
    rows = []
    for area in range(number):
        for name in NAMES:
            p = rng.choice([rng.uniform(0.001, 0.1), rng.uniform(0.01, 0.99)])
            n = float(rng.integers(20, 2000))
            ends = wilson(np.array([p]), np.array([n]))
            row = {
                "indicator": name,
                "area": f"A{area:02}",
                "value": p * TIMES[name],
                "standard_error": np.sqrt(p * (1 - p) / n) * TIMES[name],
                "lower": ends.lower[0] * TIMES[name],
                "upper": ends.upper[0] * TIMES[name],
                "n_effective": n,
                "obs_status": rng.choice(["A", "A", "A", "u", "d", "p", "b"]),
            }
            if rng.random() < 0.1:
                row |= {"conf_status": "C", "value": np.nan, "obs_status": "A"}
            rows.append(row)
    peers = pd.DataFrame({"area": "A00", "period": "2026", "peer": ["A01", "A02", "A03", "A04"]})
    table = estimates(rows)
    found = compare(table, areas(sorted(table["area"].unique())), differences(), peers, CATALOGUE)
    key = ["component", "area", "period"]
    return found.merge(table.rename(columns={"indicator": "component"}), on=key)


@settings(max_examples=5)
@given(seed=SEEDS)
def test_a_difference_is_called_where_the_interval_leaves_the_benchmark_out(seed):
    table = cities(seed)
    tested = table[table["reason"].isin(["difference_clear", "difference_not_clear"])]
    assert len(tested) > 50
    benchmark = tested["benchmark_value"]
    outside = (benchmark < tested["lower"]) | (benchmark > tested["upper"])
    assert (tested["status"].isin(CLEAR) == outside).all()
    better = tested["status"] == "better"
    higher = tested["value"] > benchmark
    assert (higher[better] == (tested.loc[better, "component"] == "up")).all()
    worse = tested["status"] == "worse"
    assert (higher[worse] == (tested.loc[worse, "component"] == "down")).all()
    assert (tested["status"].isin(["higher", "lower"]) <= (tested["component"] == "context")).all()
    assert (tested["status"].isin(["better", "worse"]) <= (tested["component"] != "context")).all()


@settings(max_examples=3)
@given(seed=SEEDS)
def test_a_status_stands_only_where_a_test_was_made(seed):
    table = cities(seed)
    has_status = table["status"].isin(CLEAR | {"similar"})
    assert (table["z"].notna() == has_status).all()
    assert not (has_status & table["obs_status"].isin(["u", "d"])).any()
    assert not (has_status & (table["conf_status"] == "C")).any()
    assert ((table["status"] == "not_comparable") <= table["obs_status"].isin(["b", "d"])).all()
    assert (table["reason"] != "").all()


@settings(max_examples=3)
@given(seed=SEEDS)
def test_medians_are_those_of_the_comparable_values(seed):
    table = cities(seed)
    of_country = table[table["benchmark"] == "country_median"]
    for _, rows in of_country.groupby("component"):
        comparable = rows[(rows["conf_status"] == "") & (rows["obs_status"] != "d")]
        assert rows["benchmark_value"].unique().tolist() == [comparable["value"].median()]
