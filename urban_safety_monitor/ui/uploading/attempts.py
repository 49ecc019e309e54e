"""Attempts at a file: its check, the values it would give, what was fixed since the last one.

Files are read in a folder that is gone at once. What is kept for the visitor's return, in this
process only and without any answer, is what the page shows.
"""

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory

import pandas as pd
import streamlit as st

from urban_safety_monitor.errors import MonitorError
from urban_safety_monitor.intake import CheckReport, Intake
from urban_safety_monitor.intake.known import Known
from urban_safety_monitor.intake.steps import Step, Tell
from urban_safety_monitor.report.attempts import Progress, progress
from urban_safety_monitor.ui.sources import catalogue, data_folder
from urban_safety_monitor.ui.uploading.survey import Survey
from urban_safety_monitor.workflow import Wanted, check_files, estimates_of
from urban_safety_monitor.workflow.attempts import compared_and_kept
from urban_safety_monitor.workflow.marking import marked_copy_of
from urban_safety_monitor.workflow.matching import QUESTIONNAIRE

PERSONAL, FREE_TEXT = "USM-X01", "USM-X02"
LEFT_OUT = "upload-left-out"
KEPT = 200
"""Attempts this process remembers; the oldest are forgotten first."""

Files = Mapping[str, bytes]


@dataclass(frozen=True)
class HandedIn:
    """Files by name, the recipe that reads them, and columns to leave out of them.

    Practice files stand apart: no city is asked about them and nothing of them is kept.
    """

    files: Files
    recipe: str
    survey: Survey
    dropped: tuple[str, ...] = ()
    practice: bool = False

    @property
    def key(self) -> str:
        """A name for this attempt that tells nothing of what is in the files."""
        chosen = (self.recipe, self.survey, self.dropped, self.practice)
        return sha256(f"{digest(self.files)}{chosen}".encode()).hexdigest()[:32]

    @property
    def of_one_city(self) -> bool:
        """Whether the file has to be of the city and round of step 1; other sources hold many."""
        matched = self.recipe not in catalogue().recipes
        return not self.practice and (matched or self.recipe == QUESTIONNAIRE)

    @property
    def known(self) -> Known:
        """What the files are held against."""
        known = self.survey.known()
        return replace(known, chosen=self.survey.chosen) if self.of_one_city else known

    @property
    def completing(self) -> dict[str, str]:
        """What a city's own matching leaves open, as it is another one in every round."""
        return {} if self.recipe in catalogue().recipes else {"period": self.survey.period}


@dataclass(frozen=True)
class Attempt:
    """What a page shows of an attempt; it holds no answer.

    `places` are the cities and rounds the file speaks of. `estimates` is None where the file is
    not accepted or gives none, and `trouble` then says why.
    """

    key: str
    files: tuple[str, ...]
    recipe: str
    given: dict[str, str]
    survey: Survey
    dropped: tuple[str, ...]
    practice: bool
    report: CheckReport
    places: tuple[tuple[str, str], ...]
    estimates: pd.DataFrame | None
    trouble: str
    progress: Progress | None

    @property
    def personal(self) -> bool:
        """Whether personal details are suspected."""
        return personal_in(self.report)

    @property
    def suspected(self) -> list[str]:
        """Columns that seem to hold personal details or free text."""
        return [
            column.name
            for problem in self.report.problems
            if problem.code in (PERSONAL, FREE_TEXT)
            for column in problem.place.columns
        ]


@dataclass
class _Last:
    """The last file of a city's round in this session, and the one before it."""

    digest: str
    report: CheckReport
    before: CheckReport | None = None
    since: Progress | None = None
    stored: bool = False


def leave_out(files: Files, names: Sequence[str]) -> None:
    """Leave columns out of these files, and of the next that have them."""
    st.session_state[LEFT_OUT] = digest(files), tuple(names)


def left_out(files: Files, columns: Sequence[str]) -> tuple[str, ...]:
    """Columns to leave out: of another file than they were chosen for, those it surely has."""
    chosen_for, names = st.session_state.get(LEFT_OUT, ("", ()))
    same = chosen_for == digest(files)
    return tuple(name for name in names if same or name in columns)


