"""The ten faults of the practice files: what is planted, where, and what would be right."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from urban_safety_monitor.catalogue.indicator import Text

HEADER_ROWS = 1


@dataclass(frozen=True)
class Fault:
    """A planted fault: column, the frame's rows (from 0), what is put there, what would be right.

    `put` is a value, or a function of the whole frame that gives one.
    """

    number: int
    title: Text
    column: str
    rows: tuple[int, ...]
    put: str | int | Callable[[pd.DataFrame], str] | None
    right: Text


FAULTS = (
    Fault(
        1, Text(en="Unknown code", es="Código desconocido"), "safe_night", (12, 13, 40), 7,
        Text(en="1 to 5, 8 or 9", es="de 1 a 5, 8 o 9"),
    ),
    Fault(
        2, Text(en="Weight of zero", es="Factor de cero"), "weight_person", (25,), 0,
        Text(en="a number above 0", es="un número mayor que 0"),
    ),
    Fault(
        3, Text(en="Weight written as a word", es="Factor escrito con palabras"),
        "weight_person", (61,), "unknown",
        Text(en="a number above 0", es="un número mayor que 0"),
    ),
    Fault(
        4, Text(en="The same person twice", es="La misma persona dos veces"), "person_id", (88,),
        lambda frame: str(frame["person_id"].iat[87]),
        Text(en="a number of its own for each person", es="un número propio para cada persona"),
    ),
    Fault(
        5, Text(en="One sampling unit in two strata", es="Una unidad de muestreo en dos estratos"),
        "stratum", (100,),
        lambda frame: "S4" if frame["stratum"].iat[100] != "S4" else "S1",
        Text(
            en="the stratum of the unit's other interviews",
            es="el estrato de las demás entrevistas de la unidad",
        ),
    ),
    Fault(
        6, Text(en="Decimal comma", es="Coma decimal"), "weight_person", (120, 121), "152,37",
        Text(en="a decimal point: 152.37", es="un punto decimal: 152.37"),
    ),
    Fault(
        7, Text(en="Age out of range", es="Edad fuera de lo posible"), "age", (140, 141), 14,
        Text(en="18 to 97, 98 or 99", es="de 18 a 97, 98 o 99"),
    ),
    Fault(
        8,
        Text(
            en="Answer to a question that was skipped",
            es="Respuesta a una pregunta que se omitió",
        ),
        "harass_sx_3y", (), 1,
        Text(
            en="empty where private_sensitive is 2",
            es="vacía donde private_sensitive es 2",
        ),
    ),
    Fault(
        9, Text(en="Personal detail", es="Dato personal"), "remarks", (180,),
        "write to resident@example.org",
        Text(en="no such column", es="sin esa columna"),
    ),
    Fault(
        10, Text(en="Missing district", es="Falta el distrito"), "district_id",
        (200, 201, 202, 203), None,
        Text(en="a district of the map", es="un distrito del mapa"),
    ),
)  # fmt: skip


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


def planted_faults(frame: pd.DataFrame, language: str = "en") -> pd.DataFrame:
    """The list of planted faults, with rows as a spreadsheet numbers them (the header is row 1)."""
    rows = [
        {
            "fault": fault.number,
            "title": fault.title.in_language(language),
            "column": fault.column,
            "rows": " ".join(str(row + HEADER_ROWS + 1) for row in rows_of(fault, frame)),
            "right": fault.right.in_language(language),
        }
        for fault in FAULTS
    ]
    return pd.DataFrame(rows)
