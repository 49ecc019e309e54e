"""A city's own file on the command line: match, confirm, check, and again without questions."""

import json
from pathlib import Path

import pandas as pd
import pytest

from tests.e2e.command_line import usm

pytestmark = pytest.mark.e2e

WORDS = ("Muy segura(o)", "Segura(o)", "Insegura(o)", "Muy insegura(o)")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Sixty interviews with names, words and a phone number of the city's own."""
    numbers = range(60)
    frame = pd.DataFrame(
        {
            "folio": [f"p{n:03}" for n in numbers],
            "estrato": [f"s{n // 20}" for n in numbers],
            "upm": [f"u{n // 5}" for n in numbers],
            "ponderador": [100.5 + n for n in numbers],
            "¿Qué tan segura(o) se siente al caminar sola(o) por su colonia o barrio cuando ya "
            "oscureció?": [WORDS[n % 4] for n in numbers],
            "telefono": "3312345678",
        }
    )
    path = tmp_path / "encuesta.csv"
    frame.to_csv(path, index=False)
    return path


def test_a_city_matches_its_file_once(file: Path, tmp_path: Path) -> None:
    draft, data = tmp_path / "draft.toml", tmp_path / "data"
    common = ("--city", "MX-GDL", "--data", data)

    shown = usm("match", file, *common, "--write", draft, "--format", "json")
    rows = {row["column"]: row for row in json.loads(shown.out)}
    assert (shown.code, rows["upm"]["question"], rows["upm"]["match"]) == (0, "psu", "suggested")
    safe = next(row for row in rows.values() if row["question"] == "safe_night")
    assert safe["match"] == "sure" and "Muy segura(o) → 1" in safe["codes"]
    assert rows["telefono"]["question"] == "" and "3312345678" not in shown.out + draft.read_text()

    draft.write_text(draft.read_text().replace('"?', '"'))
    kept = usm("match", file, *common, "--confirm", draft)
    assert (kept.code, kept.out.strip()) == (0, str(data / "recipes" / "MX-GDL" / "0001.toml"))
    round_given = ("--period", "2026-Q1", "--drop-columns", "telefono")
    refused = usm("check", file, *common, "--period", "2026-Q1")
    assert refused.code == 11 and "USM-X01" in refused.out
    accepted = usm("check", file, *common, *round_given)
    assert accepted.code == 0
    assert "Compared with your last upload, the one problem is fixed." in accepted.err

    assert run_of(file, kept.out.strip(), tmp_path, data) == {("MX-GDL", "2026-Q1")}
    totals = tmp_path / "totals.parquet"
    by_recipe = ("--recipe", kept.out.strip(), *round_given, "--indicator", "safe_night")
    summed = usm("totals", file, *by_recipe, "--output", totals)
    assert (summed.code, totals.is_file()) == (0, True)


def run_of(file: Path, recipe: str, folder: Path, data: Path) -> set[tuple[str, str]]:
    """The cities and rounds of a run that reads the file by the city's recipe."""
    clean = pd.read_csv(file, dtype=str).drop(columns="telefono")
    clean.to_csv(folder / "clean.csv", index=False)
    (folder / "areas.csv").write_text(
        "area,title,country,level,parent,boundary_version\n"
        "MX,Mexico,MX,country,,1\nMX-GDL,Guadalajara,MX,city,MX,1\n"
    )
    (folder / "surveys.csv").write_text(
        "area,period,mode,first_day,last_day,interviews,demonstration\n"
        "MX-GDL,2026-Q1,face_to_face,2026-02-09,2026-03-20,60,True\n"
    )
    (folder / "run.toml").write_text(
        'areas = "areas.csv"\nsurveys = "surveys.csv"\ndraws = 5\n[[microdata]]\n'
        f'files = ["clean.csv"]\nrecipe = "{recipe}"\ngiven.period = "2026-Q1"\n'
    )
    done = usm("run", folder / "run.toml", "--data", data, "--format", "json")
    assert done.code == 0, done.err
    return {(row["area"], row["period"]) for row in json.loads(done.out)}


def test_what_cannot_be_is_told_in_words(file: Path, tmp_path: Path) -> None:
    wrong = [
        (("check", file), 2, "--city"),
        (("check", file, "--city", "../x", "--data", tmp_path), 13, "give its code"),
        (("match", file, "--city", "MX-GDL", "--write", "draft.csv"), 11, ".toml"),
        (("match", file, "--city", "A", "--confirm", tmp_path / "none.toml"), 11, "no such file"),
        (("check", file, "--city", "A", "--config", tmp_path / "none.toml"), 11, "no such file"),
    ]
    for call, code, words in wrong:
        done = usm(*call)
        assert (done.code, words in done.err) == (code, True), (call, done)
    assert not (tmp_path / "recipes").exists()
