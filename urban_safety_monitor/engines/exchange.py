"""PSU totals as a file: what a holder of records gives away instead of the records.

One Parquet file holds the totals row by row in their wide form, and beside them, in its metadata,
what they are totals of: digest of the catalogue, definitions of the indicators asked for, version
of the program, PSUs by stratum. Files of several areas are put together only where all of that
agrees. Totals of the same PSU in two files are added.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from hashlib import sha256
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from urban_safety_monitor.errors import DataError
from urban_safety_monitor.tables.totals import CELL, PsuTotals, Term

FORM = 1
"""Of the file; a program reads only the form it writes."""
METADATA = b"urban_safety_monitor"
KEYS = [*CELL, "stratum", "psu"]
STRATUM = ["area", "period", "stratum"]


@dataclass(frozen=True)
class MadeFrom:
    """What totals are totals of.

    Attributes:
        catalogue_sha256: digest of the whole catalogue.
        definitions_sha256: digest of the indicators and groups asked for; a recipe may bring its
            own.
        version: of the program that summed.
        recipe: how the files were read; of several files put together, that of the first.
        disaggregations: groups that were asked for.
    """

    catalogue_sha256: str
    definitions_sha256: str
    version: str
    recipe: str
    disaggregations: tuple[str, ...]


def write_totals(totals: PsuTotals, made_from: MadeFrom, path: Path) -> None:
    """Write totals with what they were made from; an existing file is replaced whole.

    Raises:
        DataError: it cannot be written there.
    """
    columns = {name: pa.array(totals.keys[name], pa.string()) for name in KEYS}
    for k in range(len(totals.terms)):
        columns |= {
            f"n_{k}": pa.array(totals.n[:, k]),
            f"numerator_{k}": pa.array(totals.numerator[:, k]),
            f"denominator_{k}": pa.array(totals.denominator[:, k]),
        }
        for place in range(4 if k in totals.squares else 0):
            columns[f"squares_{k}_{place}"] = pa.array(totals.squares[k][:, place])
    about = {
        "form": FORM,
        **asdict(made_from),
        "terms": [[term.indicator, term.component] for term in totals.terms],
        "psus": json.loads(totals.psus.to_json(orient="records")),
    }
    table = pa.table(columns).replace_schema_metadata({METADATA: json.dumps(about).encode()})
    partly = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(table, partly, compression="zstd")
        partly.replace(path)
    except OSError as error:
        raise DataError(f"{path}: cannot be written: {error.strerror or error}") from error


def read_totals(paths: Sequence[Path]) -> tuple[PsuTotals, MadeFrom]:
    """Totals of several files as one, with what they were made from.

    Raises:
        DataError: a file is no totals file, or files do not belong together; every problem of
            every file is said.
    """
    opened = [_opened(path) for path in paths]
    problems = [one for one in opened if isinstance(one, str)]
    files = [one for one in opened if isinstance(one, _File)]
    problems += _given_twice(files)
    problems += [p for other in files[1:] for p in _differences(files[0], other)]
    problems += _repeated_strata(files)
    if problems:
        raise DataError(problems)
    about = {field.name: files[0].about[field.name] for field in fields(MadeFrom)}
    made_from = MadeFrom(**about | {"disaggregations": tuple(about["disaggregations"])})
    return _added([_totals(one) for one in files]), made_from


@dataclass(frozen=True)
class _File:
    path: Path
    about: dict
    table: pa.Table


def _opened(path: Path) -> _File | str:
    """The file, or what is wrong with it."""
    wanted = "give a file that usm totals has written"
    try:
        table = pq.read_table(path)
    except (OSError, pa.ArrowException) as error:
        return f"{path}: cannot be read as Parquet ({error}); {wanted}"
    content = (table.schema.metadata or {}).get(METADATA)
    if content is None:
        return f"{path}: holds no PSU totals; {wanted}"
    about = json.loads(content)
    if about["form"] != FORM:
        return f"{path}: form {about['form']} of the file, this program reads {FORM}; {wanted}"
    return _File(path, about, table)


def _differences(first: _File, other: _File) -> Iterator[str]:
    named = {
        "catalogue_sha256": "the catalogue",
        "version": "the program's version",
        "disaggregations": "the groups asked for",
        "terms": "the indicators asked for",
        "definitions_sha256": "the definitions of indicators or groups",
    }
    for key, words in named.items():
        if first.about[key] != other.about[key]:
            yield (
                f"{other.path}: {words} differs from that of {first.path} "
                f"({_short(other.about[key])} instead of {_short(first.about[key])}); "
                "totals only add up where they were made alike: make them again with the same"
            )


def _short(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(str(v[0]) if isinstance(v, list) else str(v) for v in value) or "none"
    return str(value)[:12]


def _given_twice(files: Sequence[_File]) -> Iterator[str]:
    seen: dict[str, Path] = {}
    for one in files:
        digest = sha256(one.path.read_bytes()).hexdigest()
        if digest in seen:
            yield f"{one.path}: the same as {seen[digest]}; people would count twice: give it once"
        seen.setdefault(digest, one.path)


def _repeated_strata(files: Sequence[_File]) -> Iterator[str]:
    """Strata in several files with other PSUs in the population cannot both be right."""
    psus = pd.concat(
        [_psus(one).assign(path=str(one.path)) for one in files] or [pd.DataFrame(columns=STRATUM)]
    )
    if psus.empty:
        return
    for stratum, rows in psus.groupby(STRATUM, sort=True):
        if rows["psus_in_population"].nunique(dropna=False) > 1:
            yield (
                f"area {stratum[0]}, period {stratum[1]}, stratum {stratum[2]}: PSUs in the "
                f"population differ between {' and '.join(rows['path'])}; a stratum has one number"
            )


def _psus(one: _File) -> pd.DataFrame:
    columns = [*STRATUM, "psus", "psus_in_population"]
    frame = pd.DataFrame(one.about["psus"], columns=columns)
    types = {name: "str" for name in STRATUM} | {"psus": "int64", "psus_in_population": "float64"}
    return frame.astype(types)


def _totals(one: _File) -> PsuTotals:
    table, terms = one.table, [Term(*term) for term in one.about["terms"]]

    def stacked(names: Sequence[str]) -> np.ndarray:
        arrays = [table[name].to_numpy() for name in names]
        return np.column_stack(arrays) if arrays else np.empty((len(table), 0))

    places = range(len(terms))
    return PsuTotals(
        keys=pd.DataFrame({name: table[name].to_pandas().astype("str") for name in KEYS}),
        terms=tuple(terms),
        n=stacked([f"n_{k}" for k in places]),
        numerator=stacked([f"numerator_{k}" for k in places]),
        denominator=stacked([f"denominator_{k}" for k in places]),
        squares={
            k: stacked([f"squares_{k}_{place}" for place in range(4)])
            for k in places
            if f"squares_{k}_0" in table.column_names
        },
        psus=_psus(one),
    )


def _added(parts: Sequence[PsuTotals]) -> PsuTotals:
    """Totals put together: rows of the same PSU and group added up, all in order."""
    keys = pd.concat([part.keys for part in parts], ignore_index=True)
    order = keys.assign(
        kind=pd.factorize(keys["disaggregation"])[0],
    ).sort_values(["area", "period", "kind", "category", "stratum", "psu"], kind="stable")
    rows = order.index.to_numpy()
    keys = keys.iloc[rows].reset_index(drop=True)
    starts = np.flatnonzero(~keys.duplicated().to_numpy())

    def added(arrays: Sequence[np.ndarray]) -> np.ndarray:
        joined = np.concatenate(arrays)[rows]
        return np.add.reduceat(joined, starts) if len(starts) else joined

    return PsuTotals(
        keys.iloc[starts].reset_index(drop=True),
        parts[0].terms,
        added([part.n for part in parts]),
        added([part.numerator for part in parts]),
        added([part.denominator for part in parts]),
        {k: added([part.squares[k] for part in parts]) for k in parts[0].squares},
        _psus_of(parts, keys),
    )


def _psus_of(parts: Sequence[PsuTotals], keys: pd.DataFrame) -> pd.DataFrame:
    """PSUs by stratum; of a stratum in several files those of all, each counted once."""
    psus = pd.concat([part.psus for part in parts], ignore_index=True)
    several = psus.duplicated(STRATUM, keep=False)
    total = keys[keys["disaggregation"] == "total"].drop_duplicates([*STRATUM, "psu"])
    seen = total.groupby(STRATUM)["psu"].nunique().rename("seen")
    joined = psus.join(seen, on=STRATUM)
    joined["psus"] = joined["psus"].mask(several, joined["seen"]).astype("int64")
    return (
        joined.drop(columns="seen").drop_duplicates(STRATUM).sort_values(STRATUM, ignore_index=True)
    )
