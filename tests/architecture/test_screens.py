"""The guide's pictures are those that the script takes: each page, width, ground and language."""

import importlib.util
from itertools import product
from pathlib import Path
from types import ModuleType

import pytest

MOST = 8_500_000
"""Bytes of all pictures together: they are kept with the code."""


@pytest.fixture(scope="module")
def script(root: Path) -> ModuleType:
    path = root / "docs/take_screenshots.py"
    spec = importlib.util.spec_from_file_location("take_screenshots", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_page_has_its_pictures(script: ModuleType) -> None:
    """Mended by running `python docs/take_screenshots.py`."""
    each = product(script.VIEWS, script.WIDTHS, script.GROUNDS, script.LANGUAGES)
    taken = {path.name: path.stat().st_size for path in script.SCREENS.iterdir()}
    assert set(taken) == {script.file_name(*one) for one in each}
    assert sum(taken.values()) < MOST


def test_the_guide_shows_them_all_with_words(script: ModuleType) -> None:
    guide = script.GUIDE.read_text(encoding="utf-8")
    assert guide == script.guide()
    for path in script.SCREENS.iterdir():
        before = guide.split(f"](../screens/{path.name})")[0].rsplit("![", 1)[1]
        assert len(before) > 20


def test_no_page_of_the_app_is_left_out(script: ModuleType, root: Path) -> None:
    pages = {p.stem for p in (root / "urban_safety_monitor/ui/pages").glob("*.py")} - {"__init__"}
    shown = {view.path.split("?")[0] or "start" for view in script.VIEWS.values()}
    assert shown == pages
