"""No table, whatever its cells, lets a withheld number be read or found by subtraction."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories import SEX, catalogue, estimates, indicator, share
from urban_safety_monitor.pipeline.disclose import NUMBERS, disclose

CATALOGUE = catalogue(
    indicator("safe", share("safe")),
    indicator("harassed", share("harassed"), sensitive=True),
    groups=[SEX, {"id": "age", "title": "Age", "column": "age"}],
)
NEEDED = {"safe": 10, "harassed": 30}
SHARE = {"value": 40.0, "standard_error": 2.0, "lower": 36.0, "upper": 44.0, "psus": 40.0}

sizes = st.lists(st.integers(1, 60), min_size=1, max_size=6)
tables = st.lists(
    st.tuples(st.sampled_from(["safe", "harassed"]), sizes, sizes.map(lambda s: s[:3])),
    min_size=1,
    max_size=16,
)


def published(tables):
    """Each table is an area: everybody, age groups and the sexes."""
    rows = []
    for number, (name, ages, sexes) in enumerate(tables):
        groups = [("total", "total", sum(ages))]
        groups += [("age", str(place), n) for place, n in enumerate(ages)]
        groups += [
            ("sex", sex, n) for sex, n in zip(("man", "woman", "other"), sexes, strict=False)
        ]
        rows += [
            SHARE
            | {"indicator": name, "area": f"A{number}", "n": n, "n_effective": n}
            | {"disaggregation": group, "category": category}
            for group, category, n in groups
        ]
    before = estimates(rows)
    return before, disclose(before, CATALOGUE)


@settings(max_examples=6)
@given(tables=tables)
def test_nothing_of_a_few_people_is_told(tables):
    before, after = published(tables)
    key = ["indicator", "area", "disaggregation", "category"]
    sizes = after.merge(before[[*key, "n"]], on=key, suffixes=("", "_before"))["n_before"]
    small = sizes < after["indicator"].map(NEEDED)
    hidden = after["conf_status"] == "C"
    assert (hidden | ~small).all()
    assert after.loc[hidden, NUMBERS].isna().all(axis=None)
    assert after.loc[~hidden, NUMBERS[:4]].notna().all(axis=None)
    optional = before[
        (before["category"] == "other") & (before["n"] < before["indicator"].map(NEEDED))
    ]
    assert len(after) == len(before) - len(optional)


@settings(max_examples=6)
@given(tables=tables)
def test_no_group_is_withheld_alone(tables):
    _, after = published(tables)
    groups = after[after["disaggregation"] != "total"].groupby(["area", "disaggregation"])
    for _, rows in groups:
        hidden = (rows["conf_status"] == "C").sum()
        assert hidden != 1 or len(rows) == 1


@settings(max_examples=6)
@given(tables=tables)
def test_no_more_is_withheld_than_needed(tables):
    before, after = published(tables)
    needed = after["indicator"].map(NEEDED)
    kept = after.merge(before, on=["area", "disaggregation", "category"], suffixes=("", "_before"))
    complements = (kept["conf_status"] == "C") & (kept["n_before"] >= needed)
    each = kept.assign(complement=complements).groupby(["area", "disaggregation"])
    assert (each["complement"].sum() <= 1).all()
    np.testing.assert_array_equal(after.loc[after["conf_status"] == "C", "obs_status"], "A")
