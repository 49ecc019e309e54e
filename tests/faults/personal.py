"""Personal details that must not be in a file, under telling and untelling names of columns."""

from itertools import cycle, islice

from tests.faults.bank import Fault, planter
from tests.faults.sheets import Sheet

FAULTS: list[Fault] = []
fault = planter(FAULTS, "Personal details")

PEOPLE = ["María López García", "José Hernández Ruiz", "Thandi Dlamini", "Sipho Nkosi",
          "Ana Torres", "John van der Merwe", "Guadalupe Ríos Peña", "Nomsa Zulu"]  # fmt: skip
STORIES = [
    "Le quitaron el celular saliendo del mercado y nadie la ayudó",
    "My neighbour saw two men climbing over the wall at night",
    "Dice que el policía de la esquina le pidió dinero otra vez",
    "She works at the clinic near the taxi rank and walks home late",
    "El hijo mayor dejó la escuela porque lo amenazaron en el camino",
]


def _filled(sheet: Sheet, column: str, values, every: int = 1):
    rows = range(0, len(sheet.frame), every)
    for row, value in zip(rows, islice(cycle(values), len(rows)), strict=True):
        sheet = sheet.put(column, [row], value)
    return sheet, rows


@fault("USM-X01", "telefono", base="bare")
def phones(sheet: Sheet):
    """A column with phone numbers."""
    return _filled(sheet, "telefono", [f"33{12345678 + n}" for n in range(40)])


@fault("USM-X01", "contact", base="small")
def phones_in_a_note(sheet: Sheet):
    """A phone number in a single cell."""
    return sheet.put("contact", (30,), "call +27 31 555 0199"), (30,)


@fault("USM-X01", "q_extra", base="small")
def phones_under_an_untelling_name(sheet: Sheet):
    """Plain phone numbers in a column whose name does not tell."""
    return _filled(sheet, "q_extra", [f"083{n * 7919317 % 10**7:07}" for n in range(1, 200)])


@fault("USM-X01", "remarks")
def email(sheet: Sheet):
    """An e-mail address among remarks."""
    return sheet.put("remarks", (80,), "write to resident@example.org"), (80,)


@fault("USM-X01", "latitude", "longitude", base="bare")
def points(sheet: Sheet):
    """Latitude and longitude of the dwellings."""
    sheet, rows = _filled(sheet, "latitude", [20.67361 + n / 7000 for n in range(50)])
    return _filled(sheet, "longitude", [-103.34402 - n / 7000 for n in range(50)])[0], rows


@fault("USM-X01", "where", base="small")
def point_in_a_cell(sheet: Sheet):
    """A point on the map in one cell."""
    return sheet.put("where", (12, 13), "-29.85868, 31.02184"), (12, 13)


@fault("USM-X01", "coord1", "coord2", base="small")
def points_under_untelling_names(sheet: Sheet):
    """Points in two columns whose names do not tell."""
    sheet, rows = _filled(sheet, "coord1", [-29.858681 - n / 7000 for n in range(50)])
    return _filled(sheet, "coord2", [31.021843 + n / 7000 for n in range(50)])[0], rows


@fault("USM-X01", "clave", base="bare")
def curp(sheet: Sheet):
    """A CURP."""
    return sheet.put("clave", (7,), "LOOA531113HTCPBN07"), (7,)


@fault("USM-X01", "dato", base="bare")
def rfc(sheet: Sheet):
    """An RFC of a person."""
    return sheet.put("dato", (70, 71), "GODE561231GR8"), (70, 71)


@fault("USM-X01", "ref", base="small")
def south_african_identity_numbers(sheet: Sheet):
    """South African identity numbers, known by their check digit."""
    return _filled(sheet, "ref", ["8001015009087"])


@fault("USM-X01", "nombre", base="bare")
def names(sheet: Sheet):
    """Names of the people."""
    return _filled(sheet, "nombre", PEOPLE)


@fault("USM-X01", "v_extra", base="small")
def names_under_an_untelling_name(sheet: Sheet):
    """Names of people in a column whose name does not tell."""
    return _filled(sheet, "v_extra", PEOPLE)


@fault("USM-X01", "domicilio", base="bare")
def addresses(sheet: Sheet):
    """Addresses."""
    return _filled(sheet, "domicilio", ["Av. Juárez 120", "Calle Morelos 45 int. 3"])


@fault("USM-X02", "observaciones", base="bare")
def stories(sheet: Sheet):
    """What people told, in their own words."""
    return _filled(sheet, "observaciones", [f"{s} ({n})" for n in range(9) for s in STORIES], 3)


@fault("USM-X02", "otro_a", base="small")
def stories_in_few_cells(sheet: Sheet):
    """A few long answers in people's own words."""
    return _filled(sheet, "otro_a", [f"{s} {n}" for n in range(3) for s in STORIES], 12)
