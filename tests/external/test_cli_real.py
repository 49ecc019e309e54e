"""`usm check` and `usm estimate` on real files, as their user runs them."""

import csv
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest

pytestmark = [pytest.mark.external, pytest.mark.e2e]

SAPS = "za-saps-2003-2013"
SERIES = {
    "murders_recorded": "Murder",
    "sexual_crimes_recorded": "Total Sexual Crimes",
    "attempted_murders_recorded": "Attempted murder",
    "assaults_grievous_bodily_harm_recorded": (
        "Assault with the intent to inflict grievous bodily harm"
    ),
    "common_assaults_recorded": "Common assault",
    "common_robberies_recorded": "Common robbery",
    "aggravated_robberies_recorded": "Robbery with aggravating circumstances",
    "arson_recorded": "Arson",
    "malicious_damage_to_property_recorded": "Malicious damage to property",
    "burglaries_residential_recorded": "Burglary at residential premises",
    "burglaries_non_residential_recorded": "Burglary at non-residential premises",
    "vehicle_thefts_recorded": "Theft of motor vehicle and motorcycle",
    "thefts_from_vehicles_recorded": "Theft out of or from motor vehicle",
    "stock_thefts_recorded": "Stock-theft",
    "other_thefts_recorded": "All theft not mentioned elsewhere",
    "commercial_crimes_recorded": "Commercial crime",
    "shoplifting_recorded": "Shoplifting",
    "carjackings_recorded": "Carjacking",
    "robberies_residential_recorded": "Robbery at residential premises",
}
IN_TWO_PROVINCES = {
    "Balfour": {"ZA-EC", "ZA-MP"},
    "Middelburg": {"ZA-EC", "ZA-MP"},
    "Heidelberg": {"ZA-GP", "ZA-WC"},
    "Richmond": {"ZA-KZN", "ZA-NC"},
}
SEXUAL_CRIMES_ABOVE_PRINT = {2003: 29, 2004: 28, 2005: 25, 2006: 36, 2007: 20}
"""KwaZulu-Natal's stations add up to more than its page prints: the file itself is like that."""
INTENTIONAL = {"2020": 3359, "2021": 2823, "2022": 2634, "2023": 2581, "2024": 2553}


class Done(NamedTuple):
    code: int
    out: str
    err: str


def usm(*words: object) -> Done:
    call = [sys.executable, "-m", "urban_safety_monitor", *map(str, words)]
    environment = {**os.environ, "COLUMNS": "250", "NO_COLOR": "1"}
    done = subprocess.run(call, env=environment, capture_output=True, text=True)
    assert "Traceback" not in done.stderr, done.stderr
    return Done(done.returncode, done.stdout, done.stderr)


def estimated(recipe: str, files: list[Path], *words: str) -> pd.DataFrame:
    done = usm("estimate", *files, "--recipe", recipe, *words, "--format", "json")
    assert (done.code, done.err) == (0, "")
    return pd.DataFrame(json.loads(done.out))


def checked(recipe: str, *files: Path) -> dict:
    done = usm("check", *files, "--recipe", recipe, "--format", "json")
    report = json.loads(done.out)
    assert (done.code, done.err) == (0 if report["accepted"] else 11, "")
    return report


@pytest.fixture(scope="module")
def ensu(shared: Path) -> list[Path]:
    folder = shared / "realdata" / "ensu_2015" / "conjunto_de_datos_ensu_01_2015"
    return sorted(folder.glob("conjunto_de_datos_c[bs]_*/conjunto_de_datos/*.csv"))


def test_ensu_is_accepted_with_its_single_unit_strata_named(ensu: list[Path]) -> None:
    report = checked("mx-ensu-2015", *ensu)
    assert report["accepted"]
    found = {problem["code"]: problem["found"] for problem in report["problems"]}
    assert found["USM-S03"] == "13-13, 14-13, 15-11, 39-13, 40-13"


