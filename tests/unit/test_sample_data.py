"""The demonstration data is what its README says: marked, reproducible, believable, complete."""

import hashlib
import json
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

from sample_data.making import checklists, notes, practice, records, tables
from sample_data.making.plan import load_plan
from sample_data.making.survey import survey
from sample_data.making.write import write_practice, write_tables
from urban_safety_monitor.catalogue.load import load_catalogue
from urban_safety_monitor.fieldwork.practice import planted_faults
from urban_safety_monitor.intake.boundaries import read_boundaries
from urban_safety_monitor.tables import inputs
from urban_safety_monitor.tables.checks import checked

FOLDER = Path(__file__).parents[2] / "sample_data"
PLAN = load_plan()
MARK = "demonstration"
LATEST = "2026-Q1"

# Who is asked what, written here a second time, from the questionnaire and not from the plan.
ASKED_IF = {
    "harass_ns_when": {"harass_ns_3y": 1},
    "harass_ns_place": {"harass_ns_3y": 1},
    "harass_sx_3y": {"private_sensitive": 1},
    "harass_sx_when": {"harass_sx_3y": 1, "private_sensitive": 1},
    "harass_sx_place": {"harass_sx_3y": 1, "private_sensitive": 1},
    "hh_vehtheft": {"hh_vehicle": 1},
    "v_sexual": {"private_sensitive": 1},
    "n_vehtheft": {"hh_vehtheft": 1},
    "n_burglary": {"hh_burglary": 1},
    "n_robbery": {"v_robbery": 1},
    "n_theft": {"v_theft": 1},
    "n_assault": {"v_assault": 1},
    "n_threat": {"v_threat": 1},
    "n_extort": {"v_extort": 1},
    "n_fraud": {"v_fraud": 1},
    "n_sexual": {"v_sexual": 1, "private_sensitive": 1},
    "rep_vehtheft": {"hh_vehtheft": 1},
    "rep_burglary": {"hh_burglary": 1},
    "rep_robbery": {"v_robbery": 1},
    "rep_theft": {"v_theft": 1},
    "rep_assault": {"v_assault": 1},
    "rep_threat": {"v_threat": 1},
    "rep_extort": {"v_extort": 1},
    "rep_fraud": {"v_fraud": 1},
    "rep_sexual": {"v_sexual": 1, "private_sensitive": 1},
    "ever_partner": {"private_sensitive": 1},
    "ipv_12m": {"ever_partner": 1, "private_sensitive": 1},
    "police_fair": {"police_contact": 1},
    "police_arrive": {"police_called": 1},
    "bribe_12m": {"official_contact": 1},
    "discr_12m": {"discr_5y": 1},
}
OFFENCES = [name for name in ASKED_IF if name.startswith("rep_")]
CRIMES = [next(iter(ASKED_IF[name])) for name in OFFENCES]
DIFFICULTIES = ["wg_see", "wg_hear", "wg_walk", "wg_mem", "wg_care", "wg_comm"]


@pytest.fixture(scope="module")
def surveys() -> dict[tuple[str, str], pd.DataFrame]:
    files = {city.area: FOLDER / tables.microdata_path(city) for city in PLAN.cities}
    return {
        (area, str(period)): frame.reset_index(drop=True)
        for area, path in files.items()
        for period, frame in pd.read_parquet(path).groupby("round_id")
    }


@pytest.fixture(scope="module")
def everybody(surveys) -> pd.DataFrame:
    return pd.concat(surveys.values(), ignore_index=True)


@pytest.fixture(scope="module")
def codebook():
    return load_catalogue().codebook


def table(name: str) -> pd.DataFrame:
    return pd.read_csv(FOLDER / name)


def percent(frame: pd.DataFrame, column: str, codes: list[int]) -> float:
    """Weighted percent of those who were asked, refusals and don't know in the base."""
    asked = frame[frame[column].notna()]
    return 100 * float(np.average(asked[column].isin(codes), weights=asked["weight_person"]))


def standard_error(frame: pd.DataFrame, member: pd.Series) -> float:
    """Percentage points, from the sampling units' totals within strata."""
    weight = frame["weight_person"]
    share = np.average(member, weights=weight)
    influence = weight * (member - share) / weight.sum()
    units = influence.groupby([frame["stratum"], frame["psu"]]).sum()
    stratum = units.groupby(level=0)
    size = stratum.transform("size")
    parts = (size / (size - 1).where(size > 1)) * (units - stratum.transform("mean")) ** 2
    return 100 * float(np.sqrt(parts.sum()))


