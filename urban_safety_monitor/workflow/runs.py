"""Whole runs: read what a configuration names, compute everything, keep it."""

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import cache, partial
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from json import dumps
from pathlib import Path
from typing import TypeVar

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import DataFrame

from urban_safety_monitor.catalogue import Catalogue, load_catalogue
from urban_safety_monitor.catalogue.load import shipped
from urban_safety_monitor.engines import psu_totals
from urban_safety_monitor.errors import DataError
from urban_safety_monitor.intake import Intake, require_accepted
from urban_safety_monitor.intake.known import Known
from urban_safety_monitor.intake.problems import Problem
from urban_safety_monitor.pipeline.run import Inputs, Options, run
from urban_safety_monitor.store import RunStore
from urban_safety_monitor.tables import (
    Administrative,
    Areas,
    Checklist,
    Differences,
    Surveys,
    checked,
)
from urban_safety_monitor.tables.run import Provenance, Results
from urban_safety_monitor.workflow.config import RunConfig, Source, read_config
from urban_safety_monitor.workflow.surveys import check_files

Table = TypeVar("Table", bound=pa.DataFrameModel)
Say = Callable[[str], None]

SOURCES = {".py", ".toml", ".typ"}
"""Endings of files that results depend on."""

AT_ONCE = 2
"""Surveys read at the same time: more would want more memory than a small server has."""


@dataclass(frozen=True)
class Outcome:
    """Results of a run, and for each survey left out, its files and why."""

    results: Results
    refused: dict[str, DataError]


def program_version() -> str:
    """The installed version of this program."""
    try:
        return version("urban-safety-monitor")
    except PackageNotFoundError:
        return "0"


@cache
def source_digest() -> str:
    """Short digest of this program's own files: a changed program makes runs of its own."""
    package = Path(__file__).parents[1]
    digest = sha256()
    for path in sorted(package.rglob("*")):
        if path.suffix in SOURCES:
            digest.update(path.relative_to(package).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:8]


def run_config(path: Path, store: RunStore, now: datetime, say: Say = print) -> Outcome:
    """Compute a configured run and keep it; a survey with problems is left out and named.

    Raises:
        DataError: the configuration or a table beside it does not hold, or no survey is usable.
    """
    config = read_config(path)
    catalogue = load_catalogue()
    known = Known(
        _tables(Areas, path.parent, [config.areas]),
        _tables(Surveys, path.parent, [config.surveys]),
    )
    read_one = partial(_read_survey, base=path.parent, catalogue=catalogue, known=known)
    found = _read_surveys(config.microdata, read_one, say)
    used, refused = _usable(found)
    say(f"{len(used)} surveys read, {len(refused)} refused")
    options = Options(config.draws, config.seed, config.lonely_psu)
    results = run(
        _inputs(config, path.parent, used, catalogue),
        catalogue,
        options,
        _provenance(config, path.parent, used, catalogue.sha256),
    )
    store.keep(results, now)
    return Outcome(results, refused)


def demonstration(data_folder: Path, now: datetime, say: Say = print) -> Outcome:
    """Run the sample data this program ships."""
    config = shipped("sample_data") / "demonstration.toml"
    return run_config(config, RunStore(data_folder), now, say)


@dataclass(frozen=True)
class _Read:
    """One survey's files: what was read of them, or why they were refused."""

    source: Source
    intake: Intake | None
    error: DataError | None


def _read_surveys(
    sources: Sequence[Source], read_one: Callable[[Source], _Read], say: Say
) -> list[_Read]:
    """Read all surveys, two at a time; each is checked on its own and stands or falls alone."""
    found = []
    with ProcessPoolExecutor(AT_ONCE) as workers:
        for number, one in enumerate(workers.map(read_one, sources), 1):
            say(f"read {number} of {len(sources)}: {one.source.name}")
            found.append(one)
    return found


def _read_survey(source: Source, base: Path, catalogue: Catalogue, known: Known) -> _Read:
    try:
        files = [base / file for file in source.files]
        intake = check_files(files, _recipe_name(source, base), catalogue, known)
        require_accepted(intake)
    except DataError as error:
        return _Read(source, None, error)
    if intake.recipe.holds != "microdata":
        wrong = f"{source.name}: recipe {source.recipe} reads {intake.recipe.holds}, not answers"
        return _Read(source, None, DataError(wrong))
    return _Read(source, intake, None)


