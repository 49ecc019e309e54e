"""Faults of weights, sampling, identity, interviewers and places."""

from dataclasses import replace

import pandas as pd

from tests.faults.bank import Fault, planter
from tests.faults.clean import PLACES
from tests.faults.sheets import Sheet

FAULTS: list[Fault] = []
weight = planter(FAULTS, "Weights")
sample = planter(FAULTS, "Strata and sampling units")
identity = planter(FAULTS, "People counted twice")
interviewer = planter(FAULTS, "Interviewers")
place = planter(FAULTS, "Places")


@weight("USM-W01", "weight_person", base="bare")
def no_weight(sheet: Sheet):
    """Some people have no weight."""
    return sheet.put("weight_person", (9, 10), None), (9, 10)


@weight("USM-W02", "weight_person", base="small")
def weight_of_nought(sheet: Sheet):
    """A weight of 0."""
    return sheet.put("weight_person", (25,), 0), (25,)


@weight("USM-W03", "weight_person", base="bare")
def negative_weight(sheet: Sheet):
    """A weight below 0."""
    return sheet.put("weight_person", (25,), -120.5), (25,)


@weight("USM-W03", "weight_hh", base="small")
def negative_household_weight(sheet: Sheet):
    """A weight of a household below 0."""
    return sheet.put("weight_hh", (26,), -3), (26,)


@weight("USM-W04", "weight_person", base="bare", brings=frozenset({"USM-W05"}))
def lost_decimal_point(sheet: Sheet):
    """A weight lost its decimal point."""
    value = int(sheet.frame["weight_person"].iat[70] * 100)
    return sheet.put("weight_person", (70,), value), (70,)


@weight("USM-W05", "weight_person", base="small")
def twice_the_people(sheet: Sheet):
    """Weights add up to twice the people of the city."""
    rows = range(len(sheet.frame))
    return sheet.changed("weight_person", lambda cell: 2 * cell), rows


@weight("USM-W05", "weight_person", base="bare")
def everybody_counts_one(sheet: Sheet):
    """Every weight is 1."""
    rows = range(len(sheet.frame))
    return sheet.put("weight_person", rows, 1), rows


@sample("USM-S01", "stratum", base="bare")
def no_stratum(sheet: Sheet):
    """Some rows have no stratum."""
    return sheet.put("stratum", (33,), None), (33,)


@sample("USM-S01", "psu", base="small")
def no_unit(sheet: Sheet):
    """Some rows have no sampling unit."""
    return sheet.put("psu", (33, 34), None), (33, 34)


@sample("USM-S01", "person_id", base="bare")
def no_person(sheet: Sheet):
    """Somebody has no number."""
    return sheet.put("person_id", (44,), None), (44,)


@sample("USM-S02", "psu", "stratum", base="bare")
def unit_in_two_strata(sheet: Sheet):
    """A sampling unit lies in two strata."""
    frame = sheet.frame
    unit = frame["psu"].iat[50]
    other = next(s for s in frame["stratum"] if s != frame["stratum"].iat[50])
    return sheet.put("stratum", (50,), other), sheet.rows_where("psu", unit)


@sample("USM-S03", "stratum", base="small", brings=frozenset({"USM-S06"}))
def one_unit_in_a_stratum(sheet: Sheet):
    """A stratum has one sampling unit."""
    frame = sheet.frame
    rows = sheet.rows_where("stratum", frame["stratum"].iat[0])
    kept = sheet.rows_where("psu", frame["psu"].iat[0])
    left = [n for n in range(len(frame)) if n not in rows or n in kept]
    people = frame["weight_person"].sum() / frame["weight_person"].iloc[left].sum()
    smaller = frame.iloc[left].reset_index(drop=True)
    smaller["weight_person"] = (smaller["weight_person"] * people).astype(object)
    return replace(sheet, frame=smaller), [n for n, row in enumerate(left) if row in kept]


@sample("USM-S05", "psus_in_stratum", base="bare")
def fewer_units_than_drawn(sheet: Sheet):
    """A stratum is said to have fewer sampling units than were drawn."""
    sheet = sheet.put("psus_in_stratum", range(len(sheet.frame)), 200)
    rows = sheet.rows_where("stratum", sheet.frame["stratum"].iat[0])
    return sheet.put("psus_in_stratum", rows, 1), rows


@sample("USM-S05", "psus_in_stratum", base="bare")
def two_numbers_of_units(sheet: Sheet):
    """A stratum is said to have two different numbers of sampling units."""
    sheet = sheet.put("psus_in_stratum", range(len(sheet.frame)), 200)
    rows = sheet.rows_where("stratum", sheet.frame["stratum"].iat[0])
    return sheet.put("psus_in_stratum", rows[:1], 20), rows


@sample("USM-S07", "psu", base="small")
def every_person_a_unit(sheet: Sheet):
    """Person numbers stand in the column of sampling units."""
    rows = range(len(sheet.frame))
    frame = sheet.frame.assign(psu=sheet.frame["person_id"])
    return replace(sheet, frame=frame), rows


