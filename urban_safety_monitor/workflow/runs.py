"""Whole runs: read what a configuration names, compute everything, keep it."""

from collections.abc import Callable, Collection, Sequence
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
from urban_safety_monitor.engines.replicates import Summed
from urban_safety_monitor.errors import DataError
from urban_safety_monitor.intake import Intake, require_accepted
from urban_safety_monitor.intake.boundaries import read_boundaries
from urban_safety_monitor.intake.known import Known
from urban_safety_monitor.intake.problems import Problem
from urban_safety_monitor.pipeline.run import Inputs, Options, run
from urban_safety_monitor.store import RELEASED, RunStore
from urban_safety_monitor.tables import (
    Administrative,
    Areas,
    Checklist,
    Differences,
    Surveys,
    Withheld,
    checked,
)
from urban_safety_monitor.tables.boundaries import Boundaries
from urban_safety_monitor.tables.comparing import WeightChecks
from urban_safety_monitor.tables.run import Provenance, Results
from urban_safety_monitor.workflow.config import RunConfig, Source, read_config
from urban_safety_monitor.workflow.sampling import Asked, sample_of, totals_of
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
    known = known_in(config, path.parent)
    boundaries = _boundaries(config, path.parent, set(known.areas["area"]))
    read_one = partial(_read_survey, base=path.parent, catalogue=catalogue, known=known)
    found = _read_surveys(config.microdata, read_one, say)
    used, refused = _usable(found)
    say(f"{len(used)} surveys read, {len(refused)} refused")
    options = Options(config.draws, config.seed, config.lonely_psu)
    inputs = _inputs(config, path.parent, used, catalogue)
    provenance = _provenance(config, path.parent, used, catalogue.sha256)
    before = store.released_before(provenance, inputs.surveys)
    results = run(
        replace(inputs, released=tuple(before.values())),
        catalogue,
        options,
        _identified(provenance, tuple(before)),
    )
    say(_withheld_line(results.withheld))
    results = replace(results, boundaries=boundaries)
    store.keep(results, now)
    return Outcome(results, refused)


def known_in(config: RunConfig, base: Path) -> Known:
    """The areas and surveys a configuration names, to hold files against.

    Raises:
        DataError: a table cannot be read or does not hold.
    """
    return Known(_tables(Areas, base, [config.areas]), _tables(Surveys, base, [config.surveys]))


def _boundaries(config: RunConfig, base: Path, areas: Collection[str]) -> DataFrame[Boundaries]:
    frames = [pd.DataFrame(columns=list(Boundaries.to_schema().columns))]
    frames += [read_boundaries(base / path, areas) for path in config.boundaries]
    return checked(Boundaries, pd.concat(frames, ignore_index=True))


def _withheld_line(withheld: DataFrame[Withheld]) -> str:
    """How much is withheld to protect people, by reason."""
    kinds = {"row": "rows", "all": "values", "size": "sizes"}
    told = []
    for figures, name in kinds.items():
        reasons = withheld.loc[withheld["figures"] == figures, "reason"].value_counts()
        parts = ", ".join(f"{reason} {count}" for reason, count in sorted(reasons.items()))
        told.append(f"{reasons.sum()} {name}" + (f" ({parts})" if parts else ""))
    return f"withheld to protect people: {'; '.join(told)}"


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
        recipe = _recipe_name(source, base)
        intake = check_files(files, recipe, catalogue, known, given=source.given)
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
    indicators = [i for i in catalogue.indicators.values() if i.from_survey]
    samples = [
        sample_of(
            one.intake.frame,
            one.intake.recipe,
            catalogue,
            Asked(one.source.weighting, one.source.replicates, base),
        )
        for one in used
        if one.intake
    ]
    totals = totals_of(samples, Summed(catalogue, indicators, tuple(catalogue.disaggregations)))
    return Inputs(
        psu_totals=totals,
        administrative=_tables(Administrative, base, config.administrative),
        checklists=_tables(Checklist, base, config.checklists),
        areas=_tables(Areas, base, [config.areas]),
        surveys=_tables(Surveys, base, [config.surveys]),
        differences=_tables(Differences, base, [config.differences] if config.differences else []),
        quality=_quality(surveys, totals.psus),
        weights=checked(WeightChecks, pd.concat([s.diagnostics for s in samples])),
        same_units=frozenset(
            area
            for intake in surveys
            if intake.recipe.design.same_units
            for area in intake.frame["area"].unique()
        ),
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
    options = asdict(Options(config.draws, config.seed, config.lonely_psu, config.precision))
    samples = {one.source.name: _sample_said(one.source) for one in used}
    options |= {"samples": {name: said for name, said in samples.items() if said}}
    given = {one.source.name: one.source.given for one in used if one.source.given}
    options |= {"given": given} if given else {}
    return Provenance(
        run_id="",
        version=f"{program_version()}+{source_digest()}",
        catalogue_sha256=catalogue_sha256,
        inputs=dict(sorted(inputs.items())),
        options=options | {"recipes": {one.source.name: one.source.recipe for one in used}},
        demonstration=config.demonstration,
    )


def _identified(made_from: Provenance, released: Sequence[str]) -> Provenance:
    """Named by the hash of all a run is made from; what earlier runs told is part of that."""
    options = made_from.options | ({RELEASED: list(released)} if released else {})
    whole = replace(made_from, options=options)
    content = dumps(asdict(whole), sort_keys=True)
    return replace(whole, run_id=sha256(content.encode()).hexdigest()[:16])


def _sample_said(source: Source) -> dict[str, object]:
    """What is chosen for a survey's sample."""
    return source.model_dump(mode="json", include={"weighting", "replicates"}, exclude_none=True)


def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()
