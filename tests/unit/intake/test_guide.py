"""The example in the guide for other surveys works as printed."""

import re
from pathlib import Path

import pytest

from urban_safety_monitor.catalogue.load import load_catalogue, load_recipe
from urban_safety_monitor.engines import psu_totals
from urban_safety_monitor.intake import apply_recipe, require_accepted
from urban_safety_monitor.pipeline.estimate import estimate

GUIDE = Path(__file__).parents[3] / "docs" / "guides" / "your-own-survey.md"
FILE = re.compile(r"`school/([\w./-]+)`[^`]*?(?:`[^`\n]*`[^`]*?)*?\n\n```\w+\n(.*?)```", re.DOTALL)
FIGURE = re.compile(r"^\| `(\w+)` \| ([\d.,]+) \| ([\d.,]+) \|$", re.MULTILINE)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, content in FILE.findall(GUIDE.read_text(encoding="utf-8")):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")

    return tmp_path


def test_the_printed_figures_come_out(folder):
    catalogue = load_catalogue(folder)
    recipe, extended = load_recipe(str(folder / "schools.toml"), catalogue)
    intake = apply_recipe(recipe, catalogue, [folder / "schools.csv"])
    frame = require_accepted(intake)
    wanted = list(extended.indicators.values())
    rows = estimate(psu_totals(frame, extended, wanted), wanted).estimates.set_index("indicator")
    printed = FIGURE.findall(GUIDE.read_text(encoding="utf-8"))
    assert {name for name, _, _ in printed} == set(extended.indicators)
    for name, value, error in printed:
        shown = [float(text.replace(",", "")) for text in (value, error)]
        assert rows.loc[name, "value"] == pytest.approx(shown[0], abs=1e-9)
        assert rows.loc[name, "standard_error"] == pytest.approx(shown[1], abs=5e-4)


def test_a_fault_in_the_example_is_found(folder):
    data = folder / "schools.csv"
    data.write_text(data.read_text().replace("700;900;Y", "700;900;M"), encoding="utf-8")
    catalogue = load_catalogue(folder)
    recipe, _ = load_recipe(str(folder / "schools.toml"), catalogue)
    (problem,) = apply_recipe(recipe, catalogue, [data]).report.of_level("must_fix")
    assert (problem.code, problem.found, problem.place.rows) == ("USM-V12", "M", ((6, 6),))
    assert problem.place.columns[0].letter == "G"