@sample("USM-S06", base="bare", brings=frozenset({"USM-W05"}))
def half_the_interviews(sheet: Sheet):
    """The file holds half of the interviews that were held."""
    half = sheet.frame.iloc[::2].reset_index(drop=True)
    return replace(sheet, frame=half), ()


@identity("USM-I01", "person_id", base="bare")
def row_twice(sheet: Sheet):
    """The same row stands twice."""
    again = sheet.frame.iloc[10].to_dict()
    return sheet.with_rows([again]), (10, len(sheet.frame))


@identity("USM-I01", "person_id", base="small")
def number_twice(sheet: Sheet):
    """Two people have one number."""
    return sheet.put("person_id", (88,), sheet.frame["person_id"].iat[87]), (87, 88)


@identity("USM-I02", "person_id", base="guadalajara")
def copied_interview(sheet: Sheet):
    """An interview was copied under another number."""
    again = sheet.frame.iloc[20].to_dict() | {"person_id": "R90001", "hh_id": "H90001"}
    return sheet.with_rows([again]), (20, len(sheet.frame))


@identity("USM-I04", "person_id", base="durban")
def nearly_copied_interview(sheet: Sheet):
    """An interview was copied and one answer changed."""
    again = sheet.frame.iloc[20].to_dict() | {"person_id": "R90001", "hh_id": "H90001"}
    again["safe_night"] = 1 if again["safe_night"] == 2 else 2
    return sheet.with_rows([again]), (20, len(sheet.frame))


@interviewer("USM-Q01", *PLACES, base="guadalajara")
def one_answer_to_a_series(sheet: Sheet):
    """All people of a sampling unit gave one answer to a series of questions."""
    rows = sheet.rows_where("psu", sheet.frame["psu"].iat[0])
    for column in [*PLACES, "place_atm"]:
        for row in rows:
            sheet = sheet.put(column, [row], 1 + row % 2)
    return sheet, rows


@interviewer("USM-Q02", "start", "end", base="small")
def too_fast(sheet: Sheet):
    """Some interviews took two minutes."""
    sheet = _timed(sheet, lambda row: 2 if row in (6, 70, 71) else 35 + row % 20)
    return sheet, (6, 70, 71)


@interviewer("USM-Q02", "start", "end", base="bare")
def ended_before_it_began(sheet: Sheet):
    """An interview ended before it began."""
    return _timed(sheet, lambda row: -5 if row == 12 else 30 + row % 25), (12,)


@place("USM-G02", "district_id", base="small")
def lost_zeros(sheet: Sheet):
    """District codes lost their leading zeros."""
    rows = range(len(sheet.frame))
    return sheet.changed("district_id", lambda cell: int(cell[-2:])), rows


@place("USM-G02", "district_id", base="victims")
def letter_in_a_code(sheet: Sheet):
    """A district code has the letter O for a nought."""
    code = sheet.frame["district_id"].iat[3]
    return sheet.put("district_id", (3,), code.replace("-0", "-O")), (3,)


@place("USM-G03", "district_id", base="small")
def no_district(sheet: Sheet):
    """Some people have no district."""
    return sheet.put("district_id", (100, 101, 102), None), (100, 101, 102)


@place("USM-G01", "district_id", base="victims")
def tiny_district(sheet: Sheet):
    """A district has three interviews."""
    codes = sorted(set(sheet.frame["district_id"]))
    big = [n for n, code in enumerate(sheet.frame["district_id"])]
    sheet = sheet.put("district_id", big, codes[0]).put("district_id", big[:3], codes[1])
    return sheet, big[:3]


@place("USM-G04")
def tiny_group(sheet: Sheet):
    """A group has four people."""
    return sheet.put("sex", (1, 2, 3, 4), 3), ()


@place("USM-G05", "boundary_version", base="small")
def two_maps(sheet: Sheet):
    """Districts are of two versions of the map."""
    return sheet.put("boundary_version", (60, 61), "demonstration 2021"), (60, 61)


@place("USM-G05", "boundary_version", base="victims")
def older_map(sheet: Sheet):
    """All districts are of an older map."""
    rows = range(len(sheet.frame))
    return sheet.put("boundary_version", rows, "demonstration 2010"), rows


@place("USM-G06", "city_id", base="bare", brings=frozenset({"USM-S03", "USM-S06"}))
def another_city(sheet: Sheet):
    """A few rows name a city nobody knows."""
    return sheet.put("city_id", (20, 21), "MX-D20"), (20, 21)


def _timed(sheet: Sheet, minutes) -> Sheet:
    start = pd.Timestamp("2026-02-20 10:00")
    ends = [start + pd.Timedelta(minutes=minutes(row)) for row in range(len(sheet.frame))]
    frame = sheet.frame.assign(
        start=f"{start:%Y-%m-%dT%H:%M:%S}.000-06:00",
        end=[f"{end:%Y-%m-%dT%H:%M:%S}.000-06:00" for end in ends],
    )
    return replace(sheet, frame=frame.astype(object))
