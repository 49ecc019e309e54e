"""The JSON Schemas beside the catalogue are those of its models, and the files hold to them."""

import json
import tomllib
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from urban_safety_monitor.catalogue.load import shipped
from urban_safety_monitor.catalogue.schemas import schema_texts

ROOT = shipped("indicators")
FILES = sorted(ROOT.rglob("*.toml"))


@pytest.mark.parametrize("name", sorted(schema_texts()))
def test_schema_is_current(name):
    assert (ROOT / "schemas" / name).read_text(encoding="utf-8") == schema_texts()[name]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_file_names_its_schema_and_holds_to_it(path: Path):
    text = path.read_text(encoding="utf-8")
    first = text.splitlines()[0]
    assert first.startswith("#:schema ")
    schema = json.loads((path.parent / first.removeprefix("#:schema ")).read_text("utf-8"))
    problems = Draft202012Validator(schema).iter_errors(tomllib.loads(text))
    assert [problem.message for problem in problems] == []
