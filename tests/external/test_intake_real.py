"""Real files of statistical offices and police: read as they came, and figures as published."""

import csv
import gzip
import os
import random
import re
from collections import Counter
from collections.abc import Callable
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pyreadstat
import pytest

from tests.faults.chance import changed, changed_inside
from urban_safety_monitor.catalogue.catalogue import Catalogue
from urban_safety_monitor.catalogue.load import load_catalogue, load_recipe
from urban_safety_monitor.engines import psu_totals
from urban_safety_monitor.intake import Intake, apply_recipe, read_file, require_accepted
from urban_safety_monitor.intake.source import UnreadableFile
from urban_safety_monitor.pipeline.estimate import estimate

pytestmark = pytest.mark.external

MURDERS = [19824, 18793, 18545, 19202, 18487, 18148, 16834, 15940, 15609, 16211]
"""Station sums; the country's published figure of the last year is 16,259 (48 more)."""
INTENTIONAL = {"2020": 3359, "2021": 2823, "2022": 2634, "2023": 2581, "2024": 2553}
NOT_COUNTED = 3


class Alone(NamedTuple):
    """What becomes of a file handed in by itself: the codes to be fixed, and why that is true."""

    files: str
    recipe: str
    to_fix: set[str]
    why: str


ALONE = (
    Alone("*.md", "usm-records", {"USM-F05"}, "a text of sentences, which no sign divides alike"),
    Alone("*/metadatos/*.txt", "mx-ensu-2015", {"USM-F05"}, "a description, not a table"),
    Alone("mx_boundaries/*.geojson", "usm-records", {"USM-F02"}, "borders of a map, as JSON"),
    Alone("*/catalogos/*.csv", "mx-ensu-2015", {"USM-F17"}, "a list of codes of one question"),
    Alone("*/diccionario_de_datos/*.csv", "mx-ensu-2015", {"USM-F17"}, "a list of the columns"),
    Alone("ensu_2015/*/0_indice_*.csv", "mx-ensu-2015", {"USM-F17"}, "a list of the files"),
    Alone(
        "*/conjunto_de_datos/*_cb_ensu_0?_2015.csv",
        "mx-ensu-2015",
        {"USM-F17"},
        "persons without the roster",
    ),
    Alone(
        "*/conjunto_de_datos/*_cs_ensu_0?_2015.csv",
        "mx-ensu-2015",
        {"USM-F17"},
        "the roster without persons",
    ),
    Alone(
        "*/conjunto_de_datos/*_viv_ensu_0?_2015.csv",
        "mx-ensu-2015",
        {"USM-F17"},
        "dwellings without persons",
    ),
    Alone("envipe_2021/*.xlsx", "mx-envipe-2021", {"USM-F08"}, "published tables under titles"),
    Alone(
        "ensu_published/derived_*.csv",
        "usm-records",
        {"USM-F13"},
        "ten names above rows of eight cells",
    ),
    Alone("ensu_published/nm_cd.csv", "usm-records", {"USM-C08"}, "names of cities, no figures"),
    Alone("ensu_published/CVE_GEO.csv", "usm-records", {"USM-C08"}, "places, no figures by time"),
    Alone("mx_guanajuato_sesnsp/*_anual.csv", "mx-sesnsp", {"USM-C01"}, "years without months"),
    Alone("mx_guanajuato_sesnsp/poblacion_*.csv", "mx-sesnsp", {"USM-C01"}, "people, no crimes"),
    Alone("saps_precinct_population/*.csv.gz", "usm-records", {"USM-C08"}, "one figure a place"),
    Alone("saps_2003_2013/kzn.csv", "za-saps-2003-2013", {"USM-F08"}, "printed pages as a file"),
    Alone("r_survey_api/*.csv", "usm-questionnaire", {"USM-C08"}, "schools, no questionnaire"),
    Alone("coinr_asem/*.csv", "usm-questionnaire", {"USM-C08"}, "countries, no questionnaire"),
)
ACCEPTED = {
    "envipe_2021/T*.csv.gz": "all four together, below",
    "mx_guanajuato_sesnsp/*_raw.csv": "alone, below",
    "saps_2003_2013/crime-stats.csv": "alone, below",
}
LARGE = 1_000_000
"""Bytes of a file of which only the number of rows is compared."""
SMALL = 60_000
"""Bytes of files that are read many times."""
TRIES = int(os.environ.get("USM_TRIES", "0"))
WRITERS = {
    "sav": pyreadstat.write_sav,
    "dta": pyreadstat.write_dta,
    "parquet": pd.DataFrame.to_parquet,
}


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.fixture(scope="session")
def check(catalogue: Catalogue) -> Callable[..., Intake]:
    def apply(recipe: str, *files: Path) -> Intake:
        declared, _ = load_recipe(recipe, catalogue)
        return apply_recipe(declared, catalogue, files)

    return apply


