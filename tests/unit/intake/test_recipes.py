"""The shipped recipes on small files of the layout each source has."""

from pathlib import Path

import pandas as pd
import pytest

from urban_safety_monitor.intake import require_accepted


def saved(folder: Path, name: str, rows: list[dict[str, object]], **options) -> Path:
    pd.DataFrame(rows).to_csv(folder / name, index=False, **options)
    return folder / name


@pytest.fixture
def ensu(tmp_path):
    """Questionnaire and roster; the open data end each quoted value in a carriage return."""
    keys = ["ENT", "CON", "V_SEL", "N_HOG", "H_MUD", "N_REN"]
    people = [
        {
            "CD": f"{2 if n < 4 else 14:02}",
            "PER": "0315",
            "EDIS": "11",
            "UPM_DIS": f"{n // 2:05}",
            **dict.fromkeys(keys[:-1], "01"),
            "V_SEL": str(n),
            "N_REN": "01",
            "P1": [1, 2, 9][n % 3],
            "P2": 1 + n % 4,
            "P3_1": 1,
            "P4_1": 2,
            "P4_4": 3,
            "P6_4": 0,
            "FACTOR": 1000 + n,
        }
        for n in range(8)
    ]
    roster = [
        {**{key: person[key] for key in keys}, "C_RES": "1", "SEX": str(1 + n % 2), "EDA": age}
        for n, (person, age) in enumerate(zip(people, ["30", "98", *["45"] * 6], strict=True))
    ]
    quoted = [
        [{k: f"{v}\r" if isinstance(v, str) else v for k, v in row.items()} for row in rows]
        for rows in (people, roster)
    ]
    return [
        saved(tmp_path, name, rows, encoding="utf-8-sig", quoting=2)
        for name, rows in zip(("cb.csv", "cs.csv"), quoted, strict=True)
    ]


def test_ensu_joins_the_roster_and_crosses_city_with_stratum(check, ensu):
    intake = check(*reversed(ensu), recipe="mx-ensu-2015")
    frame = require_accepted(intake)
    assert frame["period"].unique().tolist() == ["2015-Q1"]
    assert frame["stratum"].unique().tolist() == ["02-11", "14-11"]
    assert frame["sex"].tolist() == [1, 2] * 4
    assert frame["age"].tolist()[:3] == [30, 99, 45]
    assert frame["safe_city"].tolist() == [1, 2, 9, 1, 2, 9, 1, 2]
    assert frame["city"].tolist() == [2] * 4 + [14] * 4
    assert frame.loc[0, "person"] == "01-01-0-01-01-01"
    assert frame.loc[0, ["inciv_vandal", "avoid_valuables", "avoid_minors"]].tolist() == [1, 2, 3]


def test_a_fault_in_the_roster_is_placed_in_the_roster(check, ensu):
    roster = ensu[1]
    roster.write_bytes(roster.read_bytes().replace(b'"45\r"', b'"453\r"', 1))
    (problem,) = check(*ensu, recipe="mx-ensu-2015").report.of_level("must_fix")
    assert (problem.place.file, problem.place.columns[0].name) == ("cs.csv", "EDA")
    assert (problem.code, problem.place.rows) == ("USM-V13", ((4, 4),))


def test_a_part_that_is_not_handed_in_is_named(check, ensu):
    (problem,) = check(ensu[0], recipe="mx-ensu-2015").report.of_level("must_fix")
    assert (problem.code, problem.params["part"]) == ("USM-F17", "roster")


def test_the_same_part_twice_is_refused(check, ensu, tmp_path):
    copy = tmp_path / "copy.csv"
    copy.write_bytes(ensu[0].read_bytes())
    codes = [p.code for p in check(*ensu, copy, recipe="mx-ensu-2015").report.of_level("must_fix")]
    assert codes == ["USM-F18"]


def test_persons_without_a_roster_line_and_double_lines_are_found(check, ensu):
    roster = ensu[1]
    lines = roster.read_bytes().split(b"\n")
    roster.write_bytes(b"\n".join([*lines[:-2], lines[1], b""]))
    problems = check(*ensu, recipe="mx-ensu-2015").report.problems
    assert {(p.code, p.place.file, p.place.rows) for p in problems if p.level != "note"} == {
        ("USM-J02", "cs.csv", ((9, 9),)),
        ("USM-J03", "cb.csv", ((9, 9),)),
    }