def effect_of_weights(frame: pd.DataFrame) -> float:
    weight = frame["weight_person"]
    return float(len(frame) * (weight**2).sum() / weight.sum() ** 2)


def fact(name: str) -> float:
    return float(PLAN.facts[name]["value"].split()[0])


# --- the shape of the files ----------------------------------------------------------------


def test_columns_are_the_questionnaires_less_what_a_city_did_not_ask(surveys, codebook):
    for (area, _), frame in surveys.items():
        not_asked = PLAN.city(area).not_asked
        assert list(frame) == [name for name in codebook if name not in not_asked]
    assert len(codebook) == 108


def test_every_code_is_one_of_the_codebook(everybody, codebook):
    for name, variable in codebook.items():
        if variable.kind not in ("code", "integer"):
            continue
        given = set(everybody[name].dropna().unique())
        allowed = {int(code) for code in variable.codes}
        if variable.minimum is not None and variable.maximum is not None:
            allowed |= set(range(int(variable.minimum), int(variable.maximum) + 1))
        assert given <= allowed, name


def test_answers_are_small_whole_numbers_and_weights_are_decimal(surveys):
    kinds = surveys["MX-GDL", LATEST].dtypes
    assert kinds["weight_person"] == kinds["weight_hh"] == "float64"
    assert (kinds["n_adults_hh":].drop("result_code") == "Int8").all()


def test_the_skip_rules_hold_to_the_letter(everybody):
    for name, conditions in ASKED_IF.items():
        asked = pd.Series(True, index=everybody.index)
        for column, code in conditions.items():
            asked &= everybody[column].eq(code).fillna(False).astype(bool)
        on_the_form = ~everybody["city_id"].isin(cities_that_did_not_ask(name))
        pd.testing.assert_series_equal(
            everybody[name].notna(), asked & on_the_form, check_names=False
        )


def test_the_reason_is_asked_after_any_incident_not_reported(everybody):
    unreported = everybody[OFFENCES].eq(5).any(axis="columns")
    pd.testing.assert_series_equal(
        everybody["reason_nr"].notna(), unreported.astype(bool), check_names=False
    )


def test_questions_without_a_condition_are_put_to_everybody(everybody, codebook):
    conditional = {*ASKED_IF, "reason_nr"}
    for name in codebook.keys() - conditional:
        on_the_form = ~everybody["city_id"].isin(cities_that_did_not_ask(name))
        assert everybody.loc[on_the_form, name].notna().all(), name


def cities_that_did_not_ask(name: str) -> list[str]:
    return [city.area for city in PLAN.cities if name in city.not_asked]


def test_some_refuse_and_some_do_not_know(everybody):
    for name, refused, unknown in [("safe_night", 8, 9), ("age", 98, 99), ("income_group", 8, 9)]:
        counts = everybody[name].value_counts(normalize=True)
        assert 0 < counts[refused] < 0.06
        assert 0 < counts[unknown] < 0.06


# --- the sample ------------------------------------------------------------------------------


def test_each_round_has_about_1200_interviews_in_about_100_units(surveys):
    for (area, _), frame in surveys.items():
        assert 1_100 < len(frame) < 1_400
        assert 98 <= frame["psu"].nunique() <= 110
        assert 4 <= frame["stratum"].nunique() <= 6
        if area == "MX-GDL":
            assert len(frame) > 1_280


def test_weights_are_positive_unequal_and_add_up_to_the_adults(surveys):
    for (area, _), frame in surveys.items():
        weight = frame["weight_person"]
        assert (weight > 0).all()
        assert (frame["weight_hh"] > 0).all()
        assert weight.sum() == pytest.approx(PLAN.adults(PLAN.city(area)), rel=1e-4)
        assert 1.1 < effect_of_weights(frame) < 1.6


def test_people_households_and_units_have_one_place(surveys):
    for frame in surveys.values():
        assert frame["person_id"].is_unique
        assert frame["hh_id"].is_unique
        assert (frame.groupby("psu")["stratum"].nunique() == 1).all()
        assert (frame.groupby("psu")["district_id"].nunique() == 1).all()


