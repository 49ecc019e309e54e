"""From source tables to one table with canonical column names, still text.

Every record and column stays traceable to the row and column of the user's own file.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from urban_safety_monitor.catalogue.recipe import LEFT_OUT, Append, Column, Join, Recipe, Summary
from urban_safety_monitor.intake.masks import holds
from urban_safety_monitor.intake.problems import Place, Problem
from urban_safety_monitor.intake.source import TEXT, SourceTable


@dataclass(frozen=True)
class Mapped:
    """Records with canonical columns as text, and where each came from.

    `part` says whose rows a record is (the main file's or an appended one's); `rows` holds, for
    each part, the row number each record draws on; `origin` maps a part's canonical column to
    the part and source columns it was read from.
    """

    text: pd.DataFrame
    part: pd.Series
    rows: pd.DataFrame
    origin: dict[tuple[str, str], tuple[str, tuple[str, ...]]]
    tables: dict[str, SourceTable]

    def places(self, mask: pd.Series, columns: Iterable[str]) -> Iterator[tuple[Place, int, int]]:
        """Where the masked records' columns lie: (place, rows there, rows of that file)."""
        named = list(columns)
        for part in self.part[mask].unique():
            by_file: dict[str, list[str]] = {}
            for column in named:
                if (part, column) in self.origin:
                    file, sources = self.origin[part, column]
                    by_file.setdefault(file, []).extend(sources)
            for file, names in (by_file or {part: []}).items():
                rows = self.rows.loc[mask & (self.part == part), file].dropna().astype(int)
                table = self.tables[file]
                place = table.place([s for s in dict.fromkeys(names) if s in table.header], rows)
                yield place, rows.nunique(), len(table.frame)

    def mapped_in(self, part: str, column: str) -> bool:
        """Whether this part's records have a source for this column."""
        return (part, column) in self.origin


@dataclass
class Draft:
    """The main file's rows while others are joined to it; `rows` has one column for each part."""

    frame: pd.DataFrame
    rows: pd.DataFrame
    owner: dict[str, str]
    problems: list[Problem] = field(default_factory=list)


def joined(recipe: Recipe, tables: dict[str, SourceTable]) -> Draft:
    """The main file's rows with columns of the other files joined, counted and filtered."""
    main = tables[recipe.main].frame
    draft = Draft(
        main.reset_index(drop=True),
        pd.DataFrame({recipe.main: main.index}),
        dict.fromkeys(main.columns, recipe.main),
    )
    for join in recipe.joins:
        if _possible(join, recipe, tables):
            _join(draft, join, tables, recipe)
    for summary in recipe.summaries:
        if _possible(summary, recipe, tables):
            _summarise(draft, summary, tables, recipe)
    if recipe.keep and {name for name, _ in recipe.keep.codes_used()} <= set(draft.frame):
        kept = holds(recipe.keep, draft.frame).fillna(False).to_numpy(dtype=bool)
        draft.frame = draft.frame[kept].reset_index(drop=True)
        draft.rows = draft.rows[kept].reset_index(drop=True)
    return draft


def mapped_columns(frame: pd.DataFrame, columns: dict[str, Column]) -> pd.DataFrame:
    """Canonical columns as text; a column whose source is not there is left out."""
    there = set(frame)
    present = {name: column for name, column in columns.items() if there.issuperset(column.sources)}
    texts = {name: _mapped(frame, column) for name, column in present.items()}
    return pd.DataFrame(texts, index=frame.index, copy=False)


def mapped_records(
    recipe: Recipe, tables: dict[str, SourceTable], columns: dict[str, Column], draft: Draft
) -> tuple[Mapped, list[Problem]]:
    """The main file's records followed by those of appended files."""
    text = mapped_columns(draft.frame, columns)
    origin = {
        (recipe.main, name): (draft.owner[columns[name].sources[0]], columns[name].sources)
        for name in map(str, text)
        if columns[name].sources and columns[name].sources[0] in draft.owner
    }
    part = pd.Series(recipe.main, text.index, dtype=TEXT)
    mapped = Mapped(text, part, draft.rows, origin, tables)
    problems: list[Problem] = []
    for append in recipe.appends:
        if _possible(append, recipe, tables):
            mapped, found = _appended(mapped, append, draft, recipe)
            problems += found
    return mapped, problems


def _possible(
    step: Join | Summary | Append, recipe: Recipe, tables: dict[str, SourceTable]
) -> bool:
    """Whether both files are there with the columns to match them by."""
    return step.file in tables and all(
        set(step.on) <= set(tables[part].frame) for part in (step.file, recipe.main)
    )


def _join(draft: Draft, join: Join, tables: dict[str, SourceTable], recipe: Recipe) -> None:
    other = tables[join.file]
    taken = [name for name in join.take if name in other.frame and name not in draft.frame]
    right = other.frame[[*join.on, *taken]]
    twice = right.duplicated(list(join.on)) & right[list(join.on)].notna().all(axis=1)
    if twice.any():
        params = {"file": other.name, "main": tables[recipe.main].name, "keys": ", ".join(join.on)}
        place = other.place(join.on, right.index[twice])
        draft.problems.append(
            Problem("USM-J02", params, place, n_rows=int(twice.sum()), n_total=len(right))
        )
    position = _match(draft.frame, right[~twice], join.on)
    _report_lost(draft, tables, recipe.main, position < 0, join)
    chosen = right[~twice].iloc[position.clip(0)].reset_index(drop=True)
    lost = position < 0
    draft.frame = draft.frame.assign(**{name: chosen[name].mask(lost) for name in taken})
    numbers = right.index[~twice].to_numpy()[position.clip(0)].astype(float)
    draft.rows = draft.rows.assign(**{join.file: np.where(lost, np.nan, numbers)})
    draft.owner |= dict.fromkeys(taken, join.file)