def _recipe_name(source: Source, base: Path) -> str:
    """A recipe's id, or its file found from the configuration."""
    return str(base / source.recipe) if source.recipe.endswith(".toml") else source.recipe


def _usable(found: Sequence[_Read]) -> tuple[list[_Read], dict[str, DataError]]:
    """The surveys to compute with, and why each of the others is left out.

    Raises:
        DataError: no survey is usable, or two of them hold the same person.
    """
    refused = {one.source.name: one.error for one in found if one.error}
    used = [one for one in found if one.intake]
    if not used:
        raise DataError([line for error in refused.values() for line in error.problems])
    _refuse_repeated_persons(used)
    return used, refused


def _refuse_repeated_persons(used: Sequence[_Read]) -> None:
    key = ["area", "period", "person"]
    parts = [(one.source.name, one.intake.frame[key]) for one in used if one.intake]
    people = pd.concat([frame.assign(files=name) for name, frame in parts])
    twice = people[people.duplicated(key, keep=False)]
    if len(twice):
        surveys = twice["files"].groupby(twice["area"] + ", " + twice["period"])
        raise DataError(
            f"{survey}: the same persons are in {' and in '.join(files.unique())}; "
            "give each person once"
            for survey, files in surveys
        )


def _inputs(config: RunConfig, base: Path, used: Sequence[_Read], catalogue: Catalogue) -> Inputs:
    surveys = [one.intake for one in used if one.intake]
    microdata = pd.concat([intake.frame for intake in surveys], ignore_index=True)
    indicators = [i for i in catalogue.indicators.values() if i.from_survey]
    totals = psu_totals(microdata, catalogue, indicators, tuple(catalogue.disaggregations))
    return Inputs(
        psu_totals=totals,
        administrative=_tables(Administrative, base, config.administrative),
        checklists=_tables(Checklist, base, config.checklists),
        areas=_tables(Areas, base, [config.areas]),
        surveys=_tables(Surveys, base, [config.surveys]),
        differences=_tables(Differences, base, [config.differences] if config.differences else []),
        quality=_quality(surveys, totals.psus),
    )


def _tables(model: type[Table], base: Path, paths: Sequence[Path]) -> DataFrame[Table]:
    frames = [pd.DataFrame(columns=list(model.to_schema().columns))]
    for path in paths:
        try:
            frames.append(pd.read_csv(base / path, keep_default_na=False, na_values=[""]))
        except (OSError, ValueError) as error:
            raise DataError(f"{path}: cannot be read as a CSV table: {error}") from error
    found = [frame for frame in frames if len(frame)] or frames[:1]
    return checked(model, pd.concat(found, ignore_index=True))


def _quality(surveys: Sequence[Intake], psus: pd.DataFrame) -> pd.DataFrame:
    """Findings about each survey's files and design that do not stop it."""
    columns = ["area", "period", "finding", "count", "detail"]
    rows = [
        (*survey, problem.code, problem.n_rows or 0, _column_names(problem))
        for intake in surveys
        for survey in sorted(set(zip(intake.frame["area"], intake.frame["period"], strict=True)))
        for problem in intake.report.problems
    ]
    single = psus[psus["psus"] == 1]
    rows += [
        (row.area, row.period, "single_psu_stratum", 1, str(row.stratum))
        for row in single.itertuples()
    ]
    return pd.DataFrame(rows, columns=columns).astype({"count": float, "detail": "str"})


def _column_names(problem: Problem) -> str:
    return ", ".join(column.name for column in problem.place.columns)


def _provenance(
    config: RunConfig, base: Path, used: Sequence[_Read], catalogue_sha256: str
) -> Provenance:
    """What the run is made from; a survey that was left out is no part of it."""
    read = [file for one in used for file in one.source.files]
    recipes = [Path(one.source.recipe) for one in used if one.source.recipe.endswith(".toml")]
    inputs = {file.as_posix(): _digest(base / file) for file in (*config.tables, *read, *recipes)}
    options = asdict(Options(config.draws, config.seed, config.lonely_psu))
    made_from = Provenance(
        run_id="",
        version=f"{program_version()}+{source_digest()}",
        catalogue_sha256=catalogue_sha256,
        inputs=dict(sorted(inputs.items())),
        options=options | {"recipes": {one.source.name: one.source.recipe for one in used}},
        demonstration=config.demonstration,
    )
    content = dumps(asdict(made_from), sort_keys=True)
    return replace(made_from, run_id=sha256(content.encode()).hexdigest()[:16])


def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()