def test_districts_are_those_of_the_areas(surveys):
    areas = table("areas.csv")
    for (area, _), frame in surveys.items():
        districts = areas.loc[areas["parent"] == area, "area"]
        assert set(frame["district_id"]) == set(districts)


def test_neighbours_answer_alike(surveys):
    effects, of_clusters = [], []
    for frame in surveys.values():
        share = percent(frame, "safe_city", [2])
        simple = share * (100 - share) / len(frame)
        effect = standard_error(frame, frame["safe_city"].eq(2)) ** 2 / simple
        effects.append(effect)
        of_clusters.append(effect / effect_of_weights(frame))
    assert 1.2 < np.median(effects) < 2.0
    assert np.median(of_clusters) > 1.1  # about 1 where sampling units do not matter


# --- levels and differences ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "column", "codes", "published"),
    [
        (("MX-GDL", "2024-Q1"), "safe_city", [2], fact("F005")),
        (("MX-GDL", "2026-Q1"), "safe_city", [2], fact("F011")),
        (("MX-GDL", "2026-Q1"), "place_street", [2], fact("F026")),
        (("ZA-ETH", "2024-Q1"), "safe_night", [1, 2], 100 - fact("F090")),
        (("ZA-ETH", "2026-Q1"), "safe_night", [1, 2], fact("F098")),
        (("ZA-ETH", "2024-Q1"), "police_arrive", [1, 2], fact("F091")),
        (("ZA-ETH", "2026-Q1"), "police_arrive", [1, 2], fact("F091")),
    ],
)
def test_named_cities_lie_near_the_published_figures(surveys, place, column, codes, published):
    assert percent(surveys[place], column, codes) == pytest.approx(published, abs=3)


def test_victims_and_their_reports_lie_near_the_published_figures(everybody, surveys):
    victims = [
        100 * np.average(frame[CRIMES].eq(1).any(axis="columns"), weights=frame["weight_person"])
        for (area, _), frame in surveys.items()
        if area == "MX-GDL"
    ]
    assert np.mean(victims) == pytest.approx(fact("F050") / 1000, abs=2.5)
    mexico = everybody[everybody["city_id"].str.startswith("MX")]
    by_code = [
        sum(float(mexico.loc[mexico[name].eq(code), "weight_person"].sum()) for name in OFFENCES)
        for code in range(1, 6)
    ]
    reported, dark = sum(by_code[:3]) / sum(by_code), sum(by_code[1:]) / sum(by_code)
    assert 100 * reported == pytest.approx(fact("F052"), abs=1.5)
    assert 100 * dark == pytest.approx(fact("F053"), abs=1.5)


def test_women_feel_less_safe_by_the_published_gap(everybody):
    mexico = everybody[everybody["city_id"].str.startswith("MX") & everybody["round_id"].eq(LATEST)]
    women, men = (percent(mexico[mexico["sex"] == code], "safe_city", [2]) for code in (2, 1))
    assert women - men == pytest.approx(fact("F036") - fact("F037"), abs=2.5)


def test_older_and_disabled_people_feel_less_safe(everybody):
    disabled = everybody[DIFFICULTIES].isin([3, 4]).any(axis="columns")
    old = everybody["age"].between(60, 97).astype(bool)
    overall = percent(everybody, "safe_night", [1, 2])
    assert percent(everybody[disabled], "safe_night", [1, 2]) < overall - 5
    assert percent(everybody[old], "safe_night", [1, 2]) < overall - 3


def test_a_persons_fears_go_together_and_victims_fear_more(everybody):
    unsafe = everybody["safe_city"].eq(2)
    in_streets = everybody["place_street"].eq(2)
    assert np.corrcoef(unsafe, in_streets)[0, 1] > 0.25
    victim = everybody[CRIMES].eq(1).any(axis="columns")
    assert percent(everybody[victim], "safe_city", [2]) > percent(everybody, "safe_city", [2]) + 3


def test_victims_of_one_offence_are_more_often_victims_of_another(everybody):
    robbed = everybody["v_robbery"].eq(1)
    threatened = everybody["v_threat"].eq(1)
    assert threatened[robbed].mean() > 2 * threatened[~robbed].mean()