def _summarise(
    draft: Draft, summary: Summary, tables: dict[str, SourceTable], recipe: Recipe
) -> None:
    other = tables[summary.file]
    counted = other.frame
    if summary.where is not None:
        counted = counted[holds(summary.where, counted).fillna(False).to_numpy(dtype=bool)]
    position = _match(counted, draft.frame, summary.on)
    orphans = counted.index[position < 0]
    if len(orphans):
        draft.problems.append(_orphans(other, tables[recipe.main], orphans, summary.on))
    numbers = np.bincount(position[position >= 0], minlength=len(draft.frame))
    draft.frame = draft.frame.assign(
        **{summary.number_as: pd.Series(numbers.astype(str), dtype=TEXT)}
    )


def _appended(
    mapped: Mapped, append: Append, draft: Draft, recipe: Recipe
) -> tuple[Mapped, list[Problem]]:
    other = mapped.tables[append.file]
    position = _match(other.frame, draft.frame, append.on)
    lost = position < 0
    problems = []
    if lost.any():
        main = mapped.tables[recipe.main]
        problems.append(_orphans(other, main, other.frame.index[lost], append.on))
    carried = [name for name in append.carry if name in mapped.text]
    own = mapped_columns(other.frame.reset_index(drop=True), append.columns)
    from_main = mapped.text[carried].iloc[position.clip(0)].reset_index(drop=True)
    rows = mapped.rows.iloc[position.clip(0)].reset_index(drop=True).astype(float)
    from_main.loc[lost], rows.loc[lost] = pd.NA, np.nan
    added = pd.concat([from_main, own], axis=1)
    rows = rows.assign(**{append.file: other.frame.index.to_numpy()})
    origin = mapped.origin | {
        (append.file, name): mapped.origin[recipe.main, name]
        for name in carried
        if (recipe.main, name) in mapped.origin
    }
    origin |= {
        (append.file, name): (append.file, append.columns[name].sources)
        for name in map(str, own)
        if append.columns[name].sources
    }
    part = pd.Series(append.file, added.index, dtype=TEXT)
    return Mapped(
        pd.concat([mapped.text.astype(TEXT), added.astype(TEXT)], ignore_index=True),
        pd.concat([mapped.part, part], ignore_index=True),
        pd.concat([mapped.rows, rows], ignore_index=True),
        origin,
        mapped.tables,
    ), problems


def _match(rows: pd.DataFrame, keyed: pd.DataFrame, on: tuple[str, ...]) -> np.ndarray:
    """(n,) position in `keyed` of each row's partner, -1 where there is none."""
    keys = list(on)
    first = keyed[keys].assign(_at=np.arange(len(keyed))).drop_duplicates(keys).dropna()
    found = rows[keys].merge(first, on=keys, how="left")["_at"]
    return found.fillna(-1).to_numpy(dtype=np.intp)


def _report_lost(
    draft: Draft, tables: dict[str, SourceTable], main: str, lost: np.ndarray, join: Join
) -> None:
    if lost.any():
        rows = draft.rows.loc[lost, main]
        draft.problems.append(_orphans(tables[main], tables[join.file], rows, join.on))


def _orphans(
    table: SourceTable, other: SourceTable, rows: Iterable[int], on: tuple[str, ...]
) -> Problem:
    rows = list(rows)
    params = {"other": other.name, "keys": ", ".join(on)}
    place = table.place(on, rows)
    return Problem("USM-J03", params, place, n_rows=len(rows), n_total=len(table.frame))


def _mapped(frame: pd.DataFrame, column: Column) -> pd.Series:
    if column.constant is not None:
        return pd.Series(str(column.constant), frame.index, dtype=TEXT)
    text = frame[column.sources[0]]
    if column.model_fields_set == {"source"} and len(column.sources) == 1:
        return text
    text = text.astype(TEXT)
    for name in column.sources[1:]:
        other = frame[name].astype(TEXT)
        both = text.str.cat(other, sep=column.joined_by)
        text = both.fillna(text).fillna(other)
    recoded = _divided(_recoded(text, column), column.per)
    recoded = recoded.str.zfill(column.digits) if column.digits else recoded
    recoded = recoded.radd(column.prefix) if column.prefix else recoded
    return recoded if column.blank is None else recoded.mask(text.isna(), str(column.blank))


def _recoded(text: pd.Series, column: Column) -> pd.Series:
    if not column.recode and column.otherwise == "keep":
        return text
    recoded = text.map({key: str(code) for key, code in column.recode.items()}).astype(TEXT)
    recoded = recoded.mask(recoded == LEFT_OUT)
    unnamed = text.notna() & ~text.isin(list(column.recode))
    if column.otherwise == "missing":
        return recoded
    return recoded.mask(unnamed, text if column.otherwise == "keep" else str(column.otherwise))


def _divided(text: pd.Series, per: float) -> pd.Series:
    """Numbers divided; what is no number stays for the check to find."""
    if per == 1:
        return text
    numbers = pd.to_numeric(text.astype(object), errors="coerce").astype(float) / per
    return text.mask(numbers.notna(), numbers.map(repr))