def test_ensu_gives_the_published_shares_and_the_reference_errors(ensu: list[Path]) -> None:
    rows = estimated("mx-ensu-2015", ensu, "--indicator", "unsafe_city", "--by", "sex")
    found = rows.set_index("category")
    for category, value in (
        ("total", 67.9420048404757),
        ("man", 66.0139151344532),
        ("woman", 69.3663228305568),
    ):
        assert found.loc[category, "value"] == pytest.approx(value, rel=1e-12)
    assert found.loc["total", "standard_error"] == pytest.approx(1.28343157773985, rel=1e-10)


def test_ensu_stops_where_single_unit_strata_are_not_to_be_passed_over(ensu: list[Path]) -> None:
    wanted = ("--indicator", "unsafe_city", "--lonely-psu", "fail")
    done = usm("estimate", *ensu, "--recipe", "mx-ensu-2015", *wanted)
    assert (done.code, done.out) == (12, "")
    assert "13-13" in done.err


def test_ensu_without_its_answers_is_refused(ensu: list[Path]) -> None:
    roster = next(path for path in ensu if "_cs_" in path.name)
    done = usm("estimate", roster, "--recipe", "mx-ensu-2015")
    assert (done.code, done.out) == (11, "")
    assert "MUST FIX" in done.err


def test_envipe_gives_the_published_figures_and_their_errors(shared: Path) -> None:
    names = ("TMod_Vic", "THogar", "TPer_Vic2", "TVivienda")
    files = [shared / "realdata" / "envipe_2021" / f"{name}.csv.gz" for name in names]
    wanted = ("--indicator", "crime_prevalence_published", "--indicator", "dark_figure_published")
    rows = estimated("mx-envipe-2021", files, *wanted, "--by", "sex")
    found = rows.set_index(["indicator", "category"])
    for category, value, error in (
        ("total", 23519.7201126486, 219.772134152653),
        ("man", 25120.5094295, 333.5013),
        ("woman", 22128.9205045, 296.3488),
    ):
        row = found.loc[("crime_prevalence_published", category)]
        assert row["value"] == pytest.approx(value, rel=1e-9)
        assert row["standard_error"] == pytest.approx(error, rel=1e-6)
    dark = found.loc[("dark_figure_published", "total"), "value"]
    assert dark == pytest.approx(93.269371768788, rel=1e-12)


@pytest.fixture(scope="module")
def saps_file(shared: Path) -> Path:
    return shared / "realdata" / "saps_2003_2013" / "crime-stats.csv"


@pytest.fixture(scope="module")
def murders(saps_file: Path) -> pd.DataFrame:
    wanted = ("--indicator", "murders_recorded", "--by", "station")
    return estimated(SAPS, [saps_file], *wanted)


@pytest.fixture(scope="module")
def provinces(saps_file: Path) -> pd.DataFrame:
    return estimated(SAPS, [saps_file])


@pytest.fixture(scope="module")
def printed(shared: Path) -> dict[str, dict[str, float]]:
    """KwaZulu-Natal as its page prints it: category, then "April 2003 to March 2004" and so on."""
    path = shared / "realdata" / "saps_2003_2013" / "kzn.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = [[cell.strip() for cell in row] for row in csv.reader(file)]
    start = next(n for n, row in enumerate(rows) if row[0] == "Crime Category")
    figures: dict[str, dict[str, float]] = {}
    for name, *cells in rows[start + 1 :]:
        if name and cells[0] and name not in figures:
            figures[name] = dict(zip(rows[start][1:], map(float, cells), strict=True))
        elif not name:
            break
    return figures


def year_in_words(period: str) -> str:
    first = int(re.fullmatch(r"(\d{4})-04-01/P1Y", period).group(1))
    return f"April {first} to March {first + 1}"


def test_saps_is_accepted_whole(saps_file: Path) -> None:
    report = checked(SAPS, saps_file)
    assert report["accepted"]
    assert report["files"][0]["rows"] == 32828


