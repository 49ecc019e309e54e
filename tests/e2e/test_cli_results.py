"""`usm profile`, `compare` and `scorecard`: what is shown of kept results."""

import csv
import json
import zipfile
from io import StringIO
from pathlib import Path

import pypdf
import pytest

from tests.e2e.command_line import usm

pytestmark = pytest.mark.e2e

KINDS = ("pdf", "xlsx", "csv", "json")
MARK = {"en": "Demonstration data", "es": "Datos de demostración"}


def test_a_city_is_found_by_its_name_without_accents(demonstration_data: Path) -> None:
    done = usm("profile", "rio amatinga", "--data", demonstration_data)
    assert (done.code, done.err) == (0, "")
    head = done.out.splitlines()[:2]
    assert head[0].startswith(MARK["en"])
    assert head[1].startswith("Río Amatinga, ")


def test_a_wrong_name_is_answered_with_the_nearest_one(demonstration_data: Path) -> None:
    done = usm("profile", "Guadalahara", "--data", demonstration_data)
    assert (done.code, done.out) == (11, "")
    assert "'Guadalahara'" in done.err and "did you mean MX-GDL?" in done.err


def test_a_profile_is_a_record_for_each_indicator(demonstration_data: Path) -> None:
    done = usm(
        "profile", "ZA-ETH", "--lang", "es", "--format", "json", "--data", demonstration_data
    )
    records = {record["indicator"]: record for record in json.loads(done.out)}
    assert len(records) == 68
    assert {record["demonstration"] for record in records.values()} == {True}
    night = records["safe_night"]
    assert night["title"].startswith("Se siente segura(o)")
    assert night["lower"] < night["value"] < night["upper"]
    assert (night["period"], night["status"] != "") == ("2026-Q1", True)


def test_cities_are_compared_in_alphabetical_order(demonstration_data: Path) -> None:
    asked = ("--indicator", "safe_night", "--format", "json", "--data", demonstration_data)
    done = usm("compare", "MX-D04", "Guadalajara", "MX-D01", *asked)
    rows = json.loads(done.out)
    assert [row["city"][:5] for row in rows] == ["Guada", "San O", "Santa"]
    status = {row["area"]: (row["obs_status"], row["status"]) for row in rows}
    assert status["MX-D04"] == ("d", "not_comparable")
    assert status["MX-GDL"][1] in ("better", "worse", "similar")
    assert len({row["benchmark_value"] for row in rows if row["status"] != "not_comparable"}) == 1


def test_cities_are_compared_in_the_last_period_that_all_of_them_have(
    demonstration_data: Path,
) -> None:
    asked = ("--indicator", "safe_night", "--format", "json", "--data", demonstration_data)
    rows = json.loads(usm("compare", "ZA-ETH", "ZA-D10", *asked).out)
    assert {(row["area"], row["period"]) for row in rows} == {
        ("ZA-ETH", "2024-Q1"),
        ("ZA-D10", "2024-Q1"),
    }


def test_a_scorecard_is_four_files(demonstration_data: Path, tmp_path: Path) -> None:
    asked = ("--lang", "es", "--output", tmp_path / "out", "--data", demonstration_data)
    done = usm("scorecard", "Durban", *asked, "--paper", "letter", "--grey")
    assert (done.code, done.err) == (0, "")
    stem = "durban-ethekwini_2026-Q1_scorecard_es"
    written = list(map(Path, done.out.splitlines()))
    assert written == [tmp_path / "out" / f"{stem}.{kind}" for kind in KINDS]
    assert sorted((tmp_path / "out").iterdir()) == sorted(written)
    assert [page.mediabox[2:] for page in pypdf.PdfReader(written[0]).pages] == [[612, 792]] * 2
    the_demonstrations = demonstration_data.parent / "scorecards" / f"{stem}.json"
    assert written[-1].read_bytes() == the_demonstrations.read_bytes()


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_files_of_a_scorecard_hold_the_same_numbers(
    demonstration_data: Path, language: str
) -> None:
    folder, stem = demonstration_data.parent / "scorecards", "guadalajara_2026-Q1_scorecard"
    written = {f".{kind}": folder / f"{stem}_{language}.{kind}" for kind in KINDS}
    assert written[".pdf"].read_bytes().startswith(b"%PDF-")
    content = json.loads(written[".json"].read_text(encoding="utf-8"))
    values = {row["indicator"]: row["figure"]["value"] for row in content["rows"]}
    with written[".csv"].open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["indicator"]: float(row["value"]) for row in rows if row["value"]} == {
        name: value for name, value in values.items() if value is not None
    }
    assert all(row["demonstration"].startswith(MARK[language]) for row in rows)


def test_nothing_kept_yet_is_said(tmp_path: Path) -> None:
    done = usm("profile", "Guadalajara", "--data", tmp_path / "new")
    assert (done.code, done.out) == (13, "")
    assert "no results yet; make some with usm run or usm demo" in done.err


def test_the_demonstration_wrote_scorecards_of_both_named_cities(demonstration_data: Path) -> None:
    names = {path.name for path in (demonstration_data.parent / "scorecards").iterdir()}
    assert names == {
        f"{city}_2026-Q1_scorecard_{language}.{kind}"
        for city in ("guadalajara", "durban-ethekwini")
        for language in ("en", "es")
        for kind in KINDS
    }


def test_an_export_explains_itself(demonstration_data: Path, tmp_path: Path) -> None:
    packed = tmp_path / "mexico.zip"
    asked = ("--lang", "es", "--output", packed, "--data", demonstration_data)
    done = usm("export", "MX", *asked)
    assert (done.code, done.err, done.out.strip()) == (0, "", str(packed))
    with zipfile.ZipFile(packed) as archive:
        figures = list(
            csv.DictReader(StringIO(archive.read("data/figures.csv").decode("utf-8-sig")))
        )
        assert {row["period"] for row in figures} == {"2026-Q1"}
        assert {row["demonstration"] for row in figures} == {
            "Datos de demostración; no describen a ninguna ciudad real"
        }
        assert "sdmx/structure.xml" in archive.namelist()
    refused = usm("export", "XX", "--data", demonstration_data)
    assert (refused.code, refused.out) == (11, "")
    assert "country 'XX': not in these results; there are MX, ZA" in refused.err
