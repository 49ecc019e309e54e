"""Whole runs: read what a configuration names, compute everything, keep it."""

import tomllib
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import partial
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from json import dumps
from pathlib import Path
from typing import TypeVar

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import DataFrame
from pydantic import ValidationError

from urban_safety_monitor.catalogue import Catalogue, load_catalogue
from urban_safety_monitor.catalogue.conditions import Declaration
from urban_safety_monitor.catalogue.load import shipped
from urban_safety_monitor.engines import psu_totals
from urban_safety_monitor.errors import DataError
from urban_safety_monitor.intake import Intake, require_accepted
from urban_safety_monitor.intake.problems import Problem
from urban_safety_monitor.pipeline.run import Inputs, Options, run
from urban_safety_monitor.statistics.linearisation import LonelyPsu
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
from urban_safety_monitor.workflow.surveys import check_files

Table = TypeVar("Table", bound=pa.DataFrameModel)
Say = Callable[[str], None]

AT_ONCE = 2
"""Surveys read at the same time: more would want more memory than a small server has."""


class Source(Declaration):
    """The files of one survey handed in, and the recipe that reads them."""

    files: tuple[Path, ...]
    recipe: str


class RunConfig(Declaration):
    """A run's configuration file; paths are relative to it."""

    title: dict[str, str] = {}
    demonstration: bool = False
    areas: Path
    surveys: Path
    differences: Path | None = None
    administrative: tuple[Path, ...] = ()
    checklists: tuple[Path, ...] = ()
    microdata: tuple[Source, ...] = ()
    draws: int = 1000
    seed: int = 0
    lonely_psu: LonelyPsu = "adjust"


@dataclass(frozen=True)
class Outcome:
    """Results of a run, and for each survey that was refused, its files and why."""

    results: Results
    refused: dict[str, DataError]


def program_version() -> str:
    """The installed version of this program."""
    try:
        return version("urban-safety-monitor")
    except PackageNotFoundError:
        return "0"


def run_config(path: Path, store: RunStore, now: datetime, say: Say = print) -> Outcome:
    """Compute a configured run and keep it; a survey with problems is left out and named.

    Raises:
        DataError: the configuration or a table beside it does not hold, or no survey is usable.
    """
    config = _read_config(path)
    catalogue = load_catalogue()
    surveys, refused, inputs = _read_surveys(config, path.parent, catalogue, say)
    say(f"{len(surveys)} surveys read, {len(refused)} refused")
    options = Options(config.draws, config.seed, config.lonely_psu)
    results = run(
        _inputs(config, path.parent, surveys, catalogue),
        catalogue,
        options,
        _provenance(catalogue, inputs | _digests(config, path.parent), options, config),
    )
    store.keep(results, now)
    return Outcome(results, refused)


def demonstration(data_folder: Path, now: datetime, say: Say = print) -> Outcome:
    """Run the sample data this program ships."""
    config = shipped("sample_data") / "demonstration.toml"
    return run_config(config, RunStore(data_folder), now, say)


def _read_config(path: Path) -> RunConfig:
    try:
        return RunConfig.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise DataError(f"configuration {path}: no such file") from error
    except tomllib.TOMLDecodeError as error:
        raise DataError(f"configuration {path}: not TOML: {error}") from error
    except ValidationError as error:
        raise DataError(
            f"configuration {path}: {'.'.join(map(str, e['loc']))}: {e['msg']}"
            for e in error.errors(include_url=False)
        ) from error


@dataclass(frozen=True)
class _Read:
    """One survey's files: what was read of them, or why they were refused."""

    name: str
    digests: dict[str, str]
    intake: Intake | None
    error: DataError | None


def _read_surveys(
    config: RunConfig, base: Path, catalogue: Catalogue, say: Say
) -> tuple[list[Intake], dict[str, DataError], dict[str, str]]:
    """Read all surveys, two at a time; each is checked on its own and stands or falls alone."""
    read_one = partial(_read_survey, base=base, catalogue=catalogue)
    found = []
    with ProcessPoolExecutor(AT_ONCE) as workers:
        for number, one in enumerate(workers.map(read_one, config.microdata), 1):
            say(f"read {number} of {len(config.microdata)}: {one.name}")
            found.append(one)
    refused = {one.name: one.error for one in found if one.error}
    if found and len(refused) == len(found):
        raise DataError([line for error in refused.values() for line in error.problems])
    digests = {name: digest for one in found if one.intake for name, digest in one.digests.items()}
    return [one.intake for one in found if one.intake], refused, digests


def _read_survey(source: Source, base: Path, catalogue: Catalogue) -> _Read:
    files = [base / file for file in source.files]
    name = ", ".join(file.name for file in files)
    try:
        intake = check_files(files, source.recipe, catalogue)
        require_accepted(intake)
    except DataError as error:
        return _Read(name, {}, None, error)
    return _Read(name, {file.name: _digest(file) for file in files}, intake, None)


def _inputs(
    config: RunConfig, base: Path, surveys: Sequence[Intake], catalogue: Catalogue
) -> Inputs:
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
    catalogue: Catalogue, inputs: dict[str, str], options: Options, config: RunConfig
) -> Provenance:
    made_from = Provenance(
        run_id="",
        version=program_version(),
        catalogue_sha256=catalogue.sha256,
        inputs=dict(sorted(inputs.items())),
        options=asdict(options),
        demonstration=config.demonstration,
    )
    content = dumps(asdict(made_from), sort_keys=True)
    return replace(made_from, run_id=sha256(content.encode()).hexdigest()[:16])


def _digests(config: RunConfig, base: Path) -> dict[str, str]:
    paths = [config.areas, config.surveys, *config.administrative, *config.checklists]
    paths += [config.differences] if config.differences else []
    return {path.name: _digest(base / path) for path in paths if (base / path).is_file()}


def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()