def files_of(shared: Path, pattern: str) -> list[Path]:
    root = shared / "realdata"
    names = {path: path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}
    return sorted(path for path, name in names.items() if fnmatch(name, pattern))


def test_every_file_that_is_here_has_been_looked_at(shared):
    known = [*(entry.files for entry in ALONE), *ACCEPTED]
    matched = [path for pattern in known for path in files_of(shared, pattern)]
    assert Counter(matched) == Counter(files_of(shared, "*"))


@pytest.mark.parametrize("entry", ALONE, ids=lambda entry: entry.files)
def test_a_file_alone_is_refused_for_a_reason_that_is_true(shared, check, entry):
    files = files_of(shared, entry.files)
    assert files
    for path in files:
        report = check(entry.recipe, path).report
        assert {p.code for p in report.of_level("must_fix")} == entry.to_fix, path
        if report.facts:
            assert_read_as_written(path)


@pytest.mark.parametrize("entry", ALONE, ids=lambda entry: entry.files)
def test_a_changed_file_gives_a_report(shared, check, tmp_path, entry):
    """A few copies of each small file changed by chance; `USM_TRIES` asks for more."""
    for path in files_of(shared, entry.files):
        for number in range(TRIES or 3) if path.stat().st_size < SMALL else ():
            copy = tmp_path / path.name
            copy.write_bytes(changed(path.read_bytes(), random.Random(f"{path.name} {number}")))
            assert check(entry.recipe, copy).report.text("es"), (path, number)


@pytest.mark.parametrize("ending", ["xlsx", "sav", "dta", "parquet"])
def test_a_changed_file_of_another_form_is_a_table_or_a_reason(shared, tmp_path, ending):
    """The published workbook, and schools as statistical programs keep them."""
    content = files_of(shared, "envipe_2021/*.xlsx")[0].read_bytes()
    copy = tmp_path / f"copy.{ending}"
    if ending != "xlsx":
        schools = pd.read_csv(shared / "realdata" / "r_survey_api" / "apistrat.csv")
        schools = schools.rename(columns=lambda name: re.sub(r"\W", "_", name))
        WRITERS[ending](schools, copy)
        content = copy.read_bytes()
    change = changed_inside if ending == "xlsx" else changed
    for number in range(TRIES or 5):
        copy.write_bytes(change(content, random.Random(f"{ending} {number}")))
        try:
            assert len(read_file(copy).frame) > 0
        except UnreadableFile as error:
            assert error.problem.level == "must_fix", number


def assert_read_as_written(path: Path) -> None:
    """Every cell is what another reader finds, but for blanks and returns around it."""
    table = read_file(path).spelled_out()
    opened = gzip.open if path.suffix == ".gz" else open
    encoding = "utf-8-sig" if table.encoding == "utf-8" else table.encoding
    with opened(path, "rt", encoding=encoding, newline="") as lines:
        header, *rows = [row for row in csv.reader(lines) if "".join(row).strip()]
    assert [n for n in table.header if "(column" not in n] == [n.strip() for n in header if n]
    assert len(rows) == len(table.frame)
    if path.stat().st_size < LARGE:
        ours = table.frame.fillna("").astype(object).to_numpy().tolist()
        assert ours == [[cell.strip() for cell in row] for row in rows]


def ensu_files(shared: Path, quarter: int, kinds: tuple[str, ...]) -> list[Path]:
    name = f"ensu_0{quarter}_2015"
    folder = shared / "realdata" / "ensu_2015" / f"conjunto_de_datos_{name}"
    return [
        folder
        / f"conjunto_de_datos_{kind}_{name}"
        / "conjunto_de_datos"
        / f"conjunto_de_datos_{kind}_{name}.csv"
        for kind in kinds
    ]


@pytest.fixture(scope="session")
def ensu(shared: Path, check) -> dict[int, Intake]:
    """Both quarters, handed in with the dwellings and in no helpful order."""
    kinds = ("viv", "cs", "cb")
    return {q: check("mx-ensu-2015", *ensu_files(shared, q, kinds)) for q in (1, 2)}


def share(frame: pd.DataFrame, counted: pd.Series) -> float:
    weight = frame["weight_person"]
    return 100 * weight[counted].sum() / weight.sum()


