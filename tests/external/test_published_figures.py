"""Estimates from real survey files against the figures their offices published."""

import pytest

from urban_safety_monitor.catalogue import load_catalogue
from urban_safety_monitor.workflow import Wanted, estimate_files

pytestmark = pytest.mark.external


@pytest.fixture(scope="module")
def catalogue():
    return load_catalogue()


def ensu(shared, quarter):
    folder = shared / f"realdata/ensu_2015/conjunto_de_datos_ensu_0{quarter}_2015"
    return sorted(folder.glob("conjunto_de_datos_c[bs]_*/conjunto_de_datos/*.csv"))


def one(estimates, indicator, category="total"):
    rows = estimates[(estimates["indicator"] == indicator) & (estimates["category"] == category)]
    assert len(rows) == 1
    return rows.iloc[0]


@pytest.mark.parametrize(
    ("rule", "standard_error"),
    [
        ("adjust", 1.28343157773985),
        ("average", 1.31615805134355),
        ("certainty", 1.27989327596064),
    ],
)
def test_ensu_march_2015_with_each_rule_for_single_psus(shared, catalogue, rule, standard_error):
    wanted = Wanted(("unsafe_city",), ("sex",), rule)
    estimates = estimate_files(ensu(shared, 1), "mx-ensu-2015", catalogue, wanted)
    everybody = one(estimates, "unsafe_city")
    assert everybody["value"] == pytest.approx(67.9420048404757, rel=1e-9)
    assert everybody["standard_error"] == pytest.approx(standard_error, rel=1e-9)
    assert one(estimates, "unsafe_city", "man")["value"] == pytest.approx(
        66.0139151344532, rel=1e-9
    )
    woman = one(estimates, "unsafe_city", "woman")
    assert woman["value"] == pytest.approx(69.3663228305568, rel=1e-9)


def test_ensu_june_2015(shared, catalogue):
    wanted = Wanted(("unsafe_city",))
    found = one(estimate_files(ensu(shared, 2), "mx-ensu-2015", catalogue, wanted), "unsafe_city")
    assert found["value"] == pytest.approx(68.9656715746148, rel=1e-9)
    assert found["standard_error"] == pytest.approx(1.16257673551194, rel=1e-9)


def test_ensu_2015_says_nothing_firm_about_single_cities(shared, catalogue):
    wanted = Wanted(("unsafe_city",), ("city",))
    estimates = estimate_files(ensu(shared, 1), "mx-ensu-2015", catalogue, wanted)
    cities = estimates[estimates["disaggregation"] == "city"]
    assert len(cities) > 30
    assert ((cities["obs_status"] == "u") | (cities["conf_status"] == "C")).all()


@pytest.fixture(scope="module")
def envipe(shared, catalogue):
    folder = shared / "realdata/envipe_2021"
    files = [folder / "TMod_Vic.csv.gz", folder / "TPer_Vic2.csv.gz"]
    wanted = Wanted(by=("sex", "municipality", "state_of_occurrence"))
    return estimate_files(files, "mx-envipe-2021", catalogue, wanted)


@pytest.mark.parametrize(
    ("category", "value", "standard_error"),
    [
        ("total", 23519.7201126486, 219.772134152653),
        ("man", 25120.5094295, 333.5013),
        ("woman", 22128.9205045, 296.3488),
        ("14039", 35802.1868, 2761.7618),
    ],
)
def test_envipe_prevalence(envipe, category, value, standard_error):
    row = one(envipe, "crime_prevalence_published", category)
    digits = 1e-9 if category == "total" else 1e-6
    assert row["value"] == pytest.approx(value, rel=digits)
    assert row["standard_error"] == pytest.approx(standard_error, rel=digits)


def test_envipe_guadalajara_counts_and_is_flagged(envipe):
    row = one(envipe, "crime_prevalence_published", "14039")
    assert (row["n"], row["obs_status"]) == (452, "u")


def test_envipe_incidence_crimes_and_dark_figure(envipe):
    incidence = one(envipe, "crime_incidence_published")
    assert incidence["value"] == pytest.approx(30601.1125, rel=1e-8)
    assert incidence["standard_error"] == pytest.approx(402.508, rel=1e-6)
    assert one(envipe, "crimes_published")["value"] == 27639203
    assert one(envipe, "crimes_published", "14")["value"] == 1956967
    dark = one(envipe, "dark_figure_published")
    assert dark["value"] == pytest.approx(93.269371768788, rel=1e-9)
