"""Catalogues and recipes of other people's data, written as the guide tells: schools and ASEM."""

import csv

import pandas as pd
import pytest

from urban_safety_monitor.catalogue import load_catalogue
from urban_safety_monitor.workflow import Wanted, estimate_files, score_values

pytestmark = pytest.mark.external

CODEBOOK = """
[[variables]]
name = "api00"
kind = "number"
question = "Academic performance index in 2000"
[[variables]]
name = "enroll"
kind = "number"
question = "Pupils enrolled"
"""
FRAMEWORK = """
title = "Schools"
components = []
"""
INDICATOR = """
id = "{id}"
title = "{id}"
component = "schools"
evidence = "administrative"
unit_of_measure = "{id}"
definition = "{id}"
measure = {{ kind = "{kind}", of = {{ value_of = "{column}" }} }}
"""
RECIPE = """
id = "{id}"
title = "California schools, {id}"
source = "R package survey"
files.schools.has = ["cds", "api00", "pw"]
not_personal = ["sname", "name", "dname", "cname"]
[columns]
area.constant = "CA"
period.constant = "2000"
person.from = "{person}"
stratum.{stratum}
psu.from = "{psu}"
weight_person.from = "pw"
psus_in_stratum.from = "fpc"
api00.from = "api00"
enroll.from = "enroll"
"""


@pytest.fixture
def schools(tmp_path):
    (tmp_path / "schools").mkdir()
    (tmp_path / "framework.toml").write_text(FRAMEWORK)
    (tmp_path / "codebook.toml").write_text(CODEBOOK)
    for name, kind, column in (
        ("api_mean", "mean", "api00"),
        ("enrolled", "total", "enroll"),
    ):
        text = INDICATOR.format(id=name, kind=kind, column=column)
        (tmp_path / f"schools/{name}.toml").write_text(text)
    return tmp_path


def estimates(shared, folder, name, psu, stratum):
    recipe = folder / f"{name}.recipe.toml"
    text = RECIPE.format(id=name, person="snum", psu=psu, stratum=stratum)
    recipe.write_text(text)
    file = shared / f"realdata/r_survey_api/{name}.csv"
    recipe_out = folder.parent / recipe.name
    recipe.rename(recipe_out)
    found = estimate_files([file], str(recipe_out), load_catalogue(folder), Wanted())
    return found.set_index("indicator")


def test_stratified_schools(shared, schools):
    found = estimates(shared, schools, "apistrat", "snum", 'from = "stype"')
    mean, total = found.loc["api_mean"], found.loc["enrolled"]
    assert mean["value"] == pytest.approx(662.287363159321, rel=1e-12)
    assert mean["standard_error"] == pytest.approx(9.40894080278458, rel=1e-12)
    assert total["value"] == pytest.approx(3687177.532, rel=1e-9)
    assert total["standard_error"] == pytest.approx(114641.716, rel=1e-8)


def test_clustered_schools(shared, schools):
    found = estimates(shared, schools, "apiclus1", "dnum", 'constant = "1"')
    assert found.loc["api_mean", "value"] == pytest.approx(644.169398907104, rel=1e-12)
    assert found.loc["api_mean", "standard_error"] == pytest.approx(23.542240693781, rel=1e-12)


@pytest.fixture(scope="module")
def asem(shared, tmp_path_factory):
    """ASEM's hierarchy and directions from its own metadata, observed goalposts throughout."""
    source, folder = shared / "realdata/coinr_asem", tmp_path_factory.mktemp("asem")
    with (source / "ASEM_iMeta.csv").open() as file:
        meta = list(csv.DictReader(file))
    level = {"2": "subdomain", "3": "domain", "4": "overall"}
    lines = ['title = "ASEM Sustainable Connectivity"']
    for row in meta:
        if row["Type"] == "Aggregate":
            parent = "" if row["Parent"] in ("NA", "") else f'\nparent = "c_{row["Parent"]}"'
            lines.append(
                f'[[components]]\nid = "c_{row["iCode"]}"\ntitle = "{row["iName"]}"\n'
                f'level = "{level[row["Level"]]}"\nimportance = {row["Weight"]}{parent}'
            )
    (folder / "framework.toml").write_text("\n".join(lines))
    (folder / "indicators").mkdir()
    for row in meta:
        if row["Type"] == "Indicator":
            write_asem_indicator(folder, row)
    values = pd.read_csv(source / "COIN_Data_Treated.csv")
    names = {r["iCode"]: f"i_{r['iCode'].lower()}" for r in meta if r["Type"] == "Indicator"}
    table = values.rename(columns=names)[["UnitCode", *names.values()]]
    table.to_csv(folder / "values.csv", index=False)
    return folder


def write_asem_indicator(folder, row):
    name = f"i_{row['iCode'].lower()}"
    worst, best = ("min", "max") if row["Direction"] == "1" else ("max", "min")
    (folder / f"indicators/{name}.toml").write_text(
        f'id = "{name}"\ntitle = "{row["iName"]}"\ncomponent = "c_{row["Parent"]}"\n'
        f'evidence = "administrative"\nunit_of_measure = "{row["Unit"]}"\n'
        f'definition = "{row["iName"]}"\n'
        f'measure = {{ kind = "recorded_value", series = "{name}" }}\n'
        f'goalposts = {{ scores_0 = "{worst}", scores_100 = "{best}", reason = "observed" }}\n'
    )


def test_asem_index_equals_coinr(shared, asem):
    scores = score_values(asem / "values.csv", load_catalogue(asem))
    index = scores[scores["level"] == "overall"].set_index("area")["score"]
    theirs = pd.read_csv(shared / "realdata/coinr_asem/COIN_Data_Aggregated.csv")
    expected = theirs.set_index("UnitCode")["Index"]
    pd.testing.assert_series_equal(
        index.sort_index(), expected.sort_index(), rtol=1e-9, check_names=False
    )
    best = index.sort_values(ascending=False).round(2).head(3)
    assert best.to_dict() == {"CHE": 68.38, "NLD": 64.82, "DNK": 64.80}


def test_asem_normalised_equals_coinr(shared, asem):
    scores = score_values(asem / "values.csv", load_catalogue(asem))
    found = scores[scores["level"] == "indicator"].pivot(
        index="area", columns="component", values="score"
    )
    theirs = pd.read_csv(shared / "realdata/coinr_asem/COIN_Data_Normalised.csv").set_index(
        "UnitCode"
    )
    for column in found:
        code = next(c for c in theirs if f"i_{c.lower()}" == column)
        pd.testing.assert_series_equal(
            found[column].sort_index(),
            theirs[code].sort_index().astype(float),
            rtol=1e-9,
            atol=1e-9,
            check_names=False,
        )
