"""Check files somebody handed in: read from a folder that is gone when the report is made."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory

import streamlit as st

from urban_safety_monitor.catalogue.load import shipped
from urban_safety_monitor.intake.report import CheckReport
from urban_safety_monitor.ui.sources import catalogue
from urban_safety_monitor.workflow import check_files

KEPT = "check-report"
PRACTICE = ("example_ten_faults.xlsx", "example_ten_faults.csv", "example_clean.csv")


def practice_files() -> dict[str, bytes]:
    """Files to try the check with, by name."""
    folder = shipped("sample_data") / "practice"
    return {name: (folder / name).read_bytes() for name in PRACTICE}


def report_on(files: Mapping[str, bytes], recipe: str) -> CheckReport:
    """The report on files, by name; the session keeps the last report and never the answers.

    Raises:
        MonitorError: the recipe does not fit the catalogue.
    """
    key = _digest(files, recipe)
    kept = st.session_state.get(KEPT)
    if kept is None or kept[0] != key:
        kept = st.session_state[KEPT] = (key, _checked(files, recipe))
    return kept[1]


def _checked(files: Mapping[str, bytes], recipe: str) -> CheckReport:
    with TemporaryDirectory(prefix="usm-check-") as folder:
        paths = [_written(Path(folder), name, content) for name, content in files.items()]
        return check_files(paths, recipe, catalogue()).report


def _written(folder: Path, name: str, content: bytes) -> Path:
    """The file under the name its owner knows it by, and never outside the folder."""
    path = folder / (PurePath(name).name or "file")
    path.write_bytes(content)
    return path


def _digest(files: Mapping[str, bytes], recipe: str) -> str:
    digest = sha256(recipe.encode())
    for name, content in files.items():
        digest.update(name.encode() + b"\0" + content)
    return digest.hexdigest()
