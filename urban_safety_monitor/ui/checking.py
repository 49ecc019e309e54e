"""Check files somebody handed in: read from a folder that is gone when the report is made."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory

import streamlit as st

from urban_safety_monitor.catalogue.load import shipped
from urban_safety_monitor.intake.report import CheckReport
from urban_safety_monitor.report.attempts import progress
from urban_safety_monitor.ui.sources import catalogue
from urban_safety_monitor.workflow import check_files
from urban_safety_monitor.workflow.marking import marked_copy_of

KEPT, KEPT_PRACTICE = "check-attempt", "check-attempt-practice"
PRACTICE = ("example_ten_faults.xlsx", "example_ten_faults.csv", "example_clean.csv")


def practice_files() -> dict[str, bytes]:
    """Files to try the check with, by name."""
    folder = shipped("sample_data") / "practice"
    return {name: (folder / name).read_bytes() for name in PRACTICE}


@dataclass(frozen=True)
class Attempt:
    """A check of this session, and the report of the one before it where there was one."""

    key: str
    recipe: str
    report: CheckReport
    before: CheckReport | None

    def progress(self, language: str) -> str:
        """What became of the problems of the attempt before, in words; nothing for a first one."""
        if self.before is None:
            return ""
        return progress(self.before.problems, self.report.problems).sentences(language)


def attempt_at(files: Mapping[str, bytes], recipe: str, *, practice: bool = False) -> Attempt:
    """The check of files, by name; the session keeps the last report and never the answers.

    A file is compared with the one handed in before it; practice files stand apart.

    Raises:
        MonitorError: the recipe does not fit the catalogue.
    """
    name = KEPT_PRACTICE if practice else KEPT
    key = _digest(files, recipe)
    kept: Attempt | None = st.session_state.get(name)
    if kept is None or kept.key != key:
        before = kept.report if kept and kept.recipe == recipe and not practice else None
        kept = st.session_state[name] = Attempt(key, recipe, _checked(files, recipe), before)
    return kept


def marked_copy(files: Mapping[str, bytes], report: CheckReport, day: date, language: str) -> bytes:
    """The files as a workbook with their faulty cells marked."""
    with TemporaryDirectory(prefix="usm-check-") as folder:
        return marked_copy_of(_written_to(Path(folder), files), report, day, language)


def _checked(files: Mapping[str, bytes], recipe: str) -> CheckReport:
    with TemporaryDirectory(prefix="usm-check-") as folder:
        return check_files(_written_to(Path(folder), files), recipe, catalogue()).report


def _written_to(folder: Path, files: Mapping[str, bytes]) -> list[Path]:
    return [_written(folder, name, content) for name, content in files.items()]


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