def test_ensu_is_read_whole(ensu):
    for quarter, rows in ((1, 2025), (2, 2059)):
        frame = require_accepted(ensu[quarter])
        assert len(frame) == rows
        assert frame["period"].unique().tolist() == [f"2015-Q{quarter}"]
        assert frame[["sex", "age", "safe_city", "expect_12m"]].notna().all(axis=None)
        assert frame["stratum"].nunique() == 92


def test_ensu_gives_the_published_shares_of_people_who_feel_unsafe(ensu):
    march, june = (require_accepted(ensu[quarter]) for quarter in (1, 2))
    assert share(march, march["safe_city"] == 2) == pytest.approx(67.9420048404757, abs=1e-10)
    assert share(june, june["safe_city"] == 2) == pytest.approx(68.9656715746148, abs=1e-10)
    for sex, published in ((1, 66.0139151344532), (2, 69.3663228305568)):
        group = march[march["sex"] == sex]
        assert share(group, group["safe_city"] == 2) == pytest.approx(published, abs=1e-10)


def test_ensu_reports_its_strata_with_one_unit_and_what_was_mended(ensu):
    problems = {p.code: p for p in ensu[1].report.problems}
    assert problems["USM-S03"].found == "13-13, 14-13, 15-11, 39-13, 40-13"
    assert "USM-S03" not in {p.code for p in ensu[2].report.problems}
    repairs = {key for fact in ensu[1].report.facts for key, _ in fact["repairs"]}
    assert repairs == {"mended_mark", "mended_returns"}


def test_ensu_gives_the_reference_standard_errors(ensu, catalogue):
    wanted = [catalogue.indicators["unsafe_city"]]
    for quarter, error in ((1, 1.28343157773985), (2, 1.16257673551194)):
        totals = psu_totals(require_accepted(ensu[quarter]), catalogue, wanted)
        row = estimate(totals, wanted).estimates.iloc[0]
        assert row["standard_error"] == pytest.approx(error, abs=1e-10)


@pytest.fixture(scope="session")
def envipe(shared: Path, check) -> pd.DataFrame:
    folder = shared / "realdata" / "envipe_2021"
    names = ("TMod_Vic", "THogar", "TPer_Vic2", "TVivienda")
    return require_accepted(check("mx-envipe-2021", *(folder / f"{n}.csv.gz" for n in names)))


def test_envipe_keeps_the_design_of_all_persons(envipe):
    persons, crimes = (envipe[envipe["record"] == kind] for kind in (1, 2))
    assert (len(persons), len(crimes)) == (92051, 37156)
    assert (persons["stratum"].nunique(), persons["psu"].nunique()) == (606, 13195)
    assert crimes[["stratum", "psu", "sex", "municipality"]].notna().all(axis=None)
    assert (persons["age"] == 99).sum() == 519


def test_envipe_gives_the_published_prevalence(envipe):
    persons = envipe[envipe["record"] == 1]
    for group, rate in (
        (persons["sex"].notna(), 23519.7201126486),
        (persons["sex"] == 1, 25120.5094295),
        (persons["sex"] == 2, 22128.9205045),
        (persons["municipality"] == "14039", 35802.1868),
    ):
        chosen = persons[group]
        victims = 1000 * share(chosen, chosen["crimes_counted"] >= 1)
        assert victims == pytest.approx(rate, rel=1e-9)
    assert (persons["municipality"] == "14039").sum() == 452


def test_envipe_gives_the_published_crimes(envipe):
    weight = envipe["weight_crime"]
    counted = weight[envipe["crime_code"].fillna(NOT_COUNTED) != NOT_COUNTED]
    opened = ((envipe["reported"] == 1) | (envipe["reported_by_other"] == 1)) & (
        envipe["case_opened"] == 1
    )
    assert counted.sum() == 27639203
    assert counted[envipe["state_of_occurrence"] == 14].sum() == 1956967
    dark = 100 - 100 * counted[opened].sum() / counted.sum()
    assert dark == pytest.approx(93.269371768788, abs=1e-10)
    adults = envipe["weight_person"].sum()
    assert 1e5 * counted.sum() / adults == pytest.approx(30601.1125, abs=1e-4)


