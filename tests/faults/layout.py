"""Faults of the file itself: sheets, names of columns, encodings, separators, totals and notes."""

from dataclasses import replace

from tests.faults.bank import Fault, planter
from tests.faults.sheets import CSV, SAV, XLSX, Sheet

FAULTS: list[Fault] = []
fault = planter(FAULTS, "The file")

NO_ROWS_ABOVE = "SPSS keeps names of columns apart from the rows"
TEXT_ONLY = "only a text file has separators, quotation marks and encodings"
LOST = frozenset({"USM-S03", "USM-S06", "USM-W05"})
"""What a file with lost rows brings along."""
NOTE = "Fuente: encuesta de la ciudad, 2026. Los factores son definitivos."


@fault("USM-F08", base="small", only=(CSV, XLSX), why_only=NO_ROWS_ABOVE)
def title_above_the_names(sheet: Sheet):
    """A title stands above the names of the columns."""
    return replace(sheet, above=(("Encuesta 2026", *[""] * (len(sheet.names) - 1)),)), ()


@fault("USM-F22", base="small", only=(CSV, XLSX), why_only=NO_ROWS_ABOVE)
def no_names(sheet: Sheet):
    """The names of the columns are missing: the file begins with answers."""
    first = tuple("" if cell is None else str(cell) for cell in sheet.frame.iloc[0])
    return replace(sheet, header=first), ()


@fault("USM-F09", "safe_night", only=(CSV, XLSX), why_only="SPSS refuses a repeated name")
def repeated_name(sheet: Sheet):
    """Two columns have the same name."""
    names = tuple("safe_night" if name == "safe_day" else name for name in sheet.names)
    return replace(sheet, header=names), ()


@fault("USM-F13", base="small", brings=LOST, only=(CSV,), why_only=TEXT_ONLY)
def separator_in_a_text(sheet: Sheet):
    """A text holds the separator and is not in quotation marks."""

    def spoil(content: bytes) -> bytes:
        lines = content.split(b"\n")
        lines[15] += b",extra"
        lines[40] += b",extra"
        return b"\n".join(lines)

    return replace(sheet, spoil=spoil), (14, 39)


@fault("USM-F16", "district_id", base="small", brings=LOST, only=(CSV,), why_only=TEXT_ONLY)
def quotation_mark_not_closed(sheet: Sheet):
    """A quotation mark is opened and never closed."""

    def spoil(content: bytes) -> bytes:
        lines = content.split(b"\n")
        lines[31] = lines[31].replace(b"ZA-D05-", b'"ZA-D05-')
        return b"\n".join(lines)

    return replace(sheet, spoil=spoil), (30,)


