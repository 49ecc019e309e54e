"""The one status rule, case by case."""

import numpy as np
import pandas as pd
import pytest

from tests.factories import areas, catalogue, differences, estimates, indicator, posts, share
from urban_safety_monitor.pipeline.compare import compare

SAFE = indicator("safe", share("safe"), goalposts=posts(0, 100))
ROBBED = indicator("robbed", share("robbed"), goalposts=posts(20, 0))
COUNTED = indicator("counted", share("counted"), status="context")
MINUTES = indicator(
    "minutes", {"kind": "mean", "of": {"value_of": "minutes"}}, goalposts=posts(60, 0)
)
RATE = indicator("rate", {"kind": "rate", "events": "homicides"}, goalposts=posts(30, 0))
SOLVED = indicator(
    "solved",
    {"kind": "recorded_share", "events": "charged", "among": "homicides"},
    goalposts=posts(0, 100),
)
CATALOGUE = catalogue(SAFE, ROBBED, COUNTED, MINUTES, RATE, SOLVED)

CITIES = ["A", "B", "C", "D", "E"]
NOBODY = pd.DataFrame({"area": [], "period": [], "peer": []}, dtype="str")
NUMBERS = ["difference", "z", "p_value", "p_adjusted"]


def sure(value, area="A", **given):
    """A share of 400 people, or whatever else."""
    usual = {"standard_error": 2.5, "n_effective": 400.0, "n": 400.0}
    return {"area": area, "value": value} | usual | given


def compared(rows, marks=(), peers=NOBODY, country="MX", name="safe"):
    table = estimates([{"indicator": name} | row for row in rows])
    cities = areas(sorted(table["area"].unique()), country)
    found = compare(table, cities, differences(marks), peers, CATALOGUE)
    return found.set_index(["benchmark", "area", "period"]).sort_index()


def against_median(value, others=(40.0, 45.0, 55.0, 60.0), **given):
    """City A beside four others; with a value between them the median is its own."""
    name = given.pop("name", "safe")
    marks = given.pop("marks", ())
    rows = [sure(value, **given)]
    rows += [sure(other, area) for area, other in zip("BCDE", others, strict=True)]
    return compared(rows, marks, name=name).loc[("country_median", "A", "2026")]


def test_a_share_is_tested_with_the_error_of_the_benchmark():
    row = against_median(30.0, (50.0, 50.0, 50.0, 50.0))
    assert row["benchmark_value"] == 50
    assert row["difference"] == -20
    assert row["z"] == pytest.approx(-0.2 / np.sqrt(0.5 * 0.5 / 400))
    assert row["p_adjusted"] == row["p_value"]


def test_a_mean_is_tested_with_its_own_error():
    row = against_median(30.0, (50.0, 50.0, 50.0, 50.0), name="minutes", n_effective=np.nan)
    assert row["z"] == pytest.approx(-20 / 2.5)


def test_a_mean_of_few_sampling_units_is_tested_as_its_interval_is_made():
    others = (50.0, 50.0, 50.0, 50.0)
    given = {"name": "minutes", "n_effective": np.nan, "standard_error": 1.0}
    assert against_median(47.7, others, **given)["status"] == "better"
    few = against_median(47.7, others, degrees_of_freedom=4, **given)  # 47.7 +- 2.78
    assert few["status"] == "similar"
    assert few["p_value"] == pytest.approx(0.0829, abs=1e-4)


@pytest.mark.parametrize(("benchmark", "status"), [(2.5, "similar"), (4.0, "better")])
def test_a_rate_of_few_events_is_tested_as_its_interval_is_made(benchmark, status):
    none = {"n": 0.0, "standard_error": 1.0, "n_effective": np.nan}  # interval 0 to 3.689
    row = against_median(0.0, (benchmark,) * 4, name="rate", **none)
    assert row["status"] == status
    assert row["difference"] == -benchmark


def test_a_rate_of_many_events():
    given = {"n": 784.0, "n_effective": np.nan}  # 784 events are a rate of 70 +- 2.5
    assert against_median(70.0, (50.0,) * 4, name="rate", **given)["status"] == "worse"


def test_a_share_of_events_is_tested_as_its_interval_is_made():
    solved = {"n": 20.0, "standard_error": 8.0, "n_effective": np.nan}  # 20 of 20: 83.9 to 100
    others = (85.0,) * 4
    assert against_median(100.0, others, name="solved", **solved)["status"] == "similar"
    others = (83.0,) * 4
    assert against_median(100.0, others, name="solved", **solved)["status"] == "better"