@pytest.mark.parametrize("country", ["MX", "ZA"])
def test_every_status_occurs_against_the_country_median(surveys, country):
    statuses = set()
    for column, code in [("safe_city", 2), ("park_use", 2), ("know_prev", 2), ("v_robbery", 1)]:
        frames = [
            frame.dropna(subset=[column])
            for (area, period), frame in surveys.items()
            if area.startswith(country) and period == LATEST and column in frame
        ]
        values = [percent(frame, column, [code]) for frame in frames]
        errors = [standard_error(frame, frame[column].eq(code)) for frame in frames]
        distance = (np.array(values) - np.median(values)) / np.array(errors)
        worse, better = distance > 1.96, distance < -1.96
        statuses |= {"worse"} if worse.any() else set()
        statuses |= {"better"} if better.any() else set()
        statuses |= {"similar"} if (~worse & ~better).any() else set()
    assert statuses == {"worse", "better", "similar"}


# --- the cases a visitor should meet ---------------------------------------------------------


def test_two_named_cities_and_ten_invented_ones_in_each_country():
    areas = table("areas.csv")
    cities = areas[areas["level"] == "city"].set_index("area")
    assert cities.loc["MX-GDL", "title"] == "Guadalajara"
    assert cities.loc["ZA-ETH", "title"] == "Durban (eThekwini)"
    assert cities["country"].value_counts().to_dict() == {"MX": 11, "ZA": 11}
    assert cities[["population", "population_density", "informal_housing"]].notna().all(axis=None)
    assert cities.loc["MX-GDL", "population"] == fact("F066")
    assert cities.loc["ZA-ETH", "population"] == fact("F070") * 1e6
    assert (areas["parent"] == "MX-GDL").sum() == fact("F069")
    assert (areas["parent"] == "ZA-ETH").sum() == 4


def test_one_name_is_long_and_one_is_in_another_script():
    titles = [city.title for city in PLAN.cities]
    assert sum(len(title) > 50 for title in titles) == 1
    assert sum(any("\u0600" <= letter <= "\u06ff" for letter in title) for title in titles) == 1


def test_one_city_has_no_data_in_the_second_round():
    rounds = table("surveys.csv").groupby("area")["period"].agg(list)
    assert [area for area, periods in rounds.items() if LATEST not in periods] == ["ZA-D10"]
    assert len(rounds) == 22
    for name in ("administrative.csv", "checklists.csv"):
        frame = table(name)
        assert LATEST not in set(frame.loc[frame["area"] == "ZA-D10", "period"])


def test_a_changed_mode_is_a_break_in_every_survey_indicator():
    survey_indicators = {i.id for i in load_catalogue().indicators.values() if i.from_survey}
    differences = table("differences.csv")
    breaks = differences[differences["obs_status"] == "b"]
    assert set(breaks["indicator"]) == survey_indicators
    modes = table("surveys.csv").set_index(["area", "period"])["mode"]
    changed = modes[modes == "telephone"].index.tolist()
    assert changed == [*breaks[["area", "period"]].drop_duplicates().itertuples(index=False)]
    assert modes[changed[0][0], "2024-Q1"] == "face_to_face"


def test_another_wording_is_a_difference_of_definition():
    differences = table("differences.csv")
    worded = differences[differences["obs_status"] == "d"]
    assert worded["area"].unique().tolist() == ["MX-D04"]
    assert {"safe_night", "police_trust"} <= set(worded["indicator"])
    assert differences[["reason_en", "reason_es"]].notna().all(axis=None)


def test_a_district_and_a_sensitive_group_are_too_small_to_show(surveys):
    frame = surveys["ZA-D05", LATEST]
    assert frame["district_id"].value_counts().min() < 10
    assert frame.groupby("stratum")["psu"].nunique().min() == 1
    women = frame[frame["sex"].eq(2) & frame["ipv_12m"].isin([1, 2])]
    assert (women["district_id"].value_counts() < 30).any()


def test_a_small_group_makes_unreliable_values(surveys):
    frame = surveys["MX-GDL", LATEST]
    disabled = frame[DIFFICULTIES].isin([3, 4]).any(axis="columns")
    called = frame["police_called"].eq(1)
    assert 10 <= (disabled & called).sum() < 50


def test_some_questions_were_not_asked_everywhere(surveys):
    assert "park_access" not in surveys["ZA-D07", LATEST]
    assert "ipv_12m" not in surveys["MX-D08", LATEST]


