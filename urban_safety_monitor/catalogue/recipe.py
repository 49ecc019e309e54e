"""A recipe: how the files of a known source map to the codebook's columns, without code.

The first file named is the main one: one row of it is one record. Files are told apart by the
columns they have, so a user may hand them in under any name and in any order.

Order of work: read, join and summarise, keep, spread wide columns into rows, map columns, append.
"""

import re
from typing import Literal, Self

from pydantic import Field, model_validator

from urban_safety_monitor.catalogue.codebook import Disaggregation, Variable
from urban_safety_monitor.catalogue.conditions import Code, Condition, Declaration
from urban_safety_monitor.catalogue.indicator import IDENTIFIER, Text
from urban_safety_monitor.catalogue.sampling import SampleDesign

PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
LEFT_OUT = ""
"""In place of a code: such answers count as none."""


class SourceFile(Declaration):
    """A file of the source, recognised by columns that only it has."""

    has: tuple[str, ...] = Field(min_length=1)
    sheet: str | None = None
    optional: bool = False


class Join(Declaration):
    """Adds columns of another file to the main one; each main row finds at most one match."""

    file: str
    on: tuple[str, ...] = Field(min_length=1)
    take: tuple[str, ...] = Field(min_length=1)


class Summary(Declaration):
    """Adds a column to the main file: how many rows of another file belong to each of its rows.

    A main row without any has 0: the source asked everybody, and no row there means none.
    `where` speaks of the other file's own columns and codes, as text.
    """

    file: str
    on: tuple[str, ...] = Field(min_length=1)
    where: Condition | None = None
    number_as: str


class Column(Declaration):
    """Where a canonical column comes from.

    Several source columns in `from` are joined by "-", blanks left out. `recode` maps source
    text to codes, or to "" where such answers are left out; what it does not name is kept, made
    missing or given a code by `otherwise`.
    `blank` is the code an empty cell stands for, where the source says so. Numbers are divided
    by `per`. Area codes that lost their leading zeros get `digits` of them back, then `prefix`.
    """

    source: str | tuple[str, ...] | None = Field(default=None, alias="from")
    constant: Code | float | None = None
    joined_by: str = "-"
    recode: dict[str, Code | float] = {}
    otherwise: Literal["keep", "missing"] | int = "keep"
    blank: Code | None = None
    per: float = Field(default=1.0, gt=0)
    digits: int = Field(default=0, ge=0)
    prefix: str = ""

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if (self.source is None) == (self.constant is None):
            raise ValueError("give either from or constant")
        return self

    @property
    def sources(self) -> tuple[str, ...]:
        """The source columns, none for a constant."""
        if self.source is None:
            return ()
        return (self.source,) if isinstance(self.source, str) else self.source


class Append(Declaration):
    """Adds the rows of another file as records of their own, beside those of the main file.

    `columns` maps that file's own columns; `carry` names the canonical columns each such row
    takes over from its main row (design, sex, place). Used where crimes are the records: they
    keep the design of the persons who told of them.
    """

    file: str
    on: tuple[str, ...] = Field(min_length=1)
    carry: tuple[str, ...] = ()
    columns: dict[str, Column]


class Wide(Declaration):
    """Columns that hold one period each (years, months), to be made into rows.

    `columns` maps each source column to the text that `{period}` stands for in the template
    `period`, as in `"{period}-04-01/P1Y"`; other source columns may be named too, as in
    `"{Año}-{period}"`. Columns of one row that fall on the same period are added up (months of a
    year); a sum with a blank part is missing and provisional. The columns `period` and `value`
    of the table come from here.
    """

    columns: dict[str, str] = Field(min_length=1)
    period: str

    @property
    def named(self) -> tuple[str, ...]:
        """Source columns that the template names."""
        return tuple(name for name in PLACEHOLDER.findall(self.period) if name != "period")


class Recipe(Declaration):
    """One file of `indicators/recipes/`.

    `codebook = true` also maps every codebook variable that a column of its own name holds.
    `empty` lists cell texts that stand for an empty cell, `decimal` the sign numbers are written
    with. `sum_over` names a disaggregation whose categories add up to the total. `not_personal`
    lists columns that look like personal details and were cleared by whoever answers for them;
    `left_out` those that somebody looked at and wants left aside, not to be asked about again.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    title: Text
    source: str
    licence: str = ""
    notes: Text | None = None
    holds: Literal["microdata", "administrative", "checklist"] = "microdata"
    files: dict[str, SourceFile] = Field(min_length=1)
    empty: tuple[str, ...] = ()
    decimal: Literal[".", ","] = "."
    joins: tuple[Join, ...] = ()
    summaries: tuple[Summary, ...] = ()
    appends: tuple[Append, ...] = ()
    keep: Condition | None = None
    wide: Wide | None = None
    codebook: bool = False
    columns: dict[str, Column] = {}
    design: SampleDesign = SampleDesign()
    variables: tuple[Variable, ...] = ()
    disaggregations: tuple[Disaggregation, ...] = ()
    indicators: str | None = Field(default=None, pattern=IDENTIFIER.replace("_]", "_-]"))
    sum_over: str | None = None
    not_personal: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def main(self) -> str:
        """Name of the file whose rows are the records."""
        return next(iter(self.files))

    @property
    def steps(self) -> tuple[Join | Summary | Append, ...]:
        """Everything that brings another file to the main one."""
        return (*self.joins, *self.summaries, *self.appends)

    @model_validator(mode="after")
    def _parts_fit(self) -> Self:
        if self.files[self.main].optional:
            raise ValueError(f"files: the main file, {self.main!r}, cannot be optional")
        for part in self.steps:
            if part.file not in self.files or part.file == self.main:
                raise ValueError(f"{part.file!r} is not another file of this recipe")
        records = self.holds == "administrative"
        if (self.wide or self.sum_over) and not records:
            raise ValueError('wide and sum_over belong to a recipe with holds = "administrative"')
        if self.appends and self.holds != "microdata":
            raise ValueError('appends belong to a recipe with holds = "microdata"')
        if not (self.columns or self.codebook):
            raise ValueError("columns: map at least one column, or set codebook = true")
        return self
