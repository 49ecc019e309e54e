"""An attacker who has nothing but the files of releases, and asks what they withhold.

It reads the CSV files as anybody would and writes down every relation they show: groups add up to
everybody, with who is left over; nobody is in a group who was not interviewed; a value rests on at
least as many people as sampling units, a gap on as many as its smaller side; a value is a share of
the people's weights, to the digits told; what a group is compared with is everybody else. It is
told more than any reader is: which indicators have nowhere more people than another, and how far
weights differ. All releases it is given are of one period.
"""

from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from typing import Any

import numpy as np
import pandas as pd

from tests.property.test_disclosure import Program
from urban_safety_monitor.catalogue import Catalogue

Key = tuple[str, str, str, str]
"""Indicator, area, disaggregation, category."""

KEY = ["indicator", "area", "disaggregation", "category"]
LEFT_OVER = "left over"
SLACK = 0.01
ROUNDING = 1e-9
ADDING_UP = ("proportion", "mean", "ratio")
"""Kinds of measure whose people add up over groups; gaps and averages are made of them."""


def read(files: Mapping[str, bytes], name: str) -> pd.DataFrame:
    content = BytesIO(files[f"data/{name}.csv"])
    return pd.read_csv(content, dtype=str, keep_default_na=False)


class People:
    """How many people cells may be of: a linear program over all tables of the releases.

    Attributes:
        rows: what the releases show of each cell, one row for each release.
        people: the unknown number of people in each cell, and of who is left over in each table.
    """

    def __init__(
        self,
        releases: Sequence[Mapping[str, bytes]],
        catalogue: Catalogue,
        everything: pd.DataFrame,
    ) -> None:
        """Read the releases; `everything` has each cell's size before anything was withheld."""
        self.program, self.catalogue = Program(), catalogue
        self.kinds = {n: i.measure.kind for n, i in catalogue.indicators.items() if i.from_survey}
        self.truth = everything.set_index(KEY)["n"]
        self.rows: dict[Key, list[Any]] = {}
        for files in releases:
            for row in read(files, "figures").itertuples():
                if row.indicator in self.kinds and (row.value or row.conf_status):
                    self.rows.setdefault(tuple(getattr(row, name) for name in KEY), []).append(row)
        self.people = {key: self._cell(key) for key in self.rows if self._adds_up(key[0])}
        self.loose = {k[1] for k in self.people if k[2] == "total" and not self._told(k, "n")}
        for table in sorted({key[:3] for key in self.people if key[2] != "total"}):
            self._table(table)
        asked = read(releases[0], "surveys").set_index("area")["interviews"].astype(float)
        for key in self._everybody():
            self._no_more(self.people[key], asked[key[1]])
        for smaller, larger in self._within():
            self.program.at_most(self.people[smaller], self.people[larger])
        self._gaps()

    def _adds_up(self, name: str) -> bool:
        return self.kinds[name] in ADDING_UP

    def _told(self, key: Key, number: str) -> list[float]:
        """What the releases tell of a cell."""
        return [float(said) for row in self.rows[key] if (said := getattr(row, number))]

    def _cell(self, key: Key) -> int:
        x = self.program.unknown()
        for size in self._told(key, "n"):
            self.program.equal([(x, 1.0)], size)
        for units in self._told(key, "psus"):
            self._no_less(x, units)
        for row in self.rows[key]:
            if row.design_effect and row.n_effective and not row.n:
                size = float(row.n_effective) * float(row.design_effect)
                self.program.equal([(x, 1.0)], size)
        return x

    def _table(self, table: tuple[str, str, str]) -> None:
        parts = [key for key in self.people if key[:3] == table]
        self.people[*table, LEFT_OVER] = self.program.unknown()
        self._sum(self.people, table, parts)

    def _sum(self, unknowns: dict[Key, int], table: tuple[str, str, str], parts: list[Key]) -> None:
        terms = [(unknowns[key], 1.0) for key in [*parts, (*table, LEFT_OVER)]]
        self.program.equal([*terms, (unknowns[*table[:2], "total", "total"], -1.0)], 0.0)

    def _no_more(self, x: int, limit: float) -> None:
        self.program.equal([(x, 1.0), (self.program.unknown(), 1.0)], limit)

    def _no_less(self, x: int, limit: float) -> None:
        self.program.equal([(x, 1.0), (self.program.unknown(), -1.0)], limit)

    def _everybody(self) -> list[Key]:
        return [key for key in self.people if key[2] == "total"]

    def _within(self) -> Iterator[tuple[Key, Key]]:
        """Cells that are part of another indicator's, whose people are nowhere fewer."""
        groups = {(d.id, c.id): c.when for d in self.catalogue.disaggregations.values()
                  for c in d.categories}  # fmt: skip
        sizes = self.truth[self.truth.index.get_level_values(0).map(self._adds_up)]
        for area, of_area in sizes.groupby(level="area"):
            table = of_area.droplevel("area").unstack("indicator")
            for other in table:
                lesser = table.columns[~table.gt(table[other], axis=0).any()]
                for name in lesser.drop(other):
                    among = self.catalogue.indicators[name].measure.among
                    own = [(name, area, *group) for group in table.index]
                    pairs = [(key, (other, *key[1:])) for key in own]
                    pairs += [
                        ((name, area, "total", "total"), (other, area, *group))
                        for group, condition in groups.items()
                        if condition in among
                    ]
                    yield from (
                        (smaller, larger)
                        for smaller, larger in pairs
                        if smaller in self.people
                        and larger in self.people
                        and self.truth[smaller] <= self.truth[larger]
                        and not (self._told(smaller, "n") and self._told(larger, "n"))
                    )

    def _gaps(self) -> None:
        """A gap between groups is of as many people as the smaller of the two."""
        measures = {name: i.measure for name, i in self.catalogue.indicators.items()}
        for key in [key for key in self.rows if self.kinds[key[0]] == "gap" and key[2] == "total"]:
            gap = measures[key[0]]
            for name in [name for name, measure in measures.items() if _is_of(gap, measure)]:
                for side in (gap.category, gap.minus):
                    cell = (name, key[1], gap.disaggregation, side)
                    for size in self._told(key, "n") if cell in self.people else ():
                        self._no_less(self.people[cell], size)

    def ends(self, keys: Sequence[Key]) -> np.ndarray:
        """Least and most people of some cells (2, cells); those that hang together one by one."""
        together = [self._together(key) for key in keys]
        turn = pd.Series(range(len(keys))).groupby(together).cumcount().to_numpy()
        found = np.empty((2, len(keys)))
        for now in np.unique(turn):
            rows = np.flatnonzero(turn == now)
            found[:, rows] = self.program.ends([self.people[keys[row]] for row in rows])
        return found

    def _together(self, key: Key) -> str:
        """Tables of an area hang together by a total that is not known."""
        return key[1] if key[1] in self.loose or key[2] == "total" else f"{key[1]} {key[2]}"

    def size(self, key: Key) -> float:
        """How many people are in a cell, or left over in a table, in truth."""
        if key[3] != LEFT_OVER:
            return float(self.truth[key])
        parts = [float(self.truth[k]) for k in self.rows if k[:3] == key[:3]]
        return float(self.truth[*key[:2], "total", "total"]) - sum(parts)

    @property
    def withheld(self) -> list[Key]:
        return [key for key in self.people if key in self.rows and not self._told(key, "value")]

    @property
    def left_over(self) -> list[Key]:
        return [key for key in self.people if key[3] == LEFT_OVER]


