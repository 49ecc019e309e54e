"""Standard populations out of files, and survey estimates standardised to them."""

import numpy as np
import pandas as pd
import pytest

from tests.factories import catalogue, indicator, share, survey
from urban_safety_monitor.engines import psu_totals
from urban_safety_monitor.errors import CatalogueError, DataError
from urban_safety_monitor.pipeline.disclose import NUMBERS
from urban_safety_monitor.workflow.standard import read_standard
from urban_safety_monitor.workflow.surveys import Wanted, chosen_for, shown_estimates

GAP = share("safe") | {"kind": "gap", "disaggregation": "sex", "category": "woman", "minus": "man"}
CATALOGUE = catalogue(indicator("safe", share("safe")), indicator("gap", GAP))


@pytest.fixture(scope="module")
def answers():
    """400 people in a large district and a small one, men and women."""
    rng = np.random.default_rng(3)
    columns = {
        "safe": rng.integers(1, 3, 400),
        "sex": rng.integers(1, 3, 400),
        "district": np.repeat(["large", "small"], [384, 16]),
    }
    return survey(columns, psu=np.arange(400) // 8, weight_person=rng.uniform(1, 3, 400))


def standard(folder, text):
    path = folder / "standard.csv"
    path.write_text(text, encoding="utf-8")
    return read_standard(path, CATALOGUE)


def estimated(answers, **given):
    wanted = Wanted(**given)
    chosen = chosen_for(answers, CATALOGUE, wanted)
    totals = psu_totals(answers, CATALOGUE, chosen, wanted.summed_by)
    found = shown_estimates(totals, chosen, CATALOGUE, wanted)
    return wanted.said_with(found).set_index(["indicator", "category"])


def test_a_standardised_share_is_the_sum_of_its_groups_shares(answers, tmp_path):
    of = standard(tmp_path, "sex,population\nman,300\nwoman,100\n")
    assert of.shares == {"man": 0.75, "woman": 0.25}
    groups = estimated(answers, by=("sex",), indicators=("safe",))
    found = estimated(answers, standard=of)
    assert found.index.tolist() == [("safe", "total")]  # and no gap
    man, woman = (groups.loc[("safe", name)] for name in ("man", "woman"))
    row = found.iloc[0]
    np.testing.assert_allclose(row["value"], 0.75 * man["value"] + 0.25 * woman["value"])
    largest = 0.75 * man["standard_error"] + 0.25 * woman["standard_error"]
    assert 0 < row["standard_error"] <= largest
    assert row["lower"] < row["value"] < row["upper"]
    assert row["standardised_by"] == "sex"


def test_categories_are_standardised_too_and_withheld_where_a_group_has_few_people(
    answers, tmp_path
):
    of = standard(tmp_path, "sex,population\nman,1\nwoman,1\n")
    found = estimated(answers, by=("district",), standard=of)
    withheld = found["conf_status"] == "C"
    assert withheld.to_dict() == {
        ("safe", "total"): False,
        ("safe", "large"): False,
        ("safe", "small"): True,
    }
    assert found.loc[withheld, NUMBERS].isna().all(axis=None)


def test_a_group_without_anybody_withholds_the_estimate(answers, tmp_path):
    of = standard(tmp_path, "sex,population\nman,1\nwoman,1\nother,1\n")
    row = estimated(answers, standard=of).iloc[0]
    assert row["conf_status"] == "C"
    assert pd.isna(row["value"])


def test_all_problems_of_a_standard_are_told(tmp_path):
    with pytest.raises(DataError) as found:
        standard(tmp_path, "sex,shoe,population\nman,1,x\nmann,1,-2\nman,1,3\n")
    told = str(found.value)
    for words in ("'shoe': no disaggregation", "'mann' is no category", "row 2", "row 3", "row 4"):
        assert words in told
    for text, words in (
        ("sex\nman\n", "no column 'population'"),
        ("population\n1\n", "no column names a disaggregation"),
        ("sex,population\nman,0\n", "nobody is in any group"),
        ("", "cannot be read"),
    ):
        with pytest.raises(DataError, match=words):
            standard(tmp_path, text)


def test_a_standard_by_what_is_shown_or_not_asked_is_refused(answers, tmp_path):
    of = standard(tmp_path, "sex,population\nman,1\nwoman,1\n")
    with pytest.raises(CatalogueError, match="'sex': the standard is by it"):
        estimated(answers, by=("sex",), standard=of)
    with pytest.raises(CatalogueError, match="standard by 'sex': these answers do not tell it"):
        estimated(answers.drop(columns="sex"), standard=of)
