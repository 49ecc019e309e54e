"""Rules on identity, weights and the sampling design of survey records."""

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from urban_safety_monitor.intake.problems import Problem
from urban_safety_monitor.intake.records import IDENTITY, Records

ROUND = ["area", "period"]
EXTREME = 20
"""Times the middle weight above which a weight is asked about."""
RESTARTS = 0.5
"""Share of PSU numbers found in several strata from which numbering is taken to start anew."""
ALONE, FEWEST_PERSONS = 0.9, 30
"""Share of sampling units among persons from which the units are asked about."""
SMALL_DISTRICT = 30
ANSWERS_COMPARED = 20
NAMES_SHOWN = 8


def empty_design(records: Records) -> Iterator[Problem]:
    """Cells of the identity and design columns that are empty."""
    for column in (*IDENTITY, "stratum", "psu"):
        if column in records.frame:
            yield from records.problems("USM-S01", records.mapped.text[column].isna(), [column])


def weights(records: Records) -> Iterator[Problem]:
    """Weights that are missing, zero, negative or far above the others."""
    for column in records.weights:
        values = records.frame[column]
        empty = records.mapped.text[column].isna() & records.from_source(column)
        yield from records.problems("USM-W01", empty, [column])
        yield from records.problems("USM-W02", values == 0, [column])
        yield from records.problems("USM-W03", values < 0, [column])
        median = values[values > 0].median()
        yield from records.problems(
            "USM-W04", values > EXTREME * median, [column], times=EXTREME, median=f"{median:,.6g}"
        )


def repeated_persons(records: Records) -> Iterator[Problem]:
    """Person numbers that occur more than once in an area and period."""
    if not set(IDENTITY) <= set(records.frame):
        return
    keys = records.frame[list(IDENTITY)]
    twice = keys.duplicated(keep=False) & keys.notna().all(axis=1)
    if not twice.any():
        return
    people = keys[twice].drop_duplicates()
    differing = records.mapped.text[twice].drop_duplicates()[list(IDENTITY)]
    same = len(people) - len(differing[differing.duplicated()].drop_duplicates())
    yield from records.problems("USM-I01", twice, ["person"], n=len(people), same=same)


def copied_rows(records: Records) -> Iterator[Problem]:
    """Records with all answers alike under different person numbers."""
    if len(records.answers) < ANSWERS_COMPARED or "person" not in records.frame:
        return
    enough = records.filled[records.answers].to_numpy().sum(axis=1) >= ANSWERS_COMPARED
    # Rows alike in their texts are alike in their numbers, which are faster to compare.
    rows = [row.tobytes() for row in records.numbers]
    alike = (
        pd.Series(enough, records.frame.index) & pd.Series(rows).duplicated(keep=False).to_numpy()
    )
    alike[alike] = records.mapped.text.loc[alike, records.answers].duplicated(keep=False)
    keys = [name for name in IDENTITY if name in records.frame]
    alike &= ~records.frame.duplicated(keys, keep=False)
    yield from records.problems("USM-I02", alike, ["person"], answers=len(records.answers))


def units_in_two_strata(records: Records) -> Iterator[Problem]:
    """PSUs in two strata; where most numbers repeat, they start anew in each stratum."""
    design = _design(records)
    if design is None:
        return
    strata = design.groupby([*ROUND, "psu"])["stratum"].nunique()
    several = strata[strata > 1]
    if len(several) > RESTARTS * len(strata):
        everywhere = pd.Series(True, design.index).reindex(records.frame.index, fill_value=False)
        yield from records.problems("USM-S04", everywhere, ["psu"], n=len(several))
        return
    keys = pd.MultiIndex.from_frame(design[[*ROUND, "psu"]])
    hit = pd.Series(keys.isin(several.index), design.index)
    strata_of = design[hit].groupby("psu")["stratum"].unique()
    found = [f"{psu} ({', '.join(sorted(of))})" for psu, of in strata_of.items()]
    yield from _naming(records, "USM-S02", hit, ["psu", "stratum"], found)


def strata_with_one_unit(records: Records) -> Iterator[Problem]:
    """Strata from which only one PSU was drawn."""
    design = _design(records)
    if design is None:
        return
    units = design.groupby([*ROUND, "stratum"])["psu"].transform("nunique")
    found = sorted(design.loc[units == 1, "stratum"].unique())
    yield from _naming(records, "USM-S03", units == 1, ["stratum"], found)


def units_of_one_person(records: Records) -> Iterator[Problem]:
    """Nearly every person in a sampling unit of their own: perhaps another number stands there."""
    design = _design(records)
    if design is None or len(design) < FEWEST_PERSONS:
        return
    units = len(design[[*ROUND, "stratum", "psu"]].drop_duplicates())
    if units >= ALONE * len(design):
        everywhere = pd.Series(True, design.index).reindex(records.frame.index, fill_value=False)
        yield from records.problems("USM-S07", everywhere, ["psu"], n=units)


def units_in_the_population(records: Records) -> Iterator[Problem]:
    """Strata said to have fewer PSUs than were drawn, or different numbers of them."""
    design = _design(records)
    if design is None or "psus_in_stratum" not in records.frame:
        return
    known = records.frame.loc[design.index, "psus_in_stratum"]
    keys = [*ROUND, "stratum"]
    drawn = design.groupby(keys)["psu"].transform("nunique")
    numbers = design.assign(known=known).groupby(keys)["known"].transform("nunique")
    wrong = (numbers > 1) | (known < drawn)
    found = sorted(design.loc[wrong, "stratum"].unique())
    yield from _naming(records, "USM-S05", wrong, ["psus_in_stratum"], found)


def small_districts(records: Records) -> Iterator[Problem]:
    """Districts whose results will be withheld or unreliable."""
    if "district" not in records.frame:
        return
    numbers = records.frame["district"].value_counts().sort_index()
    small = numbers[numbers < SMALL_DISTRICT]
    names = ", ".join(f"{district} ({n})" for district, n in small.items())
    hit = records.frame["district"].isin(list(small.index))
    yield from records.problems("USM-G01", hit, ["district"], least=SMALL_DISTRICT, names=names)


def missing_districts(records: Records) -> Iterator[Problem]:
    """People without a district: the city counts them, no district does."""
    if "district" not in records.frame:
        return
    empty = records.mapped.text["district"].isna() & records.from_source("district")
    yield from records.problems("USM-G03", empty, ["district"], n=int(empty.sum()))


def _design(records: Records) -> pd.DataFrame | None:
    """Area, period, stratum and PSU of records that have all of them."""
    columns = [*ROUND, "stratum", "psu"]
    if not set(columns) <= set(records.frame):
        return None
    return records.frame[columns].dropna()


def _naming(
    records: Records, code: str, hit: pd.Series, columns: list[str], found: list[str]
) -> Iterator[Problem]:
    """The problem with the PSUs or strata concerned as what was found."""
    shown = ", ".join(found[:NAMES_SHOWN]) + (", …" if len(found) > NAMES_SHOWN else "")
    mask = hit.reindex(records.frame.index, fill_value=False)
    for problem in records.problems(code, mask, columns):
        yield replace(problem, found=shown)