class Counted(People):
    """The same with who is counted: each cell has a weight, and part of that for its value."""

    def __init__(
        self,
        releases: Sequence[Mapping[str, bytes]],
        catalogue: Catalogue,
        everything: pd.DataFrame,
        weights: tuple[float, float] = (1.0, 1.0),
    ) -> None:
        """`weights` are the smallest and the largest of a person."""
        super().__init__(releases, catalogue, everything)
        self.weight = {key: self._weighed(x, weights) for key, x in self.people.items()}
        self.counted = {key: self.program.unknown() for key in self.people}
        for key in self.people:
            if self.kinds[key[0]] == "proportion":
                self.program.at_most(self.counted[key], self.weight[key])
            for row in self.rows.get(key, ()):
                self._valued(key, row)
        for table in sorted({key[:3] for key in self.people if key[2] != "total"}):
            parts = [key for key in self.rows if key[:3] == table]
            self._sum(self.weight, table, parts)
            self._sum(self.counted, table, parts)
        for files in releases:
            for row in read(files, "comparisons").itertuples():
                self._rest(row)

    def _weighed(self, x: int, weights: tuple[float, float]) -> int:
        w = self.program.unknown()
        for sign, limit in zip((1.0, -1.0), weights, strict=True):
            self.program.equal([(w, sign), (x, -sign * limit), (self.program.unknown(), -1.0)], 0.0)
        return w

    def _valued(self, key: Key, row: Any) -> None:
        if row.value and self.kinds[key[0]] != "ratio":
            margin = 0.0 if row.n else _half_of_last_digit(row)
            self._is_share(self.counted[key], [(self.weight[key], 1.0)], row, row.value, margin)

    def _is_share(
        self, y: int, weight: list[tuple[int, float]], row: Any, value: str, margin: float
    ) -> None:
        """Who is counted is this part of the weight, more or less."""
        times = self.catalogue.indicators[row.indicator].survey_measure.times
        share, margin = float(value) / times, margin / times + ROUNDING
        for sign in (1.0, -1.0):
            ends = [(w, -sign * (share + sign * margin) * k) for w, k in weight]
            self.program.equal([(y, sign), (self.program.unknown(), 1.0), *ends], 0.0)

    def _rest(self, row: Any) -> None:
        by, _, category = row.benchmark.partition(":")
        key, whole = ((row.indicator, row.area, *g) for g in ((by, category), ("total", "total")))
        if key not in self.people or not row.benchmark_value or self.kinds[key[0]] == "ratio":
            return
        rest = self.program.unknown()
        self.program.equal(
            [(rest, 1.0), (self.counted[key], 1.0), (self.counted[whole], -1.0)], 0.0
        )
        both = [(self.weight[whole], 1.0), (self.weight[key], -1.0)]
        self._is_share(rest, both, row, row.benchmark_value, 0.0)

    def _together(self, key: Key) -> str:
        return key[1]


def _is_of(gap: Any, measure: Any) -> bool:
    """Whether a gap is between values of this share."""
    return measure.kind == "proportion" and (measure.of, measure.among) == (gap.of, gap.among)


def _half_of_last_digit(row: Any) -> float:
    """Values without a size are told to the second digit of their error."""
    error = float(row.standard_error or 0)
    return float(0.5 * 10.0 ** (np.floor(np.log10(error)) - 1)) if error > 0 else 0.05


def part_of_release(files: Mapping[str, bytes], **kept: Sequence[str]) -> dict[str, bytes]:
    """A release's tables with these areas or indicators only."""
    found = {}
    for name in ("figures", "comparisons", "surveys"):
        table = read(files, name)
        for column, values in kept.items():
            table = table[table[column].isin(values)] if column in table else table
        found[f"data/{name}.csv"] = table.to_csv(index=False).encode()
    return found
