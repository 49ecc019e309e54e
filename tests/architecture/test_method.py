"""The pages of docs/method/ say what catalogue and kernels say; every kernel names its source."""

import ast
import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def build_method(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_method", root / "docs/build_method.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_generated_pages_are_fresh(build_method: ModuleType) -> None:
    """Mended by running `python docs/build_method.py`."""
    folder, made = build_method.FOLDER, build_method.pages()
    there = {path.relative_to(folder) for path in (folder / "indicators").glob("*.md")}
    assert there == {path for path in made if path.parent.name == "indicators"}
    stale = [str(path) for path, text in made.items() if (folder / path).read_text("utf-8") != text]
    assert stale == []


def test_every_kernel_names_its_source(root: Path) -> None:
    modules = (root / "urban_safety_monitor" / "statistics").glob("[!_]*.py")
    told = {path.name: ast.get_docstring(ast.parse(path.read_text("utf-8"))) for path in modules}
    assert [name for name, text in told.items() if not re.search("^Sources?: ", text, re.M)] == []


def test_links_of_the_method_pages_lead_somewhere(root: Path) -> None:
    folder = root / "docs" / "method"
    broken = [
        f"{page.name}: {target}"
        for page in folder.rglob("*.md")
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text("utf-8"))
        if not (page.parent / target).exists()
    ]
    assert broken == []
