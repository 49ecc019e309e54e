"""Results as they are kept: a table, or the rows of it that somebody needs, read when asked for."""

from collections.abc import Callable, Collection, Mapping
from functools import cached_property
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from urban_safety_monitor.errors import StoreError
from urban_safety_monitor.store.blocks import Blocks, is_of_group, write_blocks
from urban_safety_monitor.tables import checked
from urban_safety_monitor.tables.checks import empty
from urban_safety_monitor.tables.run import LATER, MODELS, Provenance, Results, held_in

Read = TypeVar("Read")

OF_PLACES = ("areas", "boundaries")
"""Tables of what is where; a part of a run has the whole of them."""

SMALL = 1_000_000
"""Bytes of a file that is read once for all parts: looking into it again takes longer."""

HELD = ("indicator", "area", "period", "disaggregation", "value")
"""Columns that tell what is held."""


class Part(NamedTuple):
    """The rows of these cities, rounds and indicators; of all of them where none are named.

    Without `groups`, only what is about everybody in a city.
    """

    areas: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    groups: bool = True


EVERYTHING = Part()


class KeptResults(Results):
    """A kept run, or a part of it; a table is read, and checked, when it is first asked for."""

    _folder: Path
    _part: Part
    _whole: "KeptResults"

    __eq__ = object.__eq__  # tables cannot be told apart at a glance; what was opened once can
    __hash__ = object.__hash__

    def __init__(self, provenance: Provenance, folder: Path) -> None:
        """Read nothing yet.

        Args:
            provenance: the run's.
            folder: where its tables are.
        """
        vars(self).update(provenance=provenance, _folder=folder, _part=EVERYTHING, _whole=self)

    def part(self, part: Part) -> "KeptResults":
        """The rows of a part, with the tables of places and what is held of the whole."""
        found = KeptResults(self.provenance, self._folder)
        vars(found).update(_part=part, _whole=self._whole)
        return found

    def missing(self) -> list[str]:
        """Tables every run has and this one has not."""
        declared = set(Results.__dataclass_fields__) - {"provenance"} - set(LATER)
        return sorted(name for name in declared if not self._file(name).exists())

    @cached_property
    def held(self) -> pd.DataFrame:
        """Each indicator, area and period of the whole run, whichever part of it this is."""
        if self._whole is not self:
            return self._whole.held
        blocks = self._blocks("estimates")
        return held_in(self._read(lambda: blocks.rows({}, groups=False, columns=HELD)))

    def __getattr__(self, name: str) -> pd.DataFrame:
        """A table nobody has asked for yet.

        Raises:
            StoreError: its file is damaged.
        """
        if name not in Results.__dataclass_fields__:
            raise AttributeError(name)
        vars(self)[name] = table = self._table(name)
        return table

    def _table(self, name: str) -> pd.DataFrame:
        if self._whole is not self and name in OF_PLACES:
            return getattr(self._whole, name)
        if name in LATER and not self._file(name).exists():
            return empty(LATER[name])
        if self._whole is not self and self._is_small(name):
            return self._whole._rows_of(name, self._part)
        blocks = self._blocks(name)
        wanted = _wanted(self._part, blocks.columns)
        table = self._read(lambda: blocks.rows(wanted, groups=self._part.groups))
        if name not in MODELS or self._was_checked(name, blocks.columns):
            return table
        return checked(MODELS[name], table)

    def _blocks(self, name: str) -> Blocks:
        """The file of a table, which all parts of a run share."""
        files: dict[str, Blocks] = vars(self._whole).setdefault("_files", {})
        if name not in files:
            files[name] = self._read(lambda: Blocks(self._file(name)))
        return files[name]

    def _rows_of(self, name: str, part: Part) -> pd.DataFrame:
        """The rows of a part in a table that is read as a whole."""
        table = getattr(self, name)
        if part.areas and "area" in table:
            table = table.iloc[self._places_in(name, part.areas)]
        for column, values in _wanted(part._replace(areas=()), table.columns).items():
            table = table[table[column].isin(values)]
        if not part.groups:
            table = table[~is_of_group(table)]
        return table.reset_index(drop=True)

    def _places_in(self, name: str, areas: tuple[str, ...]) -> NDArray[np.intp]:
        """Numbers of the rows of some areas, by a list that is made once."""
        lists: dict[str, Mapping[str, NDArray[np.intp]]] = vars(self).setdefault("_lists", {})
        if name not in lists:
            lists[name] = getattr(self, name).groupby("area", sort=False).indices
        found = [lists[name][area] for area in areas if area in lists[name]]
        return np.sort(np.concatenate([np.empty(0, dtype=np.intp), *found]))

    def _is_small(self, name: str) -> bool:
        path = self._file(name)
        return path.exists() and path.stat().st_size < SMALL

    def _was_checked(self, name: str, columns: list[str]) -> bool:
        """Whether these are some rows of a table that was checked when this version kept it."""
        return self._whole is not self and columns == list(MODELS[name].to_schema().columns)

    def _read(self, read: Callable[[], Read]) -> Read:
        try:
            return read()
        except (OSError, pa.ArrowException) as error:
            run_id = self.provenance.run_id
            raise StoreError(f"run {run_id}: its files cannot be read: {error}") from error

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.parquet"


def write_table(name: str, table: pd.DataFrame, path: Path) -> None:
    """Write a table so that parts of it are found quickly; places stay in their own order."""
    if "area" in table and name not in OF_PLACES:
        write_blocks(table, path)
    else:
        table.to_parquet(path, index=False)


def _wanted(part: Part, columns: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Which values a part has in which columns, of those that it limits."""
    wanted = {
        "area": part.areas,
        "period": part.periods,
        "indicator": part.indicators,
        "component": part.indicators,
    }
    return {name: values for name, values in wanted.items() if values and name in columns}
