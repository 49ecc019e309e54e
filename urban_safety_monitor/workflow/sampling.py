"""From a survey's accepted records to totals that know its whole sampling design.

Stages and certainty come from the records' columns, replicate weights from the file or from its
sampling units, calibrated weights from known margins. What none of these touches passes through
unchanged.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import ValidationError

from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.catalogue.recipe import Recipe
from urban_safety_monitor.catalogue.sampling import Replicates
from urban_safety_monitor.catalogue.weighting import Weighting
from urban_safety_monitor.engines.replicates import Summed, replicate_totals
from urban_safety_monitor.engines.stages import Staged, staged
from urban_safety_monitor.errors import DataError, DesignError
from urban_safety_monitor.intake.records import REPLICATE
from urban_safety_monitor.pipeline.replicates import joined, psu_replicates, with_replicates
from urban_safety_monitor.statistics.replicates import degrees_of_freedom
from urban_safety_monitor.tables.comparing import WeightChecks
from urban_safety_monitor.tables.totals import PsuTotals, ReplicateTotals
from urban_safety_monitor.workflow.weighting import (
    SURVEY,
    auxiliary_of,
    calibrated,
    read_margins,
    weighted_surveys,
)

Floats = NDArray[np.float64]

STRATUM = [*SURVEY, "stratum"]
DIAGNOSED = list(WeightChecks.to_schema().columns)


@dataclass(frozen=True)
class Asked:
    """What is chosen for a survey beside its recipe: calibration, and replicates to make.

    `base` is the folder that the margins' path starts from.
    """

    weighting: Weighting | None = None
    replicates: Replicates | None = None
    base: Path = Path()


AS_IT_IS = Asked()


def asked_for(weighting: Path | None = None, replicates: dict[str, object] | None = None) -> Asked:
    """What a file says of the weighting, and which replicates are to be made.

    Raises:
        DataError: the file cannot be read, or something in it does not hold.
        DesignError: the replicates cannot be made so.
    """
    try:
        made = Replicates.model_validate(replicates) if replicates else None
    except ValidationError as error:
        raise DesignError(f"replicates: {_said(e['msg'])}" for e in error.errors()) from error
    if weighting is None:
        return Asked(replicates=made)
    try:
        declared = Weighting.model_validate(tomllib.loads(weighting.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DataError(f"weighting {weighting}: cannot be read: {error}") from error
    except ValidationError as error:
        raise DataError(
            f"weighting {weighting}: {'.'.join(map(str, e['loc']))}: {_said(e['msg'])}"
            for e in error.errors(include_url=False)
        ) from error
    return Asked(declared, made, weighting.parent)


def _said(message: str) -> str:
    return message.removeprefix("Value error, ")


@dataclass(frozen=True)
class PersonReplicates:
    """Replicate weights of one survey's persons; `rows` are theirs, by weight (n, r)."""

    rows: NDArray[np.intp]
    weights: dict[str, Floats]
    counts: Floats
    degrees_of_freedom: pd.DataFrame


@dataclass(frozen=True)
class Sample:
    """Records ready to be summed, and what their errors come from.

    Attributes:
        staged: the records with their stages.
        persons: replicate weights of persons, survey by survey.
        units: replicates to make from sampling units, for all other surveys of the records.
        diagnostics: of the weighting; no rows without any.
    """

    staged: Staged
    persons: list[PersonReplicates] = field(default_factory=list)
    units: Replicates | None = None
    diagnostics: pd.DataFrame = field(default_factory=partial(pd.DataFrame, columns=DIAGNOSED))


def sample_of(
    records: pd.DataFrame, recipe: Recipe, catalogue: Catalogue, asked: Asked = AS_IT_IS
) -> Sample:
    """A source's records as a sample.

    Raises:
        DataError: margins do not fit the records, or replicate weights their declaration.
        DesignError: weights cannot meet the margins, or a stratum has too few PSUs.
    """
    own = recipe.design.replicates
    if own and own.columns is not None:
        given = _given(records, own)
    else:
        given, asked = None, replace(asked, replicates=asked.replicates or own)
    if asked.weighting:
        found = staged(records, second_stage=False)
        return _calibrated(found, asked, (given, own), catalogue)
    if own and given is not None:
        persons = [_of_file(records, rows, given, own) for rows in _surveys(records)]
        return Sample(staged(records, second_stage=False), persons)
    found = staged(records, second_stage=asked.replicates is None)
    return Sample(found, units=asked.replicates)


def totals_of(samples: Sequence[Sample], summed: Summed) -> PsuTotals:
    """Totals of samples together, with their second stages and replicates.

    Raises:
        DesignError: a stratum has not as many PSUs as replicates need.
    """
    frames = [sample.staged.records for sample in samples]
    records = frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)
    stages = [s.staged.second_stage for s in samples if s.staged.second_stage is not None]
    whole = Staged(records, pd.concat(stages, ignore_index=True) if stages else None)
    totals = whole.told(summed.totals(records))
    parts: list[ReplicateTotals] = []
    starts = np.cumsum([0, *map(len, frames)])
    for sample, start in zip(samples, starts, strict=False):
        parts += [
            replicate_totals(
                records.iloc[start + one.rows],
                one.weights,
                one.counts,
                one.degrees_of_freedom,
                summed,
            )
            for one in sample.persons
        ]
    totals = replace(totals, replicates=joined(parts))
    for sample in samples:
        if sample.units:
            own = sample.staged.records[SURVEY].drop_duplicates()
            totals = with_replicates(totals, sample.units, own)
    return totals