def test_recorded_figures_have_a_blank_a_provisional_one_and_sexes():
    figures = table("administrative.csv")
    blank = figures[figures["value"].isna()]
    assert blank[["area", "period", "series"]].to_numpy().tolist() == [
        ["ZA-D03", LATEST, "road_deaths"]
    ]
    assert (figures["obs_status"] == "p").any()
    by_sex = figures[figures["disaggregation"] == "sex"]
    totals = figures[figures["disaggregation"] == "total"]
    key = ["area", "period", "series"]
    whole = totals.set_index(key)["value"]
    for place, value in by_sex.groupby(key)["value"].sum().items():
        assert whole[place] == value
    assert set(by_sex["area"]) == {"MX-GDL", "ZA-ETH"}


def test_homicides_follow_the_published_figures():
    figures = table("administrative.csv").set_index(["area", "period", "series", "category"])
    victims = figures["value"].xs(("homicide_victims", "total"), level=("series", "category"))
    assert victims["ZA-ETH", "2024-Q1"] == fact("F078")
    rate = victims["MX-GDL", LATEST] / fact("F066") * 100_000
    assert rate == pytest.approx(fact("F062"), abs=0.1)


def test_checklists_have_all_assessors_missing_items_and_missing_evidence():
    answers = table("checklists.csv")
    forms = load_catalogue().checklists
    assert set(answers["item"]) == {item.id for item in forms["city"].items}
    assessors = answers.groupby("item")["assessor"].agg(set)
    assert assessors["C1"] == {"city", "reviewer_1", "reviewer_2"}
    assert assessors["C7a"] == {f"assessor_{k}" for k in range(1, 6)}
    assert answers["evidence"].isna().any()
    items = answers.groupby("area")["item"].nunique()
    assert set(items[items < items.max()].index) == {"MX-D09", "ZA-D06"}
    national = table("checklists_national.csv")
    assert set(national["item"]) == {item.id for item in forms["member_state"].items}
    assert set(national["area"]) == {"MX", "ZA"}


# --- the tables hold, the files are marked, small and reproducible ---------------------------


@pytest.mark.parametrize(
    ("model", "name"),
    [
        (inputs.Areas, "areas.csv"),
        (inputs.Surveys, "surveys.csv"),
        (inputs.Differences, "differences.csv"),
        (inputs.Administrative, "administrative.csv"),
        (inputs.Checklist, "checklists.csv"),
        (inputs.Checklist, "checklists_national.csv"),
    ],
)
def test_tables_keep_the_programs_contracts(model, name):
    assert len(checked(model, table(name))) == len(table(name))


def test_the_run_names_every_file_that_is_there():
    run = tomllib.loads((FOLDER / "demonstration.toml").read_text(encoding="utf-8"))
    named = {file for source in run["microdata"] for file in source["files"]}
    there = {str(path.relative_to(FOLDER)) for path in (FOLDER / "microdata").iterdir()}
    assert named == there
    assert run["demonstration"] is True
    for key in ("areas", "surveys", "differences"):
        assert (FOLDER / run[key]).is_file()
    for file in (*run["administrative"], *run["checklists"], *run["boundaries"]):
        assert (FOLDER / file).is_file()


def test_every_district_has_an_outline_far_from_any_land():
    areas = table("areas.csv")
    outlines = read_boundaries(FOLDER / "districts.geojson", set(areas["area"]))
    assert set(outlines["area"]) == set(areas.loc[areas["level"] == "district", "area"])
    rings = [json.loads(geometry)["coordinates"][0] for geometry in outlines["geometry"]]
    assert np.abs(np.vstack(rings)).max() < 1.0


def test_outlines_of_a_city_share_their_corners():
    outlines = read_boundaries(FOLDER / "districts.geojson", set(table("areas.csv")["area"]))
    guadalajara = outlines[outlines["area"].str.startswith("MX-GDL")]
    corners = [
        tuple(corner)
        for geometry in guadalajara["geometry"]
        for corner in json.loads(geometry)["coordinates"][0][:-1]
    ]
    assert len(set(corners)) < len(corners) / 2