@pytest.fixture
def envipe(tmp_path):
    persons = [
        {
            "ID_HOG": f"h{n}",
            "ID_PER": f"h{n}.1",
            "SEXO": str(1 + n % 2),
            "EDAD": "98",
            "CVE_ENT": "14",
            "CVE_MUN": "039",
            "AP6_4_01": "2",
            "AP7_3_05": "2",
            "FAC_ELE": 100,
            "DOMINIO": "UCR"[n % 3],
            "EST_DIS": "001",
            "UPM_DIS": f"{n // 2}",
        }
        for n in range(6)
    ]
    crimes = [
        {
            "ID_PER": "h0.1",
            "ID_DEL": "h0.1.05.1",
            "BPCOD": "05",
            "BP1_2C": "14",
            "BP1_20": "1",
            "BP1_21": "",
            "BP1_24": "1",
            "FAC_DEL": 50,
        },
        {
            "ID_PER": "h0.1",
            "ID_DEL": "h0.1.03.1",
            "BPCOD": "03",
            "BP1_2C": "14",
            "BP1_20": "2",
            "BP1_21": "2",
            "BP1_24": "",
            "FAC_DEL": 60,
        },
        {
            "ID_PER": "h3.1",
            "ID_DEL": "h3.1.03.1",
            "BPCOD": "03",
            "BP1_2C": "99",
            "BP1_20": "2",
            "BP1_21": "",
            "BP1_24": "",
            "FAC_DEL": 70,
        },
    ]
    return [saved(tmp_path, "TMod_Vic.csv", crimes), saved(tmp_path, "TPer_Vic2.csv", persons)]


def test_envipe_appends_crimes_with_the_design_of_their_person(check, envipe):
    frame = require_accepted(check(*envipe, recipe="mx-envipe-2021"))
    persons, crimes = (frame[frame["record"] == kind] for kind in (1, 2))
    assert (len(persons), len(crimes)) == (6, 3)
    assert persons["crimes_counted"].tolist() == [1, 0, 0, 0, 0, 0]
    assert crimes["weight_crime"].tolist() == [50, 60, 70]
    assert crimes["weight_person"].isna().all() and persons["weight_crime"].isna().all()
    assert crimes["psu"].tolist() == ["0", "0", "1"]
    assert crimes["municipality"].tolist() == ["14039"] * 3
    assert crimes["state_of_occurrence"].tolist() == [14, 14, 99]
    assert crimes["reported_by_other"].tolist() == [0, 2, 0]
    assert crimes["case_opened"].tolist() == [1, 0, 0]
    assert persons["urban_rural"].tolist() == [1, 1, 2] * 2
    assert persons["age"].unique().tolist() == [99]


def test_a_crime_of_an_unknown_person_is_found_in_its_own_file(check, envipe):
    crimes = envipe[0]
    crimes.write_text(crimes.read_text().replace("h3.1,", "h9.1,", 1))
    intake = check(*envipe, recipe="mx-envipe-2021")
    found = {(p.code, p.place.file, p.place.rows) for p in intake.report.problems}
    assert ("USM-J03", "TMod_Vic.csv", ((4, 4),)) in found
    assert not intake.accepted


def test_a_wrong_crime_weight_is_found_in_its_own_file(check, envipe):
    crimes = envipe[0]
    crimes.write_text(crimes.read_text().replace(",60", ",", 1))
    (problem,) = check(*envipe, recipe="mx-envipe-2021").report.of_level("must_fix")
    assert (problem.code, problem.place.file) == ("USM-W01", "TMod_Vic.csv")
    assert (problem.place.columns[0].name, problem.place.rows) == ("FAC_DEL", ((3, 3),))


def saps_row(station, province, crime, first, last):
    years = {str(year): 5 for year in range(2003, 2013)}
    return (
        {"station": station, "province": province, "crime": crime}
        | years
        | {"2003": first, "2012": last}
    )


def test_saps_gives_stations_within_provinces_and_their_sum(check, tmp_path):
    rows = [
        saps_row("Balfour", "EC", "Murder", 3, 4),
        saps_row("Balfour", "MP", "Murder", 10, 20),
        saps_row("Point ", "KZN", "Murder", 7, 8),
        saps_row("Berea", "KZN", "Murder", 1, ""),
        saps_row("Berea", "KZN", "Neglect and ill-treatment of children ", 2, 2),
    ]
    frame = require_accepted(check(saved(tmp_path, "s.csv", rows), recipe="za-saps-2003-2013"))
    figures = frame.set_index(["area", "series", "period", "category"])["value"]
    first, last = "2003-04-01/P1Y", "2012-04-01/P1Y"
    assert figures["ZA-EC", "murders", first, "Balfour"] == 3
    assert figures["ZA-MP", "murders", first, "Balfour"] == 10
    assert figures["ZA-KZN", "murders", first, "Point"] == 7
    assert figures["ZA-KZN", "murders", first, "total"] == 8
    assert figures["ZA-KZN", "neglect_of_children", first, "total"] == 2
    assert pd.isna(figures["ZA-KZN", "murders", last, "total"])
    status = frame.set_index(["area", "series", "period", "category"])["obs_status"]
    assert status["ZA-KZN", "murders", last, "total"] == "p"


