"""What every engine must do alike: the catalogue's indicators, hostile names, odd records."""

import numpy as np
import pandas as pd
import pytest

from tests.factories import catalogue, indicator, share, survey
from tests.property.test_engine_equals_oracle import records
from urban_safety_monitor.catalogue import load_catalogue
from urban_safety_monitor.catalogue.measures import Average, Mean, Proportion, Ratio
from urban_safety_monitor.engines import psu_totals
from urban_safety_monitor.engines.totals import totals_of

CATALOGUE = load_catalogue()
SURVEYED = [i for i in CATALOGUE.indicators.values() if i.from_survey]
FEW = [
    next(i for i in SURVEYED if isinstance(i.measure, kind))
    for kind in (Proportion, Mean, Ratio, Average)
]


def same(found, expected):
    """Equal to the last bit, rows in the same order."""
    pd.testing.assert_frame_equal(found.keys, expected.keys)
    pd.testing.assert_frame_equal(found.psus, expected.psus, check_dtype=False)
    assert found.terms == expected.terms
    for name in ("n", "numerator", "denominator"):
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))
    assert found.squares.keys() == expected.squares.keys()
    for k, squares in found.squares.items():
        np.testing.assert_array_equal(squares, expected.squares[k])


def test_the_whole_catalogue_by_crossed_groups(records_in):
    frame = records(seed=7, n=200)
    groups = ("sex", "age_group")
    with records_in(frame) as held:
        found = totals_of(held, CATALOGUE, SURVEYED, groups)
    same(found, psu_totals(frame, CATALOGUE, SURVEYED, groups))


def hostile():
    """Names and codes that are SQL, quotes, accents; a number with gaps; a PSU called 007."""
    frame = survey(
        {"answer": ["it's", 'a "b"', "\\", "it's", "", "ñ"], "district": ["n'", "", "none"] * 2},
        area='A"; DROP TABLE microdata; --',
        stratum=["1", "1", "1", "2", "2", "2"],
        psu=["007", "7", "007", "é", "é", "\\n"],
        weight_person=[0.1, 0.2, 0.3, 1e7, np.nan, 3.0],
    )
    texts = frame[["answer", "district"]].astype("str")
    return frame.assign(**texts.mask(texts.isin(["none"])))


def test_names_and_codes_are_nothing_but_text(records_in):
    measured = indicator("odd", share("answer", ["it's", "\\"], ["it's", "\\", 'a "b"', "ñ"]))
    declared = catalogue(measured)
    with records_in(hostile()) as held:
        found = totals_of(held, declared, [measured], ("district",))
    rows = found.long().set_index(["disaggregation", "category", "psu"])
    assert rows.loc[("total", "total", "007"), "n"] == 2
    assert rows.loc[("total", "total", "007"), "numerator"] == pytest.approx(0.4)
    assert rows.loc[("district", "n'", "é"), "numerator"] == pytest.approx(1e7)
    assert ("district", "", "7") in rows.index  # an empty text is a category, a missing one is none
    same(found, psu_totals(hostile(), declared, [measured], ("district",)))


def test_parquet_files_that_lack_a_column_of_another(records_in, tmp_path):
    frame = records(seed=3, n=200)
    frame["area"] = frame["area"].sort_values(ignore_index=True)
    first, second = frame[frame["area"] == "A"], frame[frame["area"] == "B"]
    with records_in(frame) as held:
        expected = totals_of(held, CATALOGUE, FEW, ("sex",))
    files = [tmp_path / "first.parquet", tmp_path / "second.parquet"]
    first.to_parquet(files[0])
    second.drop(columns="tenure").to_parquet(files[1])
    with records_in(files) as held:
        same(totals_of(held, CATALOGUE, FEW, ("sex",)), expected)


def test_no_records_give_no_totals(records_in):
    frame = records(seed=1, n=5)
    with records_in(frame[:0]) as held:
        found = totals_of(held, CATALOGUE, FEW, ("sex",))
    assert found.keys.empty
    assert found.psus.empty


def test_order_of_records_changes_nothing(records_in):
    frame = records(seed=5, n=500)
    mixed = frame.sample(frac=1, random_state=1, ignore_index=True)
    with records_in(frame) as held, records_in(mixed) as other:
        same(totals_of(other, CATALOGUE, FEW, ("sex",)), totals_of(held, CATALOGUE, FEW, ("sex",)))


def test_totals_of_areas_apart_are_those_of_the_whole(records_in):
    frame = records(seed=9, n=300)
    with records_in(frame) as held:
        whole = totals_of(held, CATALOGUE, FEW, ("sex",))
    for area in ("A", "B"):
        with records_in(frame[frame["area"] == area]) as held:
            part = totals_of(held, CATALOGUE, FEW, ("sex",))
        there = (whole.keys["area"] == area).to_numpy()
        np.testing.assert_array_equal(part.numerator, whole.numerator[there])
        np.testing.assert_array_equal(part.denominator, whole.denominator[there])
