"""Files to practise handing in data: one without faults, one with ten planted and listed faults.

Both hold a small survey of the city and round that the demonstration run has no data for.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from .plan import Plan
from .survey import survey

AREA, PERIOD, PSUS = "ZA-D10", "2026-Q1", (7, 7, 6, 6)
HEADER_ROWS = 1


@dataclass(frozen=True)
class Fault:
    """A planted fault: column, the frame's rows (from 0), what is put there, what would be right.

    `put` is a value, or a function of the whole frame that gives one.
    """

    number: int
    title: str
    column: str
    rows: tuple[int, ...]
    put: str | int | Callable[[pd.DataFrame], str] | None
    right: str


FAULTS = (
    Fault(1, "Unknown code", "safe_night", (12, 13, 40), 7, "1 to 5, 8 or 9"),
    Fault(2, "Weight of zero", "weight_person", (25,), 0, "a number above 0"),
    Fault(3, "Weight written as a word", "weight_person", (61,), "unknown", "a number above 0"),
    Fault(
        4, "The same person twice", "person_id", (88,),
        lambda frame: str(frame["person_id"].iat[87]),
        "a number of its own for each person",
    ),
    Fault(
        5, "One sampling unit in two strata", "stratum", (100,),
        lambda frame: "S4" if frame["stratum"].iat[100] != "S4" else "S1",
        "the stratum of the unit's other interviews",
    ),
    Fault(6, "Decimal comma", "weight_person", (120, 121), "152,37", "a decimal point: 152.37"),
    Fault(7, "Age out of range", "age", (140, 141), 14, "18 to 97, 98 or 99"),
    Fault(
        8, "Answer to a question that was skipped", "harass_sx_3y",
        (), 1, "empty where private_sensitive is 2",
    ),
    Fault(
        9, "Personal detail", "remarks", (180,), "write to resident@example.org",
        "no such column",
    ),
    Fault(
        10, "Missing district", "district_id", (200, 201, 202, 203), None,
        "a district of the map",
    ),
)  # fmt: skip


def clean(plan: Plan) -> pd.DataFrame:
    """About 300 interviews in the questionnaire's columns, without a fault."""
    city = plan.city(AREA).model_copy(update={"psus": PSUS})
    return survey(plan, city, PERIOD)


def faulty(frame: pd.DataFrame) -> pd.DataFrame:
    """The same interviews with every fault of FAULTS planted."""
    planted = frame.astype(object).copy().assign(remarks=None)
    for fault in FAULTS:
        value = fault.put(frame) if callable(fault.put) else fault.put
        planted.loc[list(rows_of(fault, frame)), fault.column] = value
    return planted


def rows_of(fault: Fault, frame: pd.DataFrame) -> tuple[int, ...]:
    """The frame's rows a fault is planted in: those named, or the first two without privacy."""
    return fault.rows or tuple(frame.index[frame["private_sensitive"] == 2][:2])


def planted_faults(frame: pd.DataFrame) -> pd.DataFrame:
    """The list of planted faults, with rows as a spreadsheet numbers them (the header is row 1)."""
    rows = [
        {
            "fault": fault.number,
            "title": fault.title,
            "column": fault.column,
            "rows": " ".join(str(row + HEADER_ROWS + 1) for row in rows_of(fault, frame)),
            "right": fault.right,
        }
        for fault in FAULTS
    ]
    return pd.DataFrame(rows)
