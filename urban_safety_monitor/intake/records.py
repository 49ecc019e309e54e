"""Typed survey records with everything a rule needs to say where something is wrong."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from urban_safety_monitor.catalogue.catalogue import Catalogue
from urban_safety_monitor.catalogue.codebook import Variable
from urban_safety_monitor.catalogue.conditions import Condition
from urban_safety_monitor.catalogue.indicator import Text
from urban_safety_monitor.catalogue.measures import SurveyMeasure, parts_of
from urban_safety_monitor.intake.coded import narrowest
from urban_safety_monitor.intake.convert import Failure, converted, sdmx_period
from urban_safety_monitor.intake.known import NOTHING, Known
from urban_safety_monitor.intake.mapping import Mapped
from urban_safety_monitor.intake.masks import holds
from urban_safety_monitor.intake.personal import looks_personal
from urban_safety_monitor.intake.problems import Param, Problem
from urban_safety_monitor.intake.source import TEXT

Numbered = NDArray[np.signedinteger]
IDENTITY = ("area", "period", "person")
REQUIRED = (*IDENTITY, "stratum", "psu", "weight_person")
DESIGN = {
    "area": "text",
    "period": "text",
    "person": "text",
    "household": "text",
    "stratum": "text",
    "psu": "text",
    "district": "text",
    "weight_person": "number",
    "weight_household": "number",
    "psus_in_stratum": "number",
    "psu_fraction": "number",
    "certainty": "number",
    "ssu": "text",
    "ssus_in_psu": "number",
    "ssu_fraction": "number",
}
REPLICATE = "replicate_"
"""What the columns of replicate weights begin with."""
SHOWN_VALUES = 3
LONGEST_VALUE = 24


@dataclass(frozen=True)
class Records:
    """One row a record; `failures` are cells whose text did not fit their variable."""

    frame: pd.DataFrame
    mapped: Mapped
    catalogue: Catalogue
    failures: dict[str, tuple[Failure, ...]]
    known: Known = NOTHING

    def variable(self, column: str) -> Variable:
        """The codebook's variable, or a plain one for a column of the design."""
        return variable_of(column, self.catalogue)

    @property
    def columns(self) -> list[str]:
        """Names of the canonical columns."""
        return [str(name) for name in self.frame]

    @property
    def answers(self) -> list[str]:
        """Columns that hold answers, not the design."""
        return [
            name
            for name in self.columns
            if name not in DESIGN and self.variable(name).section != "0 Design"
        ]

    @property
    def weights(self) -> list[str]:
        """Columns that hold weights."""
        return [name for name in self.columns if name.startswith("weight")]

    def from_source(self, column: str) -> pd.Series:
        """Which records belong to a file that has this column."""
        have = {p: self.mapped.mapped_in(p, column) for p in self.parts}
        if all(have.values()):
            return self.everybody
        return self.mapped.part.map(have).astype(bool)

    @cached_property
    def everybody(self) -> pd.Series:
        """Every record."""
        return pd.Series(True, self.mapped.part.index)

    def filled(self, column: str) -> NDArray[np.bool_]:
        """(n,) which cells of the source hold anything."""
        return self.mapped.text[column].notna().to_numpy()

    def numbers(self, rows: NDArray[np.intp]) -> Numbered:
        """(r, k) answers that are numbers, by their place among these rows'; -1 is missing."""
        names = self.frame[self.answers].select_dtypes("number").columns
        numbers = np.empty((len(rows), len(names)), dtype=np.int8)
        for position, name in enumerate(names):
            places, distinct = pd.factorize(self.frame[name].array[rows])
            enough = np.result_type(numbers, narrowest(len(distinct)))
            numbers = numbers.astype(enough, copy=False)
            numbers[:, position] = places
        return numbers

    @cached_property
    def passed(self) -> dict[Condition, pd.Series]:
        """For each gate that can be told: who passes it, missing where an answer is missing."""
        gates = dict.fromkeys(self.variable(column).asked_if for column in self.answers)
        there = set(self.frame)
        return {
            gate: holds(gate, self.frame)
            for gate in gates
            if gate and {column for column, _ in gate.codes_used()} <= there
        }

    @cached_property
    def parts(self) -> list[str]:
        """The files that records come from."""
        return list(self.mapped.part.unique())

    @cached_property
    def titles(self) -> dict[str, tuple[Text, ...]]:
        """Titles of the indicators that use each column."""
        titles: dict[str, dict[str, Text]] = {}
        for indicator in self.catalogue.indicators.values():
            if not isinstance(indicator.measure, SurveyMeasure):
                continue
            for part in parts_of(indicator.measure):
                for column, _ in part.codes_used():
                    titles.setdefault(column, {})[indicator.id] = indicator.title
        return {column: tuple(found.values()) for column, found in titles.items()}

    def affected(self, columns: Sequence[str]) -> tuple[Text, ...]:
        """Titles of the indicators that use any of these columns, each once."""
        found = {t.en: t for column in columns for t in self.titles.get(column, ())}
        return tuple(found.values())

    def problems(
        self, code: str, mask: pd.Series, columns: Sequence[str], **params: Param
    ) -> Iterator[Problem]:
        """One problem for each of the user's files in which masked records lie."""
        if not mask.any():
            return
        sensitive = any(self.variable(column).sensitive for column in columns)
        for place, n_rows, n_total in self.mapped.places(mask, columns):
            yield Problem(
                code,
                dict(params),
                place,
                n_rows=n_rows,
                n_total=n_total,
                affects=self.affected(columns),
                sensitive=sensitive,
            )

    def values_shown(self, column: str, mask: pd.Series) -> str:
        """The commonest masked cell texts; none of a sensitive column or of a personal kind."""
        if self.variable(column).sensitive:
            return ""
        texts = self.mapped.text.loc[mask, column].astype(TEXT)
        counts = texts.value_counts().head(SHOWN_VALUES)
        shown = [str(text)[:LONGEST_VALUE] for text in counts.index if not looks_personal(text)]
        return ", ".join(shown)


def typed_records(
    mapped: Mapped, catalogue: Catalogue, decimal: str, known: Known = NOTHING
) -> Records:
    """The mapped text with every column as its variable says."""
    columns, failures = {}, {}
    for name, text in mapped.text.items():
        column = converted(text, variable_of(str(name), catalogue), decimal)
        columns[str(name)] = column.values
        failures[str(name)] = tuple(f for f in column.failures if f.rows.any())
    if "period" in columns:
        columns["period"] = sdmx_period(columns["period"])
    frame = pd.DataFrame(columns, index=mapped.text.index, copy=False)
    return Records(frame, mapped, catalogue, failures, known)


def variable_of(column: str, catalogue: Catalogue) -> Variable:
    """The codebook's variable of this column; bounds of weights are left to their own rules."""
    declared = catalogue.columns.get(column)
    if declared and column.startswith("weight"):
        return declared.model_copy(update={"minimum": None, "maximum": None})
    if declared and column not in DESIGN:
        return declared
    kind = "number" if column.startswith(REPLICATE) else DESIGN.get(column, "text")
    question = declared.question if declared else Text(en=column)
    return Variable.model_validate(
        {"name": column, "kind": kind, "question": question, "section": "0 Design"}
    )