def test_envipe_definitions_give_the_published_figures_and_their_errors(envipe, catalogue):
    _, extended = load_recipe("mx-envipe-2021", catalogue)
    wanted = list(catalogue.published["mx-envipe"].values())
    groups = ("sex", "municipality", "state_of_occurrence")
    rows = estimate(psu_totals(envipe, extended, wanted, groups), wanted).estimates
    found = rows.set_index(["indicator", "disaggregation", "category"])
    for key, value, error in (
        (("crime_prevalence_published", "total", "total"), 23519.7201126486, 219.772134152653),
        (("crime_prevalence_published", "sex", "man"), 25120.5094295, 333.5013),
        (("crime_prevalence_published", "sex", "woman"), 22128.9205045, 296.3488),
        (("crime_prevalence_published", "municipality", "14039"), 35802.1868, 2761.7618),
        (("crime_incidence_published", "total", "total"), 30601.1125, 402.508),
        (("crimes_published", "total", "total"), 27639203, None),
        (("crimes_published", "state_of_occurrence", "14"), 1956967, None),
        (("dark_figure_published", "total", "total"), 93.269371768788, None),
    ):
        assert found.loc[key, "value"] == pytest.approx(value, rel=1e-8)
        if error:
            assert found.loc[key, "standard_error"] == pytest.approx(error, rel=1e-6)
    assert found.loc[("crime_prevalence_published", "municipality", "14039"), "n"] == 452


@pytest.fixture(scope="session")
def saps(shared: Path, check) -> pd.DataFrame:
    return require_accepted(
        check("za-saps-2003-2013", shared / "realdata" / "saps_2003_2013" / "crime-stats.csv")
    )


def test_saps_stations_sum_to_the_published_country(saps):
    assert saps["series"].nunique() == 29
    assert saps["area"].nunique() == 9
    totals = saps[(saps["series"] == "murders") & (saps["disaggregation"] == "total")]
    assert totals.groupby("period")["value"].sum().tolist() == MURDERS
    stations = saps[(saps["series"] == "murders") & (saps["disaggregation"] == "station")]
    assert stations.groupby("period").size().unique().tolist() == [1132]


def test_saps_stations_sum_to_the_published_province(saps, shared):
    printed = pd.read_csv(
        shared / "realdata" / "saps_2003_2013" / "kzn.csv", header=None, skiprows=7, dtype=str
    )
    murders = printed[printed[0].str.strip() == "Murder"].iloc[0, 1:].astype(float).tolist()
    ours = saps[
        (saps["series"] == "murders")
        & (saps["area"] == "ZA-KZN")
        & (saps["disaggregation"] == "total")
    ]
    assert ours["value"].tolist() == murders


def test_sesnsp_years_are_case_files_and_the_unfinished_year_is_missing(shared, check):
    folder = shared / "realdata" / "mx_guanajuato_sesnsp"
    frame = require_accepted(check("mx-sesnsp", folder / "homicidios_gto_2020_2025_raw.csv"))
    totals = frame[(frame["series"] == "homicide_cases") & (frame["disaggregation"] == "total")]
    years = totals.groupby("period")["value"].agg(["sum", "count"])
    assert years["sum"][list(INTENTIONAL)].to_dict() == INTENTIONAL
    assert years.loc["2025", "count"] == 0
    assert totals.loc[totals["period"] == "2025", "obs_status"].unique().tolist() == ["p"]
    assert totals["area"].nunique() == 46


def test_sesnsp_years_equal_the_holder_s_own_yearly_table(shared, check):
    folder = shared / "realdata" / "mx_guanajuato_sesnsp"
    raw = folder / "homicidios_gto_2020_2025_raw.csv"
    frame = require_accepted(check("mx-sesnsp", raw))
    names = read_file(raw).frame.set_index("Municipio")["Cve. Municipio"].drop_duplicates()
    yearly = pd.read_csv(folder / "homicidios_gto_2020_2025_municipal_anual.csv")
    yearly = yearly[(yearly["Año"] < 2025) & (yearly["Subtipo de delito"] == "Homicidio doloso")]
    expected = {
        ("MX-" + names[row["Municipio"]], str(row["Año"])): row["Casos"]
        for row in yearly.to_dict("records")
    }
    totals = frame[(frame["series"] == "homicide_cases") & (frame["disaggregation"] == "total")]
    ours = totals.set_index(["area", "period"])["value"]
    assert {key: ours[key] for key in expected} == expected


@pytest.mark.parametrize("name", ["apistrat", "apiclus1", "apiclus2", "apisrs"])
def test_a_school_file_is_read_and_nothing_in_it_is_taken_for_personal(shared, name):
    from urban_safety_monitor.intake.personal import personal_details

    table = read_file(shared / "realdata" / "r_survey_api" / f"{name}.csv")
    assert len(table.frame) in (126, 183, 200)
    assert list(personal_details(table)) == []