@fault("USM-F11", base="small", only=(CSV,), why_only=TEXT_ONLY)
def two_encodings(sheet: Sheet):
    """Two files in different encodings were joined."""

    def spoil(content: bytes) -> bytes:
        text = content.decode().replace(",demonstration 2025,", ",versión 2025 actualización é,")
        whole, middle = text.encode(), text.index("\n", len(text) // 2)
        return whole[:middle] + text[middle:].replace("ó", "o").replace("é", "é").encode("cp1252")

    return replace(sheet, spoil=spoil), ()


@fault("USM-F05", base="small", only=(CSV,), why_only=TEXT_ONLY)
def no_separator(sheet: Sheet):
    """Columns are kept apart by blanks only."""
    return replace(sheet, spoil=lambda content: content.replace(b",", b" ")), ()


@fault("USM-F04", base="small")
def empty_file(sheet: Sheet):
    """The file has no content."""
    return replace(sheet, spoil=lambda _: b""), ()


@fault("USM-F06", base="small")
def names_only(sheet: Sheet):
    """The file has names of columns and no rows."""
    return replace(sheet, frame=sheet.frame.iloc[:0]), ()


@fault("USM-F02", base="small")
def not_a_table(sheet: Sheet):
    """A PDF was given the name of a table."""
    return replace(sheet, spoil=lambda content: b"%PDF-1.7\n" + content), ()


@fault(
    "USM-F03",
    base="small",
    only=(XLSX,),
    why_only="CSV has no passwords; a locked SAV is of another kind",
)
def locked_workbook(sheet: Sheet):
    """The workbook is locked with a password."""
    locked = b"\xd0\xcf\x11\xe0" + bytes(508) + "EncryptedPackage".encode("utf-16-le") + bytes(400)
    return replace(sheet, spoil=lambda _: locked), ()


@fault(
    "USM-F10", base="small", only=(XLSX, SAV), why_only="a text that ends early is a row too short"
)
def cut_off(sheet: Sheet):
    """The download was cut off."""
    return replace(sheet, spoil=lambda content: content[: len(content) // 2]), ()


@fault(
    "USM-F13", base="small", only=(CSV,), why_only="other formats are damaged as a whole",
    brings=LOST,
)  # fmt: skip
def cut_off_in_a_row(sheet: Sheet):
    """The download was cut off in the middle of a row."""

    def spoil(content: bytes) -> bytes:
        lines = content.split(b"\n")
        return b"\n".join([*lines[:80], lines[80][: len(lines[80]) // 2]])

    return replace(sheet, spoil=spoil), (79,)


@fault("USM-F19", base="small")
def total_at_the_end(sheet: Sheet):
    """The last row is a total."""
    total = sum(sheet.frame["weight_person"])
    return sheet.with_rows([{"city_id": "Total", "weight_person": total}]), (len(sheet.frame),)


@fault("USM-F19", base="bare", brings=LOST)
def subtotals_between(sheet: Sheet):
    """Subtotals stand between the interviews."""
    cells = dict.fromkeys(sheet.frame)
    for row in (20, 60):
        for column in cells:
            sheet = sheet.put(column, [row], None)
        sheet = sheet.put("stratum", [row], "Subtotal").put("weight_person", [row], 51234.5)
    return sheet, (20, 60)


@fault("USM-F20", base="small")
def notes_below(sheet: Sheet):
    """Notes and the source stand below the table."""
    rows = [{"city_id": NOTE}, {"city_id": "1/ Cifras preliminares."}]
    return sheet.with_rows(rows), (len(sheet.frame), len(sheet.frame) + 1)


@fault("USM-F21", base="small", only=(XLSX,), why_only="only workbooks have merged cells")
def merged_cells(sheet: Sheet):
    """Equal cells were merged over several rows."""
    column = sheet.names.index("place_home")
    return replace(sheet, merged=((4, column, 6, column),)), (4, 5, 6)


@fault("USM-C01", base="small")
def no_weights(sheet: Sheet):
    """The column with the weights is missing."""
    return sheet.without("weight_person"), ()


@fault("USM-C01", base="small")
def weights_under_another_name(sheet: Sheet):
    """The weights have a name nobody knows."""
    return sheet.renamed(weight_person="ponderador"), ()


@fault("USM-C01", base="bare")
def no_sampling_units(sheet: Sheet):
    """The column with the sampling units is missing."""
    return sheet.without("psu"), ()


@fault("USM-C01", base="small")
def no_person_number(sheet: Sheet):
    """The column with person numbers is missing."""
    return sheet.without("person_id"), ()


@fault(
    "USM-C04", "SAFE_NIGHT", "Safe_Night",
    only=(CSV, XLSX), why_only="SPSS does not tell capitals in names apart",
)  # fmt: skip
def name_in_two_spellings(sheet: Sheet):
    """Two columns could be the same question."""
    return sheet.renamed(safe_night="SAFE_NIGHT", safe_day="Safe_Night"), ()


@fault("USM-C05", "safe_day")
def empty_column(sheet: Sheet):
    """A question has no answers at all."""
    return sheet.put("safe_day", range(len(sheet.frame)), None), ()


@fault("USM-C05", "place_home", "place_park", base="small")
def empty_columns(sheet: Sheet):
    """Two questions have no answers at all."""
    rows = range(len(sheet.frame))
    return sheet.put("place_home", rows, None).put("place_park", rows, None), ()
