"""DuckDB's totals equal the readable pandas version, on records made at random."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracle import long_totals
from urban_safety_monitor.catalogue import load_catalogue
from urban_safety_monitor.catalogue.measures import Gap
from urban_safety_monitor.engines import psu_totals

CATALOGUE = load_catalogue()
SURVEYED = [
    i for i in CATALOGUE.indicators.values() if i.from_survey and not isinstance(i.measure, Gap)
]
KEYS = [
    "indicator", "component", "area", "period", "disaggregation", "category", "stratum", "psu",
]  # fmt: skip


def records(seed: int, n: int) -> pd.DataFrame:
    """Answers drawn from every allowed code, missing ones included, regardless of skips."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "area": rng.choice(["A", "B"], n),
            "period": "2026",
            "person": [str(i) for i in range(n)],
            "stratum": rng.choice(["s1", "s2"], n),
            "psu": rng.choice(["1", "2", "3"], n),
            "weight_person": rng.uniform(0.1, 50, n),
            "weight_household": rng.uniform(0.1, 50, n),
            "district": rng.choice(["north", "south"], n),
        }
    )
    for variable in CATALOGUE.codebook.values():
        if variable.canonical in frame or variable.kind not in ("code", "integer"):
            continue
        codes = [int(code) for code in variable.codes if code.isdigit()] or [1]
        if variable.minimum is not None:
            codes += list(range(int(variable.minimum), int(variable.minimum) + 90, 7))
        answers = pd.array(rng.choice(codes, n), dtype="Int16")
        answers[rng.random(n) < 0.15] = pd.NA
        frame[variable.canonical] = answers
    return frame


@settings(deadline=None, max_examples=20)
@given(
    seed=st.integers(0, 2**32 - 1),
    n=st.integers(1, 120),
    group=st.sampled_from(list(CATALOGUE.disaggregations)),
    chosen=st.sets(st.sampled_from(range(len(SURVEYED))), min_size=2, max_size=5),
)
def test_totals_equal(seed, n, group, chosen):
    frame = records(seed, n)
    indicators = [SURVEYED[number] for number in sorted(chosen)]
    found = psu_totals(frame, CATALOGUE, indicators, (group,)).long()
    expected = long_totals(frame, CATALOGUE, indicators, [group])
    assert found.empty == expected.empty
    expected = expected.astype(found[KEYS].dtypes.to_dict())
    both = found.merge(expected, on=KEYS, how="outer", suffixes=("", "_expected"))
    for column in ("n", "numerator", "denominator"):
        np.testing.assert_allclose(both[column], both[f"{column}_expected"], rtol=1e-9, atol=1e-9)
