"""Totals made where the records are, estimated where they are not."""

from dataclasses import replace

import pandas as pd
import pytest

from urban_safety_monitor.catalogue import load_catalogue
from urban_safety_monitor.catalogue.load import shipped
from urban_safety_monitor.errors import CatalogueError, DataError
from urban_safety_monitor.workflow import Wanted, estimate_files
from urban_safety_monitor.workflow.totals import estimate_totals, totals_file

CATALOGUE = load_catalogue()
PRACTICE = shipped("sample_data") / "practice" / "example_clean.csv"
RECIPE = "usm-questionnaire"
WANTED = Wanted(("safe_night",), ("sex",))


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    found = tmp_path_factory.mktemp("totals") / "practice.parquet"
    totals_file([PRACTICE], RECIPE, CATALOGUE, WANTED, found)
    return found


def test_estimates_from_totals_are_those_from_the_records(path):
    expected = estimate_files([PRACTICE], RECIPE, CATALOGUE, WANTED)
    pd.testing.assert_frame_equal(estimate_totals([path], CATALOGUE, Wanted()), expected)


def test_what_was_not_summed_cannot_be_asked_for(path):
    with pytest.raises(CatalogueError) as raised:
        estimate_totals([path], CATALOGUE, Wanted(("safe_day",), ("district",)))
    assert len(raised.value.problems) == 2


def test_totals_of_another_catalogue_are_refused(path):
    with pytest.raises(DataError, match="made with catalogue"):
        estimate_totals([path], replace(CATALOGUE, sha256="0" * 64), Wanted())


def test_recorded_figures_have_no_totals(tmp_path):
    with pytest.raises(DataError, match="recorded figures"):
        totals_file([PRACTICE], "mx-sesnsp", CATALOGUE, Wanted(), tmp_path / "a.parquet")
