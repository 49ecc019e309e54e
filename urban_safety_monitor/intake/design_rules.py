"""Rules on identity, weights and the sampling design of survey records."""

import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from urban_safety_monitor.intake.coded import distinct_texts, filled_cells
from urban_safety_monitor.intake.problems import Problem, listed
from urban_safety_monitor.intake.records import IDENTITY, Records

ROUND = ["area", "period"]
EXTREME = 20
"""Times the middle weight above which a weight is asked about."""
RESTARTS = 0.5
"""Share of PSU numbers found in several strata from which numbering is taken to start anew."""
ALONE, FEWEST_PERSONS = 0.9, 30
"""Share of sampling units among persons from which the units are asked about."""
SMALL_DISTRICT = 30
SPLIT, FEWEST_SPLIT = 0.1, 2
"""Share and number of sampling units in several districts from which they are asked about."""
ANSWERS_COMPARED = 20
MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
"""An odd number with digits as of chance, so that different rows hardly ever mix to the same."""
REWRITTEN = re.compile(
    r"\d(?:[.,]\d+)?E\+?\d{1,2}|\d{1,2}-(?:ene|jan|feb|mar|abr|apr|may|jun|jul|ago|aug|sep|oct|nov"
    r"|dic|dec)[a-z]*\.?(?:-\d{2,4})?|(?:19|20)\d\d-\d\d-\d\d",
    re.IGNORECASE,
)
"""What a spreadsheet makes of long numbers (1.4039E+11) and of codes such as 3-12 (12-mar)."""
CODED = ("person", "household", "stratum", "psu", "district")
TRAINING = re.compile(
    r"(?i)(?:.*[\W_\d])?(?:test|prueba|training|capacitaci[oó]n|demo)s?(?:[\W_\d].*)?"
)


def empty_design(records: Records) -> Iterator[Problem]:
    """Cells of the identity and design columns that are empty."""
    for column in (*IDENTITY, "stratum", "psu"):
        if column in records.frame:
            yield from records.problems("USM-S01", records.mapped.text[column].isna(), [column])


def codes_rewritten(records: Records) -> Iterator[Problem]:
    """Numbers of people and places that a spreadsheet shortened or turned into dates."""
    yield from _written_as(records, "USM-N03", REWRITTEN)


def interviews_of_the_training(records: Records) -> Iterator[Problem]:
    """People, households and sampling units called a test."""
    yield from _written_as(records, "USM-I05", TRAINING)


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
    answers = records.mapped.text[records.answers]
    # Rows alike in their texts are alike in their fingerprints, which are faster to compare.
    near = pd.Series(_fingerprints(answers), answers.index).duplicated(keep=False)
    alike = near & (filled_cells(answers) >= ANSWERS_COMPARED)
    alike[alike] = answers[alike].duplicated(keep=False)
    keys = [name for name in IDENTITY if name in records.frame]
    alike &= ~records.frame.duplicated(keys, keep=False)
    yield from records.problems("USM-I02", alike, ["person"], answers=len(records.answers))


def units_in_two_strata(records: Records) -> Iterator[Problem]:
    """PSUs in two strata; where most numbers repeat, they start anew in each stratum."""
    design = _design(records)
    if design is None or _are_swapped(design):
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
    if _are_swapped(design):
        everywhere = pd.Series(True, design.index).reindex(records.frame.index, fill_value=False)
        yield from records.problems("USM-S08", everywhere, ["stratum", "psu"])
        return
    units = design.groupby([*ROUND, "stratum"])["psu"].transform("nunique")
    found = sorted(design.loc[units == 1, "stratum"].unique())
    yield from _naming(records, "USM-S03", units == 1, ["stratum"], found)


def units_in_several_districts(records: Records) -> Iterator[Problem]:
    """Sampling units, which are places, whose people live in several districts."""
    design = _design(records)
    if design is None or "district" not in records.frame:
        return
    unit = [*ROUND, "stratum", "psu"]
    districts = design.assign(district=records.frame["district"]).groupby(unit)["district"]
    units = districts.nunique()
    if (units > 1).sum() < max(FEWEST_SPLIT, SPLIT * len(units)):
        return  # one cell with a slip of the pen
    several = districts.transform("nunique") > 1
    found = sorted(design.loc[several, "psu"].unique())
    yield from _naming(records, "USM-G08", several, ["psu", "district"], found)


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


def _fingerprints(texts: pd.DataFrame) -> NDArray[np.uint64]:
    """(n,) one number for each row: equal where all its texts are."""
    mixed = np.zeros(len(texts), dtype=np.uint64)
    for name in texts:
        mixed = mixed * MULTIPLIER + distinct_texts(texts[name])[0].astype(np.uint64)
    return mixed


def _design(records: Records) -> pd.DataFrame | None:
    """Area, period, stratum and PSU of records that have all of them."""
    columns = [*ROUND, "stratum", "psu"]
    if not set(columns) <= set(records.frame):
        return None
    return records.frame[columns].dropna()


def _are_swapped(design: pd.DataFrame) -> bool:
    """Whether every stratum lies in one sampling unit and every unit holds several strata."""
    if not 1 < design["psu"].nunique() < design["stratum"].nunique():
        return False
    units = design.groupby([*ROUND, "stratum"])["psu"].nunique()
    strata = design.groupby([*ROUND, "psu"])["stratum"].nunique()
    return bool((units == 1).all() and (strata > 1).all())


def _written_as(records: Records, code: str, pattern: re.Pattern[str]) -> Iterator[Problem]:
    """Cells of the columns of codes that look like this."""
    for column in CODED:
        if column in records.frame:
            texts = records.mapped.text[column]
            odd = [text for text in texts.dropna().unique() if pattern.fullmatch(text)]
            hit = texts.isin(odd)
            for problem in records.problems(code, hit, [column]):
                yield replace(problem, found=records.values_shown(column, hit))


def _naming(
    records: Records, code: str, hit: pd.Series, columns: list[str], found: list[str]
) -> Iterator[Problem]:
    """The problem with the PSUs or strata concerned as what was found."""
    mask = hit.reindex(records.frame.index, fill_value=False)
    for problem in records.problems(code, mask, columns):
        yield replace(problem, found=listed(found))
