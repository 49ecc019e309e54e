"""Whole runs for the command line and the app: read, compute, keep.

The only place where intake, engine, pipeline and store meet. Time and folders are arguments.
"""

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from json import dumps
from pathlib import Path
from typing import TypeVar

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import DataFrame
from pydantic import ValidationError

from urban_safety_monitor.catalogue import Catalogue, load_catalogue, load_recipe
from urban_safety_monitor.catalogue.conditions import Declaration
from urban_safety_monitor.catalogue.indicator import Indicator
from urban_safety_monitor.catalogue.load import shipped
from urban_safety_monitor.engines import columns_needed, psu_totals
from urban_safety_monitor.engines.query import columns_of_groups
from urban_safety_monitor.errors import CatalogueError, DataError
from urban_safety_monitor.intake import Intake, apply_recipe, require_accepted
from urban_safety_monitor.pipeline.disclose import disclose
from urban_safety_monitor.pipeline.estimate import estimate
from urban_safety_monitor.pipeline.recorded import estimate_recorded
from urban_safety_monitor.pipeline.run import Inputs, Options, run
from urban_safety_monitor.pipeline.score import Scored, score, score_table
from urban_safety_monitor.statistics.linearisation import LonelyPsu
from urban_safety_monitor.store import RunStore
from urban_safety_monitor.tables import (
    Administrative,
    Areas,
    Checklist,
    Differences,
    Estimates,
    Scores,
    Surveys,
    checked,
)
from urban_safety_monitor.tables.run import Provenance, Results

Table = TypeVar("Table", bound=pa.DataFrameModel)
Say = Callable[[str], None]


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


@dataclass(frozen=True)
class Wanted:
    """Which estimates are asked for: nothing named means every indicator, for everybody."""

    indicators: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    lonely_psu: LonelyPsu = "adjust"


def program_version() -> str:
    """The installed version of this program."""
    try:
        return version("urban-safety-monitor")
    except PackageNotFoundError:
        return "0"


def check_files(files: Sequence[Path], recipe_name: str, catalogue: Catalogue) -> Intake:
    """Read files by a recipe and say everything that is wrong with them; nothing is kept."""
    recipe, _ = load_recipe(recipe_name, catalogue)
    return apply_recipe(recipe, catalogue, files)


def estimate_files(
    files: Sequence[Path], recipe_name: str, catalogue: Catalogue, wanted: Wanted
) -> DataFrame[Estimates]:
    """Estimates from the files of one source.

    Raises:
        CatalogueError: an indicator or disaggregation is unknown, or needs what the recipe lacks.
        DataError: the files have problems that must be fixed.
        DesignError: a stratum has one PSU and the rule is `fail`.
    """
    recipe, extended = load_recipe(recipe_name, catalogue)
    table = require_accepted(apply_recipe(recipe, catalogue, files))
    if recipe.holds == "administrative":
        chosen = _chosen(
            extended,
            wanted,
            [
                i
                for i in extended.indicators.values()
                if not i.from_survey and i.measure.kind != "checklist"
            ],
        )
        return _collected(estimate_recorded(table, chosen), wanted)
    columns = set(table.columns)
    surveyed = [i for i in extended.indicators.values() if i.from_survey]
    chosen = _chosen(extended, wanted, [i for i in surveyed if _answered(i, columns)])
    _require_groups(extended, wanted.by, columns)
    totals = psu_totals(table, extended, chosen, wanted.by)
    shown = disclose(estimate(totals, chosen, wanted.lonely_psu).estimates, extended)
    return _collected(shown, wanted)


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


def score_values(path: Path, catalogue: Catalogue) -> DataFrame[Scores]:
    """A composite index from finished values: one row per area, one column per indicator.

    The first column names the area; a column `period` is optional.

    Raises:
        DataError: the file is no table of numbers, or has no column of a scored indicator.
    """
    scored = scored_values(_read_values(path), catalogue)
    return score_table(scored, catalogue)


def scored_values(values: pd.DataFrame, catalogue: Catalogue) -> Scored:
    """Score finished values: columns area, period and one per indicator."""
    units = values[["area", "period"]].assign(group=values["period"])
    known = [i.id for i in catalogue.indicators.values() if i.scored and i.id in values]
    if not known:
        raise DataError("values: no column is the id of a scored indicator of the catalogue")
    draws = {name: values[[name]].to_numpy(dtype=float) for name in known}
    return score(draws, units, catalogue)