def test_interviews_and_days_are_those_of_the_answers(surveys):
    for row in table("surveys.csv").itertuples():
        frame = surveys[row.area, row.period]
        assert row.interviews == len(frame)
        assert row.first_day == frame["interview_date"].min()
        assert row.last_day == frame["interview_date"].max()
        assert set(frame["mode"]) == {2 if row.mode == "telephone" else 1}


def test_every_file_says_that_it_is_a_demonstration():
    written = [p for p in FOLDER.rglob("*") if p.suffix in (".csv", ".toml", ".md", ".geojson")]
    for path in written:
        if "making" not in path.parts:
            assert MARK in path.read_text(encoding="utf-8").lower(), path
    for path in (FOLDER / "microdata").iterdir():
        assert pq.read_schema(path).metadata[b"usm"].decode() == tables.NOTE
    about = CalamineWorkbook.from_path(FOLDER / "practice/example_ten_faults.xlsx")
    assert tables.NOTE in about.get_sheet_by_name("About").to_python()[0]


def test_it_is_small():
    files = [path for path in FOLDER.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 10_000_000


def test_one_city_can_be_remade_alone(surveys):
    for area, period in [("MX-GDL", LATEST), ("ZA-D07", "2024-Q1")]:
        remade = survey(PLAN, PLAN.city(area), period)
        pd.testing.assert_frame_equal(remade, surveys[area, period])


def test_tables_and_practice_files_are_remade_to_the_byte(tmp_path):
    write_tables(PLAN, tmp_path)
    write_practice(PLAN, tmp_path / "practice")
    for path in sorted(path for path in tmp_path.rglob("*") if path.is_file()):
        shipped = FOLDER / path.relative_to(tmp_path)
        assert _digest(path) == _digest(shipped), shipped.name


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_another_seed_gives_other_answers():
    other = PLAN.model_copy(update={"seed": PLAN.seed + 1})
    city = PLAN.city("ZA-D09")
    assert not survey(other, city, LATEST).equals(survey(PLAN, city, LATEST))
    assert not records.administrative(other).equals(records.administrative(PLAN))
    assert not checklists.city_checklists(other).equals(checklists.city_checklists(PLAN))


def test_the_readme_names_every_fact_that_sets_a_level():
    text = notes.readme(PLAN)
    for item in PLAN.items:
        for source in [*item.source.values(), *(pin.source for pin in item.pins)]:
            assert source in PLAN.facts
    assert all(f"| {name} |" in text for name in PLAN.facts)


# --- practice --------------------------------------------------------------------------------


def test_ten_faults_are_planted_where_the_list_says_and_nowhere_else():
    clean = pd.read_csv(FOLDER / "practice/example_clean.csv", dtype=str, keep_default_na=False)
    faulty = pd.read_csv(
        FOLDER / "practice/example_ten_faults.csv", dtype=str, keep_default_na=False
    )
    listed = pd.read_csv(FOLDER / "practice/planted_faults.csv", dtype=str)
    assert listed["fault"].tolist() == [str(k) for k in range(1, 11)]
    planted = {
        (int(row) - 2, fault.column) for fault in listed.itertuples() for row in fault.rows.split()
    }
    before = clean.assign(remarks="")
    changed = {
        (row, column)
        for column in faulty
        for row in np.flatnonzero(before[column].to_numpy() != faulty[column].to_numpy())
    }
    assert changed == planted


def test_the_workbook_holds_the_same_faults_as_the_csv_file():
    book = CalamineWorkbook.from_path(FOLDER / "practice/example_ten_faults.xlsx")
    head, *rows = book.get_sheet_by_name("data").to_python()
    as_text = pd.read_csv(
        FOLDER / "practice/example_ten_faults.csv", dtype=str, keep_default_na=False
    )
    assert head == list(as_text)
    assert len(rows) == len(as_text)
    for fault in planted_faults(practice.clean(PLAN)).itertuples():
        for row in map(int, fault.rows.split()):
            cell = rows[row - 2][head.index(fault.column)]
            shown = f"{cell:g}" if isinstance(cell, float) else cell
            assert shown == as_text[fault.column].iat[row - 2]


def test_the_clean_practice_file_is_the_round_that_is_missing():
    clean = table("practice/example_clean.csv")
    assert 250 < len(clean) < 350
    assert set(clean["city_id"]) == {"ZA-D10"}
    assert set(clean["round_id"]) == {LATEST}
