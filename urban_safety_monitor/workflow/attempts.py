"""Checks of a city's files as it hands them in, each compared with the one before it.

What is kept of a check are its problems as records: codes, places and counts, without any value
found in the file.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.errors import DataError
from urban_safety_monitor.intake import CheckReport, Intake, Problem
from urban_safety_monitor.intake.known import NOTHING
from urban_safety_monitor.intake.steps import Tell, unheard
from urban_safety_monitor.report.attempts import Progress, from_json, progress, to_json
from urban_safety_monitor.store.attempts import AttemptStore
from urban_safety_monitor.store.recipes import CODE
from urban_safety_monitor.workflow.known import known_of
from urban_safety_monitor.workflow.matching import QUESTIONNAIRE, recipe_for
from urban_safety_monitor.workflow.surveys import check_files

UNTOLD = "untold"
"""The round of a file that does not tell it."""


@dataclass(frozen=True)
class HandedIn:
    """Files of one survey, whose they are, and how they are to be read.

    Without a `recipe` the one the city confirmed is used. Areas and surveys to hold the files
    against are those of `config`, or where a city is named those of the run kept last in `data`.
    `given` are columns that the files may lack, such as `{"period": "2026-Q1"}`; columns to
    `drop` are left out before anything else looks at them.
    """

    files: tuple[Path, ...]
    data: Path
    city: str | None = None
    recipe: str | None = None
    config: Path | None = None
    given: Mapping[str, str] = field(default_factory=dict)
    drop: tuple[str, ...] = ()

    def reading(self) -> str:
        """Name of the recipe that reads the files.

        Raises:
            DataError: neither a recipe nor a city is named.
            StoreError: the city's code is none.
        """
        if self.recipe or self.city:
            return self.recipe or recipe_for(self.data, str(self.city))
        raise DataError("name a recipe, or the city whose own matching reads the files")

    def chosen(self) -> dict[str, str]:
        """The city and round that a city's own file has to be of, as far as they are named."""
        if self.city is None or self.recipe not in (None, QUESTIONNAIRE):
            return {}
        return {"area": self.city, **self.given}


def check_handed_in(
    handed: HandedIn, catalogue: Catalogue, tell: Tell = unheard
) -> tuple[Intake, Progress | None]:
    """Check files, and where a city is named compare with its last attempt at this round.

    Whoever waits is told each step.

    Raises:
        CatalogueError: the recipe does not hold.
        DataError: no recipe is named, the configuration does not hold, or a column to leave out
            is not there.
        StoreError: the city's code is none, or the data folder cannot be written to.
    """
    asked = handed.config or handed.city
    known = known_of(handed.config, handed.data) if asked else NOTHING
    known = replace(known, chosen=handed.chosen())
    recipe, given = handed.reading(), handed.given
    found = check_files(
        handed.files, recipe, catalogue, known, drop=handed.drop, given=given, tell=tell
    )
    if handed.city is None:
        return found, None
    survey = given.get("period") or _round_of(found)
    return found, compared_and_kept(found.report, handed.data, handed.city, survey)


def compared_and_kept(report: CheckReport, data: Path, city: str, survey: str) -> Progress | None:
    """Compare a check with the last one of this city and round, and keep it in its place.

    Args:
        report: of the check just made, accepted or not.
        data: the data folder.
        city: the city's code.
        survey: the round, as in 2026-Q1.

    Returns:
        Progress since the last attempt; none for a first one.

    Raises:
        StoreError: the city's code or the round is none, or the folder cannot be written to.
    """
    store = AttemptStore(data)
    before = _read(store.last(city, survey))
    found = progress(before.problems, report.problems) if before else None
    kept = replace(report, problems=tuple(_without_values(p) for p in report.problems))
    store.keep(city, survey, to_json(kept))
    return found


def _read(kept: str | None) -> CheckReport | None:
    """The report of the last attempt; none where another version wrote it in another way."""
    try:
        return from_json(kept) if kept else None
    except DataError:
        return None


def _round_of(found: Intake) -> str:
    """The round most records are of, as far as a file may be called by it."""
    if "period" not in found.frame:
        return UNTOLD
    common = found.frame["period"].astype(str).mode()
    return next((period for period in common if CODE.fullmatch(period)), UNTOLD)


def _without_values(problem: Problem) -> Problem:
    return replace(problem, found="", suggestion="")
