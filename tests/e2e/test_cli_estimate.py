"""`usm estimate`: records as declared, the same numbers in every format, clear refusals."""

import json
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.e2e.command_line import usm
from urban_safety_monitor.catalogue.load import shipped
from urban_safety_monitor.tables import Estimates

pytestmark = pytest.mark.e2e

CLEAN = shipped("sample_data") / "practice" / "example_clean.csv"
QUESTIONNAIRE = ("--recipe", "usm-questionnaire")
NUMBERS = ["value", "standard_error", "lower", "upper", "n"]

FRAMEWORK = """
title = "Two cities"
components = [
  { id = "all", title = "All", level = "overall" },
  { id = "place", title = "Place", level = "domain", parent = "all" },
  { id = "street", title = "Street", level = "subdomain", parent = "place" },
]
"""
INDICATOR = """
id = "{id}"
title = "{id}"
component = "street"
evidence = "administrative"
unit_of_measure = "percent"
definition = "{id}"
measure = {{ kind = "recorded_value", series = "{id}" }}
goalposts = {{ scores_0 = {worst}, scores_100 = {best}, reason = "all that can be" }}
"""


def test_json_and_csv_carry_the_columns_and_numbers_of_the_estimates() -> None:
    asked = ("estimate", CLEAN, *QUESTIONNAIRE, "--by", "district", "--by", "sex")
    as_json, as_csv = (usm(*asked, "--format", shown) for shown in ("json", "csv"))
    assert (as_json.code, as_json.err, as_csv.code, as_csv.err) == (0, "", 0, "")
    records = json.loads(as_json.out)
    assert {tuple(record) for record in records} == {tuple(Estimates.to_schema().columns)}
    assert {record["disaggregation"] for record in records} == {"total", "district", "sex"}
    withheld = [record for record in records if record["conf_status"] == "C"]
    assert withheld
    assert {record[name] for record in withheld for name in NUMBERS} == {None}

    frame, table = pd.DataFrame(records), pd.read_csv(StringIO(as_csv.out))
    assert list(table) == list(frame)
    assert (table["category"] == frame["category"]).all()
    for name in NUMBERS:
        assert table[name].to_numpy() == pytest.approx(
            frame[name].to_numpy(dtype=float), rel=1e-13, abs=1e-13, nan_ok=True
        )

    answers = pd.read_csv(CLEAN)
    total = table[table["disaggregation"] == "total"].set_index("indicator")
    night = total.loc["safe_night"]
    safe = np.average(answers["safe_night"].isin([1, 2]), weights=answers["weight_person"])
    assert night["value"] == pytest.approx(100 * safe)
    assert (night["n"], night["psus"]) == (len(answers), answers["psu"].nunique())
    assert 0 <= night["lower"] < night["value"] < night["upper"] <= 100


def test_everything_unknown_is_said_at_once() -> None:
    done = usm(
        *("estimate", CLEAN, *QUESTIONNAIRE, "--indicator", "safe_nite"),
        *("--indicator", "homicide_rate", "--by", "colour"),
    )
    assert (done.code, done.out) == (10, "")
    assert "'safe_nite': not in the catalogue; did you mean safe_night?" in done.err
    assert "'homicide_rate': this source has no answers for it" in done.err
    assert "'colour': not possible here; possible are age_group, disability" in done.err


def test_an_unknown_recipe_or_catalogue_is_named(tmp_path: Path) -> None:
    recipe = usm("check", CLEAN, "--recipe", "usm-questionaire")
    assert recipe.code == 10
    assert "usm-questionnaire" in recipe.err
    catalogue = usm("indicators", "--catalogue", tmp_path / "nowhere")
    assert catalogue.code == 10
    assert f"{tmp_path / 'nowhere'}: no such folder" in catalogue.err


def test_a_stratum_with_one_unit_can_be_refused(tmp_path: Path) -> None:
    answers = pd.read_csv(CLEAN, dtype=str)
    kept = (answers["stratum"] != "S1") | (answers["psu"] == "U001")
    path = tmp_path / "one_unit.csv"
    answers[kept].to_csv(path, index=False)
    wanted = ("estimate", path, *QUESTIONNAIRE, "--indicator", "safe_night")
    refused = usm(*wanted, "--lonely-psu", "fail")
    assert (refused.code, refused.out) == (12, "")
    assert "S1" in refused.err


