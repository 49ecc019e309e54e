"""Standardised survey estimates against R survey 4.1-1 (R 4.2.2), and with the errors it gives.

The figures below come from

    d <- svydesign(id = ~psu, strata = ~interaction(area, stratum), weights = ~weight_person,
                   data = read.csv("people.csv"), nest = TRUE)
    s <- svystandardize(d, by = ~sex + age, over = ~area, population = c(30, 20, 25, 25))
    svyby(~I(100 * (safe == 1)), ~area, s, svymean)
    svyby(~minutes, ~area, s, svymean)
"""

import numpy as np
import pandas as pd

from tests.factories import SEX, catalogue, indicator, share, survey
from urban_safety_monitor.engines import psu_totals
from urban_safety_monitor.pipeline.estimate import estimate
from urban_safety_monitor.pipeline.standardised import StandardPopulation

AGE = {"id": "age", "title": "Age", "column": "age"}
SAFE = indicator("safe", share("safe"), disaggregations=["sex"])
MINUTES = indicator("minutes", {"kind": "mean", "of": {"value_of": "minutes"}})
CATALOGUE = catalogue(SAFE, MINUTES, groups=[SEX, AGE])
STANDARD = StandardPopulation(
    "sex*age", {"man*1": 30.0, "woman*1": 20.0, "man*2": 25.0, "woman*2": 25.0}
)
R = {
    ("safe", "A"): (54.1849853536839, 4.72883704735846),
    ("safe", "B"): (68.5706459269558, 7.62607806785733),
    ("minutes", "A"): (35.8662055820316, 1.94802202638291),
    ("minutes", "B"): (35.8000997376788, 2.36370179365109),
}


def people(area, n=90):
    rng = np.random.default_rng(ord(area))
    sex = rng.integers(1, 3, n)
    age = rng.integers(1, 3, n)
    answers = {
        "sex": sex,
        "age": age,
        "safe": np.where(rng.integers(0, 10, n) < 2 + 3 * sex, 1, 2),
        "minutes": rng.integers(0, 60, n) + 5 * age,
    }
    psu = np.arange(n) // 10
    weights = rng.integers(1, 6, n).astype(float)
    return survey(answers, area=area, stratum=psu % 3, psu=psu, weight_person=weights)


def test_values_and_errors_are_those_of_r():
    both = pd.concat([people("A"), people("B")], ignore_index=True)
    totals = psu_totals(both, CATALOGUE, [SAFE, MINUTES], ["sex*age"])
    found = estimate(totals, [SAFE, MINUTES], standard=STANDARD).estimates
    rows = found.set_index(["indicator", "area"])
    assert len(rows) == len(R)
    for key, (value, error) in R.items():
        np.testing.assert_allclose(rows.loc[key, "value"], value, rtol=1e-12)
        np.testing.assert_allclose(rows.loc[key, "standard_error"], error, rtol=1e-12)
    assert (rows["n"] == 90).all()
    assert (rows["degrees_of_freedom"] == 6).all()
    assert rows[["lower", "upper", "n_effective"]].loc["safe"].notna().all(axis=None)
