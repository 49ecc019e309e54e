"""Search for personal details at the door: in column names and in cells, whatever they are called.

Found values never leave this module; a finding names the column, the kind and the rows.
Sources of the formats: CURP, RFC and the voter card's key by their official layout (birth date
inside), South African identity numbers by birth date and Luhn check digit.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from urban_safety_monitor.catalogue.indicator import Text
from urban_safety_monitor.intake.problems import Problem
from urban_safety_monitor.intake.source import SourceTable
from urban_safety_monitor.intake.spelling import folded
from urban_safety_monitor.intake.untold import is_a_name, untold_details

KINDS = {
    "email": Text(en="e-mail addresses", es="correos electrónicos"),
    "phone": Text(en="phone numbers", es="números de teléfono"),
    "curp": Text(en="CURP numbers", es="claves CURP"),
    "rfc": Text(en="RFC numbers", es="claves RFC"),
    "voter": Text(en="keys of voter cards", es="claves de elector"),
    "za_id": Text(en="identity numbers", es="números de identidad"),
    "gps": Text(en="coordinates", es="coordenadas"),
    "name": Text(en="names of people", es="nombres de personas"),
    "address": Text(en="addresses", es="domicilios"),
    "text": Text(en="answers in people's own words", es="respuestas con palabras propias"),
}
BIRTH = r"\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
PATTERNS = {
    "email": re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]*\w"),
    "curp": re.compile(rf"\b[A-Z]{{4}}{BIRTH}[HMX][A-Z]{{5}}[0-9A-Z]\d\b", re.IGNORECASE),
    "rfc": re.compile(rf"\b[A-ZÑ&]{{4}}{BIRTH}[0-9A-Z]{{3}}\b", re.IGNORECASE),
    "voter": re.compile(rf"\b[A-ZÑ]{{6}}{BIRTH}\d{{2}}[HMX]\d{{3}}\b", re.IGNORECASE),
    "phone": re.compile(
        r"(?<![\w.])(?:\+\d{1,3}[ -]?(?:\(?\d{1,4}\)?[ -]?){2,4}\d{2,4}"
        r"|\(\d{2,3}\) ?\d{3,4}[ -]?\d{4}|\d{2,3}[ -]\d{3,4}[ -]\d{4})(?![\w.])"
    ),
    "gps": re.compile(r"-?\d{1,2}\.\d{4,},? *-?\d{1,3}\.\d{4,}"),
}
ANY_PATTERN = re.compile("|".join(f"(?i:{p.pattern})" for p in PATTERNS.values()))
SHORTEST = 5
"""No pattern fits a shorter text, and most cells of a survey are short codes."""

IDENTITY = re.compile(rf"{BIRTH}\d{{4}}[01]\d\d")
NAMED: dict[str, frozenset[str]] = {
    "email": frozenset({"email", "e_mail", "mail", "correo"}),
    "phone": frozenset({"phone", "telephone", "telefono", "tel", "celular", "movil", "whatsapp"})
    | {"phonenumber"},
    "curp": frozenset({"curp"}),
    "rfc": frozenset({"rfc"}),
    "gps": frozenset({"gps", "lat", "latitude", "latitud", "lon", "lng", "longitude", "longitud"})
    | {"geolocation"},
    "name": frozenset({"apellido", "apellidos", "surname", "lastname", "firstname", "fullname"}),
    "address": frozenset({"address", "direccion", "domicilio"}),
}
WHOLE_NAMES = {
    "first_name": "name",
    "last_name": "name",
    "full_name": "name",
    "respondent_name": "name",
    "nombre": "name",
    "nombres": "name",
    "nombre_completo": "name",
    "id_number": "za_id",
}
LOOKS = {
    "email": re.compile(r".*@.*"),
    "curp": re.compile(r"[A-Z]{4}\d{6}.*", re.IGNORECASE),
    "rfc": re.compile(r"[A-ZÑ&]{3,4}\d{6}.*", re.IGNORECASE),
    "phone": re.compile(r"(?:\D*\d){7,15}\D*"),
    "gps": re.compile(r"-?\d{1,3}\.\d{3,}.*"),
    "name": re.compile(r"[^\W\d_]{2,}.*"),
    "address": re.compile(r"(?=.*\d)(?=.*\s).*[^\W\d_]{3,}.*"),
    "za_id": re.compile(r"\d{13}"),
}


def personal_details(
    table: SourceTable, cleared: tuple[str, ...] = (), declared: Collection[str] = ()
) -> Iterator[Problem]:
    """A problem for each column that seems to hold personal details, without any value.

    Columns nobody `declared` are also searched for what only a whole column shows.
    """
    found: dict[str, tuple[str, pd.Index]] = {}
    for name in table.frame.columns.difference(list(cleared), sort=False):
        kind, rows = _found(str(name), table.frame[name])
        if rows is not None and len(rows):
            found[str(name)] = kind, rows
    rest = table.frame.columns.difference([*cleared, *declared, *found], sort=False)
    for kind, name, rows in untold_details(table.frame[rest]):
        found.setdefault(name, (kind, rows))
    for name, (kind, rows) in found.items():
        code = "USM-X02" if kind == "text" else "USM-X01"
        yield replace(table.problem(code, [name], rows, kind=KINDS[kind]), sensitive=True)


def looks_personal(text: str) -> bool:
    """Whether a cell must not be shown in a message."""
    if ANY_PATTERN.search(text) or re.search(r"\d{9,}", text):
        return True
    return is_a_name(text)


def _found(name: str, column: pd.Series) -> tuple[str, pd.Index | None]:
    kind = _kind_named(name)
    if not kind and not column.str.len().max() >= SHORTEST:
        return "", None
    position, distinct = pd.factorize(column)
    cells = list(distinct)
    if kind:
        hits = _at([LOOKS[kind].fullmatch(cell) for cell in cells], position)
        if hits.any():
            return kind, column.index[hits]
    if any(map(ANY_PATTERN.search, cells)):
        for kind, pattern in PATTERNS.items():
            hits = _at([pattern.search(cell) for cell in cells], position)
            if hits.any():
                return kind, column.index[hits]
    hits = _at([_is_identity_number(cell) for cell in cells], position)
    if hits.any() and hits.sum() >= (position >= 0).sum() / 2:
        return "za_id", column.index[hits]
    return "", None


def _kind_named(name: str) -> str:
    plain = re.sub(r"[^a-z0-9]+", "_", folded(name)).strip("_")
    if plain in WHOLE_NAMES:
        return WHOLE_NAMES[plain]
    words = set(plain.split("_"))
    return next((kind for kind, hints in NAMED.items() if words & hints), "")


def _at(hits: Sequence[object], position: np.ndarray) -> np.ndarray:
    """Hits among distinct cells at every record; position -1 is an empty cell."""
    return np.array([*map(bool, hits), False])[position]


def _is_identity_number(text: str) -> bool:
    """South African identity numbers: 13 digits, a birth date, and a right Luhn check digit."""
    return bool(IDENTITY.fullmatch(text)) and _passes_luhn(text)


def _passes_luhn(text: str) -> bool:
    digits = [int(digit) for digit in text]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[-2::-2])
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