def attempt_kept(key: str) -> Attempt | None:
    """An attempt made earlier, by its name in the address."""
    return _desk().get(key)


def attempt_at(given: HandedIn, tell: Tell) -> Attempt:
    """The check of files, with the values they would give where they are accepted.

    Args:
        given: the files.
        tell: is told each step before it begins.

    Raises:
        MonitorError: the recipe does not fit the catalogue, or a column to leave out is not there.
    """
    desk = _desk()
    if given.key not in desk:
        desk[given.key] = _attempted(given, tell)
        while len(desk) > KEPT:
            desk.popitem(last=False)
    return desk[given.key]


def marked_copy(files: Files, report: CheckReport, day: date, language: str) -> bytes:
    """The files as a workbook with their faulty cells marked."""
    with on_disk(files) as paths:
        return marked_copy_of(paths, report, day, language)


@contextmanager
def on_disk(files: Files) -> Iterator[list[Path]]:
    """The files under the names their owner knows them by, in a folder that goes away."""
    with TemporaryDirectory(prefix="usm-check-") as folder:
        yield [_written(Path(folder), name, content) for name, content in files.items()]


def digest(files: Files) -> str:
    """Tells files apart by name and content."""
    found = sha256()
    for name, content in files.items():
        found.update(name.encode() + b"\0" + content)
    return found.hexdigest()


def _written(folder: Path, name: str, content: bytes) -> Path:
    """The file, never outside the folder."""
    path = folder / (PurePath(name).name or "file")
    path.write_bytes(content)
    return path


@st.cache_resource(show_spinner=False)
def _desk() -> OrderedDict[str, Attempt]:
    return OrderedDict()


def _attempted(given: HandedIn, tell: Tell) -> Attempt:
    survey = given.survey
    with on_disk(given.files) as paths:
        intake = check_files(
            paths,
            given.recipe,
            catalogue(),
            given.known,
            drop=given.dropped,
            given=given.completing,
            tell=tell,
        )
    if intake.accepted:
        tell(Step("estimating", rows=len(intake.frame)))
    estimates, trouble = _estimates(intake)
    return Attempt(
        key=given.key,
        files=tuple(given.files),
        recipe=given.recipe,
        given=given.completing,
        survey=survey,
        dropped=given.dropped,
        practice=given.practice,
        report=intake.report,
        places=_places(intake.frame),
        estimates=estimates,
        trouble=trouble,
        progress=_progress(given, intake.report),
    )


def _estimates(intake: Intake) -> tuple[pd.DataFrame | None, str]:
    if not intake.accepted:
        return None, ""
    try:
        return estimates_of(intake, catalogue(), Wanted()), ""
    except MonitorError as error:
        return None, "\n".join(error.problems)


def _places(frame: pd.DataFrame) -> tuple[tuple[str, str], ...]:
    if not {"area", "period"} <= set(frame.columns):
        return ()
    found = frame[["area", "period"]].dropna().drop_duplicates()
    return tuple(sorted((str(area), str(period)) for area, period in found.to_numpy()))


def _progress(given: HandedIn, report: CheckReport) -> Progress | None:
    """What became of the problems of the file handed in before this one, if there was one.

    This session's is the latest; else the one kept of the city is compared with.
    """
    if given.practice:
        return None
    survey, name = given.survey, f"last-file-{given.survey.area}-{given.survey.period}"
    now = digest(given.files)
    last: _Last | None = st.session_state.get(name)
    if last is None or last.digest != now:
        last = _Last(now, report, before=last.report if last else None)
    last.report = report
    st.session_state[name] = last
    if not (last.stored or personal_in(report)):
        last.since = compared_and_kept(report, data_folder(), survey.area, survey.period)
        last.stored = True
    return progress(last.before.problems, report.problems) if last.before else last.since


def personal_in(report: CheckReport) -> bool:
    """Whether personal details are suspected: then nothing is kept, and no copy is made."""
    return any(problem.code == PERSONAL for problem in report.problems)