def test_what_is_not_as_usual_is_named(tmp_path: Path) -> None:
    asked = ("estimate", CLEAN, *QUESTIONNAIRE, "--indicator", "safe_night", "--format", "json")
    other = ("--interval", "korn-graubard", "--level", "0.9", "--replicates", "jackknife")
    usual, chosen = (json.loads(usm(*asked, *more).out)[0] for more in ((), other))
    named = {"interval": "korn-graubard", "level": 0.9, "replicates": "jackknife"}
    assert {name: chosen.pop(name) for name in named} == named
    assert set(chosen) == set(usual)
    assert chosen["value"] == usual["value"]
    assert usual["lower"] < chosen["lower"] < chosen["upper"] < usual["upper"]

    people = pd.read_csv(CLEAN).groupby("sex")["weight_person"].sum()
    names = ["man", "woman", "other"]
    margins = pd.DataFrame({"margin": "sex", "category": names, "population": 2 * people})
    margins.to_csv(tmp_path / "margins.csv", index=False)
    weighting = tmp_path / "weighting.toml"
    weighting.write_text('margins = "margins.csv"\n')
    calibrated = json.loads(usm(*asked, "--weighting", weighting).out)[0]
    assert calibrated["value"] == pytest.approx(usual["value"])
    shown = usm("weights", CLEAN, *QUESTIONNAIRE, "--weighting", weighting, "--format", "json")
    table = pd.DataFrame(json.loads(shown.out)).set_index(["margin", "category"])
    assert table.loc[("sex", "woman"), "after"] == pytest.approx(2 * people[2])
    margins.replace("other", "else").to_csv(tmp_path / "margins.csv", index=False)
    refused = usm(*asked, "--weighting", weighting)
    assert (refused.code, refused.out) == (11, "")
    assert "category 'other' has 1 records and no population" in refused.err


def test_indicators_are_listed_and_shown() -> None:
    listed = json.loads(usm("indicators", "--format", "json").out)
    assert len(listed) == 68
    assert set(listed[0]) >= {"id", "title", "domain", "unit_of_measure", "status", "evidence"}
    one = usm("indicators", "safe_night", "--lang", "es").out
    assert "Se siente segura(o)" in one
    unknown = usm("indicators", "safe_nigth")
    assert (unknown.code, unknown.out) == (10, "")
    assert "'safe_nigth'" in unknown.err


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """A catalogue of two indicators: one better the higher, one better the lower."""
    (tmp_path / "street").mkdir()
    (tmp_path / "framework.toml").write_text(FRAMEWORK, encoding="utf-8")
    for name, worst, best in (("lit", 0, 100), ("broken", 50, 0)):
        text = INDICATOR.format(id=name, worst=worst, best=best)
        (tmp_path / "street" / f"{name}.toml").write_text(text, encoding="utf-8")
    return tmp_path


def test_an_index_is_computed_from_finished_values(index: Path) -> None:
    values = index / "values.csv"
    values.write_text("city,lit,broken,remark\nA,80,10,fine\nB,40,40,\n", encoding="utf-8")
    done = usm("score", values, "--catalogue", index, "--format", "json")
    assert done.code == 0, done.err
    scores = {(r["component"], r["area"]): r["score"] for r in json.loads(done.out)}
    assert (scores["lit", "A"], scores["broken", "A"]) == (80, pytest.approx(80))
    assert (scores["lit", "B"], scores["broken", "B"]) == (40, pytest.approx(20))
    assert scores["all", "A"] == pytest.approx(80)
    assert scores["all", "B"] == pytest.approx(30)


def test_wrong_values_are_all_named_with_their_rows(index: Path) -> None:
    values = index / "values.csv"
    values.write_text('city,lit,broken\nA,"80,5",10\nB,40,many\nB,41,3\n', encoding="utf-8")
    done = usm("score", values, "--catalogue", index)
    assert (done.code, done.out) == (11, "")
    assert "column lit, row 2: not a number: 80,5" in done.err
    assert "column broken, row 3: not a number: many" in done.err
    assert "row 3, 4: an area is given once for each period, here twice: B" in done.err