def against_medians(scenarios):
    """Status and reason of a value beside four of 50, each in a country of its own."""
    rows, countries = [], []
    for number, given in enumerate(scenarios):
        names = [f"{letter}{number}" for letter in CITIES]
        rows += [sure(5.0, names[0]) | {"indicator": "safe"} | given]
        rows += [sure(50.0, name, indicator=rows[-1]["indicator"]) for name in names[1:]]
        countries += [areas(names, f"country {number}")]
    table = compare(estimates(rows), pd.concat(countries), differences(), NOBODY, CATALOGUE)
    table = table[table["benchmark"] == "country_median"].set_index("area")
    return table.loc[[f"A{number}" for number in range(len(scenarios))]]


def test_status_follows_the_goalposts():
    expected = [
        ("safe", 30.0, "worse"),
        ("safe", 70.0, "better"),
        ("safe", 46.0, "similar"),
        ("robbed", 30.0, "better"),
        ("robbed", 70.0, "worse"),
        ("minutes", 30.0, "better"),
        ("counted", 30.0, "lower"),
        ("counted", 70.0, "higher"),
        ("counted", 51.0, "similar"),
    ]
    found = against_medians([{"indicator": name, "value": value} for name, value, _ in expected])
    assert found["status"].tolist() == [status for _, _, status in expected]
    similar = found["status"] == "similar"
    assert (similar == (found["reason"] == "difference_not_clear")).all()
    assert (~similar == (found["reason"] == "difference_clear")).all()


def test_what_gets_no_test():
    found = against_medians(
        [
            {"value": np.nan, "conf_status": "C"},
            {"value": np.nan, "obs_status": "x"},
            {"obs_status": "u"},
            {"obs_status": "d"},
        ]
    )
    assert found[["status", "reason"]].values.tolist() == [
        ["no_status", "withheld"],
        ["no_status", "not_collected"],
        ["no_status", "low_reliability"],
        ["not_comparable", "definition_differs"],
    ]
    assert found[NUMBERS].isna().all(axis=None)


@pytest.mark.parametrize("obs_status", ["A", "u"])
def test_another_definition_comes_before_low_reliability(obs_status):
    row = against_median(5.0, marks=[("safe", "A", "2026", "d")], obs_status=obs_status)
    assert (row["status"], row["reason"]) == ("not_comparable", "definition_differs")


def test_a_median_is_of_comparable_cities():
    values = dict(zip("BCDEF", (10.0, 20.0, 30.0, 40.0, 50.0), strict=True))
    rows = [sure(99.0), *(sure(value, area) for area, value in values.items())]

    def median(marks=(), **given):
        changed = [rows[0] | given, *rows[1:]]
        return compared(changed, marks).loc[("country_median", "B", "2026"), "benchmark_value"]

    assert median() == 35  # of six, its own included
    assert median([("safe", "A", "2026", "d")]) == 30
    assert median(obs_status="d") == 30
    assert median(value=np.nan, conf_status="C") == 30
    assert median([("safe", "A", "2026", "b")]) == 35


def test_fewer_than_five_values_are_no_median():
    rows = [sure(10.0 * place, area) for place, area in enumerate("ABCDE")]
    marks = [("safe", "E", "2026", "d")]
    found = compared(rows, marks).xs("country_median")
    assert found["benchmark_value"].isna().all()
    assert found["reason"].tolist() == ["too_few_areas"] * 4 + ["definition_differs"]
    assert found["status"].tolist() == ["no_status"] * 4 + ["not_comparable"]


def test_countries_and_periods_have_medians_of_their_own():
    rows = [sure(50.0, area) for area in CITIES]
    rows += [sure(20.0, area, period="2028") for area in CITIES]
    rows += [sure(90.0, area + "Z") for area in CITIES]
    table = estimates([{"indicator": "safe"} | row for row in rows])
    both = pd.concat([areas(CITIES), areas([area + "Z" for area in CITIES], "ZA")])
    found = compare(table, both, differences(), NOBODY, CATALOGUE)
    found = found[found["benchmark"] == "country_median"].set_index(["area", "period"])
    medians = found["benchmark_value"]
    assert (medians["A", "2026"], medians["A", "2028"], medians["AZ", "2026"]) == (50, 20, 90)