def _surveys(records: pd.DataFrame) -> list[NDArray[np.intp]]:
    return [np.asarray(rows) for rows in records.groupby(SURVEY, sort=False).indices.values()]


def _given(records: pd.DataFrame, declared: Replicates) -> Floats:
    """The file's own replicate weights (n, r).

    Raises:
        DataError: there are none, one is missing, or they do not fit what is declared.
    """
    numbers = sorted(
        int(name.removeprefix(REPLICATE))
        for name in map(str, records.columns)
        if name.startswith(REPLICATE)
    )
    if len(numbers) < 2:
        raise DataError(
            f"replicates: the file has {len(numbers)} columns named {declared.columns}; two or "
            "more are needed"
        )
    table = records[[f"{REPLICATE}{number}" for number in numbers]]
    blank = [str(name) for name in table if table[name].isna().any()]
    if blank:
        raise DataError(f"replicates: empty cells in {', '.join(blank[:8])}; 0 leaves a person out")
    weights = table.to_numpy(dtype=float)
    if declared.combined:
        return weights
    return weights * records["weight_person"].to_numpy(dtype=float)[:, None]


def _of_file(
    records: pd.DataFrame, rows: NDArray[np.intp], weights: Floats, declared: Replicates
) -> PersonReplicates:
    own, survey = weights[rows], records.iloc[rows]
    df = declared.degrees_of_freedom or degrees_of_freedom(own)
    return PersonReplicates(
        rows,
        _by_weight(survey, own, _factors(survey, own)),
        _counts(declared, own.shape[1]),
        survey[SURVEY].iloc[:1].assign(degrees_of_freedom=float(df)).reset_index(drop=True),
    )


def _counts(declared: Replicates, replicates: int) -> Floats:
    try:
        return np.array(declared.counts(replicates))
    except ValueError as error:
        raise DataError(f"replicates: {error}") from error


def _factors(survey: pd.DataFrame, weights: Floats) -> Floats:
    """Replicate weights (n, r) over the weight itself; 1 where that is 0."""
    base = survey["weight_person"].to_numpy(dtype=float)[:, None]
    return np.divide(weights, base, out=np.ones_like(weights), where=base > 0)


def _by_weight(survey: pd.DataFrame, persons: Floats, factors: Floats) -> dict[str, Floats]:
    """Replicate weights by column: of persons as they are, of others by the sampling factors."""
    columns = map(str, survey.columns)
    others = [name for name in columns if name.startswith("weight_") and name != "weight_person"]
    return {"weight_person": persons} | {
        name: survey[name].to_numpy(dtype=float)[:, None] * factors for name in others
    }


def _calibrated(
    found: Staged,
    asked: Asked,
    of_file: tuple[Floats | None, Replicates | None],
    catalogue: Catalogue,
) -> Sample:
    """Calibrated weights, and replicates each calibrated alike."""
    weighting, records = asked.weighting, found.records
    given, own = of_file
    assert weighting is not None
    done = weighted_surveys(records, weighting, asked.base, catalogue)
    if done.problems:
        raise DesignError(done.problems)
    table = read_margins(asked.base / weighting.margins) if weighting.margins else None
    persons = []
    for rows in _surveys(records):
        survey = records.iloc[rows]
        if given is None:
            factors, counts = _from_units(survey, asked.replicates or weighting.replicates)
            df = float("nan")
        else:
            assert own is not None
            factors, counts = _factors(survey, given[rows]), _counts(own, given.shape[1])
            df = own.degrees_of_freedom or degrees_of_freedom(given[rows])
        under = done.trimmed[rows][:, None] * factors
        if table is not None:
            auxiliary = auxiliary_of(survey, table, catalogue, weighting)
            each = [calibrated(column, auxiliary, weighting).weights for column in under.T]
            under = np.column_stack(each)
        known = survey[SURVEY].iloc[:1].assign(degrees_of_freedom=df).reset_index(drop=True)
        persons.append(PersonReplicates(rows, _by_weight(survey, under, factors), counts, known))
    return Sample(
        Staged(records.assign(weight_person=done.weights)), persons, None, done.diagnostics
    )


def _from_units(survey: pd.DataFrame, declared: Replicates) -> tuple[Floats, Floats]:
    """Factors (n, r) of replicates of the sampling units, and what these count."""
    design = survey[[*STRATUM, "psu"]]
    units = design.drop_duplicates(ignore_index=True)
    strata = units.groupby(STRATUM).size().rename("psus").reset_index()
    population = survey.get("psus_in_stratum", pd.Series(np.nan, survey.index)).astype(float)
    known = design.assign(psus_in_population=population).groupby(STRATUM)["psus_in_population"]
    made = psu_replicates(units, strata.merge(known.max().reset_index()), declared)
    unit = pd.MultiIndex.from_frame(units).get_indexer(pd.MultiIndex.from_frame(design))
    return made.factors[unit], made.scale * made.rscales