def test_saps_figures_given_twice_or_as_text_are_refused(check, tmp_path):
    rows = [saps_row("Point", "KZN", "Murder", 7, "n/a"), saps_row("Point", "KZN", "Murder", 7, -1)]
    problems = check(saved(tmp_path, "s.csv", rows), recipe="za-saps-2003-2013").report.problems
    found = {
        (p.code, p.place.columns[0].letter if p.place.columns else "", p.place.rows)
        for p in problems
        if p.level == "must_fix"
    }
    assert found == {
        ("USM-N01", "M", ((2, 2),)),
        ("USM-V13", "M", ((3, 3),)),
        ("USM-I03", "", ((2, 3),)),
    }


MONTHS = "Enero Febrero Marzo Abril Mayo Junio Julio Agosto Septiembre Octubre Noviembre Diciembre"


def test_sesnsp_adds_months_and_never_takes_a_blank_for_zero(check, tmp_path):
    def row(year, means, december, kind="Homicidio doloso", code="1001"):
        return {
            "Año": year,
            "Cve. Municipio": code,
            "Tipo de delito": "x",
            "Subtipo de delito": kind,
            "Modalidad": means,
            **dict.fromkeys(MONTHS.split(), 1),
            "Diciembre": december,
        }

    rows = [
        row(2024, "Con arma de fuego", 3),
        row(2024, "Con arma blanca", 0),
        row(2025, "Con arma de fuego", ""),
        row(2025, "Con arma blanca", 2),
        row(2024, "Con arma de fuego", 5, kind="Robo de vehículo"),
        row(2024, "No especificado", 1, kind="Feminicidio", code="14039"),
    ]
    path = saved(tmp_path, "sesnsp.csv", rows, encoding="latin-1")
    frame = require_accepted(check(path, recipe="mx-sesnsp"))
    figures = frame.set_index(["area", "period", "series", "category"])
    value = figures["value"]
    assert value["MX-01001", "2024", "homicide_cases", "firearm"] == 14
    assert value["MX-01001", "2024", "homicide_cases", "blade"] == 11
    assert value["MX-01001", "2024", "homicide_cases", "total"] == 25
    assert value["MX-14039", "2024", "femicide_cases", "total"] == 12
    for category in ("firearm", "total"):
        cell = figures.loc[("MX-01001", "2025", "homicide_cases", category)]
        assert pd.isna(cell["value"]) and cell["obs_status"] == "p"
    assert value["MX-01001", "2025", "homicide_cases", "blade"] == 13
    assert "Robo" not in " ".join(frame["series"])


def test_records_one_a_row_keep_a_blank_as_missing(check, tmp_path):
    rows = [
        {"area": "XX-A", "period": "2025", "series": "homicides", "value": 12},
        {"area": "XX-A", "period": "2024", "series": "homicides", "value": ""},
    ]
    frame = require_accepted(check(saved(tmp_path, "r.csv", rows), recipe="usm-records"))
    assert frame["value"].tolist()[0] == 12 and pd.isna(frame["value"].iloc[1])
    assert frame["obs_status"].tolist() == ["A", "p"]
    assert frame["disaggregation"].unique().tolist() == ["total"]


def test_records_without_values_name_the_column(check, tmp_path):
    rows = [{"area": "XX-A", "period": "2025", "series": "homicides", "vlaue": 12}]
    (problem,) = check(saved(tmp_path, "r.csv", rows), recipe="usm-records").report.problems
    assert (problem.code, problem.params["missing"], problem.suggestion) == (
        "USM-C01",
        "value",
        "vlaue",
    )


def checklist_row(item, answer, **more):
    return {"area": "XX-A", "period": "2026", "checklist": "city", "item": item} | {
        "answer": answer,
        **more,
    }


def test_checklist_answers_are_read_with_the_city_as_assessor(check, tmp_path):
    rows = [
        checklist_row("C1", 3, evidence="council decision"),
        checklist_row("C1", 2, assessor="reviewer 1"),
        checklist_row("C2", ""),
    ]
    frame = require_accepted(check(saved(tmp_path, "c.csv", rows), recipe="usm-checklist"))
    assert frame["assessor"].tolist() == ["city", "reviewer 1", "city"]
    assert frame["answer"].tolist()[:2] == [3, 2] and pd.isna(frame["answer"].iloc[2])


def test_checklist_answers_off_the_scale_and_unknown_items_are_refused(check, tmp_path):
    rows = [
        checklist_row("C1", 5),
        checklist_row("Z9", 1),
        checklist_row("C2", "yes"),
        checklist_row("C3", 1),
        checklist_row("C3", 2),
    ]
    problems = check(saved(tmp_path, "c.csv", rows), recipe="usm-checklist").report.problems
    assert {(p.code, p.place.columns[0].letter, p.place.rows) for p in problems} == {
        ("USM-V12", "E", ((2, 2),)),
        ("USM-V12", "D", ((3, 3),)),
        ("USM-V12", "E", ((4, 4),)),
        ("USM-I03", "D", ((5, 6),)),
    }