def test_districts_and_groups_are_not_compared_with_cities():
    rows = [sure(50.0, area) for area in CITIES]
    rows += [sure(1.0, area, disaggregation="sex", category="man") for area in CITIES]
    rows += [sure(1.0, "A-1")]
    table = estimates([{"indicator": "safe"} | row for row in rows])
    places = areas([*CITIES, "A-1"]).assign(level=["city"] * 5 + ["district"])
    found = compare(table, places, differences(), NOBODY, CATALOGUE)
    assert set(found["area"]) == set(CITIES)
    assert found["benchmark_value"].dropna().unique().tolist() == [50]


def test_peers_are_those_named_and_the_city_itself_is_not_one():
    rows = [sure(value, area) for area, value in zip("ABCDEF", range(0, 60, 10), strict=True)]
    peers = pd.DataFrame({"area": "A", "period": "2026", "peer": list("BCDE")})
    found = compared(rows, peers=peers).xs("peers")
    assert found.loc[("A", "2026"), "benchmark_value"] == 25
    assert found.loc[("B", "2026"), "reason"] == "too_few_areas"
    fewer = compared(rows, [("safe", "C", "2026", "d")], peers).loc[("peers", "A", "2026")]
    assert (fewer["status"], fewer["reason"]) == ("no_status", "too_few_areas")


def rounds(*scenarios):
    """Two rounds of one city for each (then, now, mark of a period or nothing)."""
    rows, marks = [], []
    for number, (then, now, *mark) in enumerate(scenarios):
        area = f"A{number}"
        rows += [sure(50.0, area, period="2024") | then, sure(60.0, area) | now]
        marks += [(name, area, *rest) for name, *rest in mark]
    found = compared(rows, marks).xs("previous").sort_index()
    first = found.xs("2024", level="period")
    assert first["reason"].eq("no_earlier_round").all()
    return found.xs("2026", level="period")


def test_a_change_counts_the_error_of_both_rounds():
    found = rounds(({}, {}), ({"standard_error": 9.0}, {}))
    row = found.loc["A0"]
    assert (row["benchmark_value"], row["difference"]) == (50, pytest.approx(10))
    assert row["z"] == pytest.approx(0.1 / np.sqrt(0.25 / 400 + 0.025**2))
    assert found["status"].tolist() == ["better", "similar"]
    minutes = {"indicator": "minutes"}
    assert rounds((minutes, minutes))["z"].tolist() == pytest.approx([10 / np.sqrt(2 * 2.5**2)])


def test_what_a_round_may_be_compared_with():
    withheld = {"value": np.nan, "conf_status": "C"}
    not_asked = {"value": np.nan, "obs_status": "x"}
    expected = [
        (({}, {}, ("safe", "2026", "b")), "not_comparable", "series_break"),
        (({}, {"obs_status": "b"}), "not_comparable", "series_break"),
        (({}, {}, ("safe", "2024", "b")), "better", "difference_clear"),
        (({}, {}, ("safe", "2024", "d")), "not_comparable", "definition_differs"),
        (({"obs_status": "u"}, {}), "no_status", "low_reliability"),
        (({}, {"obs_status": "u"}), "no_status", "low_reliability"),
        ((withheld, {}), "no_status", "withheld"),
        ((not_asked, {}), "no_status", "not_collected"),
        (({}, not_asked), "no_status", "not_collected"),
    ]
    found = rounds(*(scenario for scenario, _, _ in expected))
    said = list(zip(found["status"], found["reason"], strict=True))
    assert said == [(status, reason) for _, status, reason in expected]
    tested = found["status"].isin(["better", "worse", "similar"])
    assert (found["p_value"].notna() == tested).all()


def test_the_previous_round_is_the_last_one_before():
    rows = [sure(value, period=period) for period, value in
            (("2022", 10.0), ("2024", 50.0), ("2026", 60.0))]  # fmt: skip
    assert compared(rows).loc[("previous", "A", "2026"), "benchmark_value"] == 50


def test_p_values_are_adjusted_within_a_city_and_round():
    rows = [sure(50.0, area, indicator=name) for area in CITIES for name in ("safe", "robbed")]
    rows[0]["value"], rows[1]["value"] = 44.0, 45.0
    found = compared(rows).loc[("country_median", "A", "2026")]
    p = np.sort(found["p_value"])
    np.testing.assert_allclose(np.sort(found["p_adjusted"]), [min(2 * p[0], p[1]), p[1]])


def test_nothing_to_compare_gives_an_empty_table():
    assert compare(estimates([]), areas([]), differences(), NOBODY, CATALOGUE).empty