def _chosen(catalogue: Catalogue, wanted: Wanted, possible: Sequence[Indicator]) -> list[Indicator]:
    """Indicators asked for, each by the disaggregations asked for."""
    unknown = [name for name in wanted.indicators if name not in catalogue.indicators]
    offered = {i.id for i in possible}
    absent = [n for n in wanted.indicators if n not in offered and n not in unknown]
    problems = [f"indicator {name!r}: not in the catalogue; see usm indicators" for name in unknown]
    problems += [f"indicator {name!r}: this source has no answers for it" for name in absent]
    if problems:
        raise CatalogueError(problems)
    chosen = [i for i in possible if not wanted.indicators or i.id in wanted.indicators]
    return [i.model_copy(update={"disaggregations": wanted.by}) for i in chosen]


def _answered(indicator: Indicator, columns: set[str]) -> bool:
    weights = {"weight_person", "weight_household"}
    return bool((columns_needed(indicator) - weights) & columns)


def _require_groups(catalogue: Catalogue, by: Sequence[str], columns: set[str]) -> None:
    known = {
        name for name, d in catalogue.disaggregations.items() if columns_of_groups(d) & columns
    }
    if set(by) - known:
        raise CatalogueError(
            f"disaggregation {name!r}: not possible here; possible are {', '.join(sorted(known))}"
            for name in by
            if name not in known
        )


def _collected(estimates: pd.DataFrame, wanted: Wanted) -> DataFrame[Estimates]:
    """Estimates that are there, by what was asked for."""
    asked = estimates["disaggregation"].isin(["total", *wanted.by])
    there = (estimates["obs_status"] != "x") | (estimates["conf_status"] == "C")
    return checked(Estimates, estimates[asked & there].reset_index(drop=True))


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


def _read_surveys(
    config: RunConfig, base: Path, catalogue: Catalogue, say: Say
) -> tuple[list[Intake], dict[str, DataError], dict[str, str]]:
    read, refused, digests = [], {}, {}
    for number, source in enumerate(config.microdata, 1):
        files = [base / file for file in source.files]
        name = ", ".join(file.name for file in files)
        say(f"reading {number} of {len(config.microdata)}: {name}")
        try:
            intake = check_files(files, source.recipe, catalogue)
            require_accepted(intake)
        except DataError as error:
            refused[name] = error
            continue
        read.append(intake)
        digests |= {file.name: _digest(file) for file in files}
    if config.microdata and not read:
        raise DataError([line for error in refused.values() for line in error.problems])
    return read, refused, digests


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
        (
            area,
            period,
            problem.code,
            problem.n_rows or 0,
            ", ".join(column.name for column in problem.place.columns),
        )
        for intake in surveys
        for area, period in intake.frame[["area", "period"]]
        .drop_duplicates()
        .itertuples(index=False)
        for problem in intake.report.problems
    ]
    single = psus[psus["psus"] == 1].groupby(["area", "period"])["stratum"].agg(list)
    rows += [
        (area, period, "single_psu_strata", len(strata), ", ".join(map(str, strata)))
        for (area, period), strata in single.items()
    ]
    return pd.DataFrame(rows, columns=columns).astype({"count": float, "detail": "str"})


def _provenance(
    catalogue: Catalogue, inputs: dict[str, str], options: Options, config: RunConfig
) -> Provenance:
    content = {
        "version": program_version(),
        "catalogue_sha256": catalogue.sha256,
        "inputs": dict(sorted(inputs.items())),
        "options": asdict(options),
        "demonstration": config.demonstration,
    }
    run_id = sha256(dumps(content, sort_keys=True).encode()).hexdigest()[:16]
    return Provenance(run_id=run_id, **content)


def _digests(config: RunConfig, base: Path) -> dict[str, str]:
    paths = [config.areas, config.surveys, *config.administrative, *config.checklists]
    paths += [config.differences] if config.differences else []
    return {path.name: _digest(base / path) for path in paths if (base / path).is_file()}


def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


def _read_values(path: Path) -> pd.DataFrame:
    try:
        frame = pd.read_csv(path)
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: cannot be read as a CSV table: {error}") from error
    frame = frame.rename(columns={frame.columns[0]: "area"})
    if "period" not in frame:
        frame["period"] = ""
    texts = [c for c in frame.columns.drop(["area", "period"]) if frame[c].dtype.kind not in "fiu"]
    return frame.astype({"area": "str", "period": "str"}).drop(columns=texts)