def test_every_category_of_kwazulu_natal_is_as_printed_in_all_ten_years(
    provinces: pd.DataFrame, printed: dict[str, dict[str, float]]
) -> None:
    assert set(provinces["indicator"]) == set(SERIES)
    assert set(provinces["disaggregation"]) == {"total"}
    assert set(provinces["area"]) == {
        f"ZA-{code}" for code in ("EC", "FS", "GP", "KZN", "LP", "MP", "NC", "NW", "WC")
    }
    ours = provinces[provinces["area"] == "ZA-KZN"]
    for indicator, category in SERIES.items():
        rows = ours[ours["indicator"] == indicator]
        years = dict(zip(map(year_in_words, rows["period"]), rows["value"], strict=True))
        assert len(years) == 10
        above = SEXUAL_CRIMES_ABOVE_PRINT if indicator == "sexual_crimes_recorded" else {}
        expected = printed[category] | {
            words: printed[category][words] + number
            for words, number in ((year_in_words(f"{y}-04-01/P1Y"), n) for y, n in above.items())
        }
        assert years == expected, indicator


def test_a_recorded_count_is_complete(provinces: pd.DataFrame) -> None:
    assert (provinces["standard_error"] == 0).all()
    assert (provinces["lower"] == provinces["upper"]).all()
    assert provinces["n"].isna().all()


def test_stations_add_up_to_their_province(murders: pd.DataFrame) -> None:
    keys = ["area", "period"]
    stations = murders[murders["disaggregation"] == "station"].groupby(keys)["value"].sum()
    totals = murders[murders["disaggregation"] == "total"].set_index(keys)["value"]
    assert stations.to_dict() == totals.to_dict()
    assert len(totals) == 90


def test_stations_of_one_name_in_two_provinces_stay_apart(
    murders: pd.DataFrame, saps_file: Path
) -> None:
    raw = pd.read_csv(saps_file)
    codes = {"LI": "ZA-LP"} | {code: f"ZA-{code}" for code in set(raw["province"]) - {"LI"}}
    raw = raw[raw["crime"].str.strip() == "Murder"].assign(area=raw["province"].map(codes))
    for name, areas in IN_TWO_PROVINCES.items():
        theirs = raw[raw["station"] == name].set_index("area")
        ours = murders[murders["category"] == name].set_index(["area", "period"])["value"]
        assert set(theirs.index) == set(ours.index.get_level_values("area")) == areas
        for area in areas:
            years = {f"{year}-04-01/P1Y": theirs.loc[area, str(year)] for year in range(2003, 2013)}
            assert ours.loc[area].to_dict() == years


@pytest.fixture(scope="module")
def sesnsp_file(shared: Path) -> Path:
    return shared / "realdata" / "mx_guanajuato_sesnsp" / "homicidios_gto_2020_2025_raw.csv"


def test_what_a_source_does_not_record_is_refused(sesnsp_file: Path) -> None:
    wanted = ("--indicator", "homicide_rate", "--by", "sex")
    done = usm("estimate", sesnsp_file, "--recipe", "mx-sesnsp", *wanted)
    assert (done.code, done.out) == (10, "")
    assert "'homicide_rate': this source has no answers for it" in done.err
    assert "'sex': not possible here; possible are means" in done.err


def test_sesnsp_gives_case_files_and_no_value_for_the_unfinished_year(sesnsp_file: Path) -> None:
    report = checked("mx-sesnsp", sesnsp_file)
    assert report["accepted"]
    assert "USM-R01" in {problem["code"] for problem in report["problems"]}
    rows = estimated("mx-sesnsp", [sesnsp_file], "--by", "means")
    cases = rows[rows["indicator"] == "homicide_cases_recorded"]
    totals = cases[cases["disaggregation"] == "total"]
    assert totals.groupby("period")["value"].sum().to_dict() == INTENTIONAL
    assert set(rows["period"]) == set(INTENTIONAL)
    means = cases[cases["disaggregation"] == "means"].groupby("period")["value"].sum()
    assert means.to_dict() == INTENTIONAL
    assert totals["area"].nunique() == 46
