"""Twenty clean files as cities keep them, which bring nothing to fix and nothing to confirm."""

import gzip
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyreadstat

from tests.faults.clean import clean_survey
from tests.faults.exports import kobo_columns, odk_columns
from tests.faults.made_records import clean_records
from tests.faults.sheets import CSV, SAV, XLSX, Sheet, write
from urban_safety_monitor.catalogue.load import load_catalogue, shipped

Make = Callable[[Path], Path]
CLEAN: dict[str, tuple[Make, str]] = {}


def clean(recipe: str = "usm-questionnaire") -> Callable[[Make], Make]:
    """A decorator that adds a clean file, named by its docstring."""

    def add(make: Make) -> Make:
        CLEAN[(make.__doc__ or "").strip().removesuffix(".")] = make, recipe
        return make

    return add


def survey(name: str) -> Sheet:
    """The clean survey as a sheet."""
    return Sheet(clean_survey(name))


@clean()
def shipped_example(folder: Path) -> Path:
    """The shipped example, all 108 columns."""
    return shipped("sample_data") / "practice" / "example_clean.csv"


@clean()
def codes_with_decimals(folder: Path) -> Path:
    """Codes written 2.0, as programs do where a column has gaps."""
    return write(survey("views").changed("harass_sx_3y", float), CSV, folder / "a.csv")


@clean()
def semicolons(folder: Path) -> Path:
    """CSV with semicolons."""
    return write(replace(survey("small"), delimiter=";"), CSV, folder / "a.csv")


@clean()
def tabs(folder: Path) -> Path:
    """Tabs, and the name ends with .txt."""
    return write(replace(survey("bare"), delimiter="\t"), CSV, folder / "a.txt")


@clean()
def windows_letters(folder: Path) -> Path:
    """Windows letters and line ends, with a column of our own that has accents."""
    sheet = survey("small").put("colonia", range(0, 120), "San José del Álamo")
    sheet = replace(sheet, encoding="cp1252", spoil=lambda c: c.replace(b"\n", b"\r\n"))
    return write(sheet, CSV, folder / "a.csv")


@clean()
def excel_unicode(folder: Path) -> Path:
    """UTF-16 with a mark, tabs, as Excel writes "Unicode text"."""
    sheet = replace(survey("small"), delimiter="\t", encoding="utf-16")
    return write(sheet, CSV, folder / "a.txt")


@clean()
def marked_utf8(folder: Path) -> Path:
    """UTF-8 with a mark."""
    return write(replace(survey("victims"), encoding="utf-8-sig"), CSV, folder / "a.csv")


@clean()
def hidden_returns(folder: Path) -> Path:
    """Hidden carriage returns and blanks around every last cell."""
    sheet = replace(survey("small"), spoil=lambda c: c.replace(b"\n", b" \r\r\n"))
    return write(sheet, CSV, folder / "a.csv")


@clean()
def everything_quoted(folder: Path) -> Path:
    """Every cell in quotation marks, blank lines between."""
    text = clean_survey("bare").to_csv(index=False, quoting=1).replace("\nMX", "\n\nMX", 3)
    (folder / "a.csv").write_text(text, encoding="utf-8")
    return folder / "a.csv"


@clean()
def packed(folder: Path) -> Path:
    """Packed with gzip."""
    path = folder / "a.csv.gz"
    path.write_bytes(gzip.compress(clean_survey("small").to_csv(index=False).encode()))
    return path


@clean()
def workbook(folder: Path) -> Path:
    """A workbook with one sheet."""
    return write(survey("guadalajara"), XLSX, folder / "a.xlsx")


@clean()
def workbook_with_cover(folder: Path) -> Path:
    """A workbook whose first sheet is a cover and whose last is a list of codes."""
    cover = [["Encuesta de seguridad"], ["Entregada el", "2026-04-01"], ["Contacto", "oficina"]]
    codes = [["columna", "código", "respuesta"], *[["sex", n, f"r{n}"] for n in range(400)]]
    sheet = replace(survey("small"), name="base", beside={"Portada": cover, "Códigos": codes})
    return write(sheet, XLSX, folder / "a.xlsx")


@clean()
def own_order_and_capitals(folder: Path) -> Path:
    """Columns in an order of their own and in capitals."""
    frame = clean_survey("victims")
    names = random.Random(4).sample(list(frame), len(frame.columns))
    shouted = frame[names].rename(columns=str.upper)
    return write(Sheet(shouted), XLSX, folder / "a.xlsx")


@clean()
def without_districts(folder: Path) -> Path:
    """A survey without districts, in SPSS."""
    return write(survey("bare"), SAV, folder / "a.sav")


@clean()
def labelled(folder: Path) -> Path:
    """SPSS with value labels that agree with the questionnaire."""
    book = load_catalogue().codebook
    labels = {
        name: {float(code): label.es for code, label in book[name].codes.items()}
        for name in ("sex", "place_home", "hh_vehicle")
    }
    return write(replace(survey("small"), labels=labels), SAV, folder / "a.sav")


@clean()
def stata(folder: Path) -> Path:
    """Stata."""
    frame = clean_survey("victims").convert_dtypes()
    numbers = frame.select_dtypes("number").astype(float)
    pyreadstat.write_dta(frame.assign(**numbers), folder / "a.dta")
    return folder / "a.dta"


@clean()
def parquet(folder: Path) -> Path:
    """Parquet."""
    clean_survey("durban").convert_dtypes().to_parquet(folder / "a.parquet")
    return folder / "a.parquet"


@clean()
def kobo_values(folder: Path) -> Path:
    """KoboToolbox with XML values: groups before the names, columns of the system."""
    return write(kobo_columns(survey("small")), CSV, folder / "a.csv")


@clean()
def kobo_labels(folder: Path) -> Path:
    """KoboToolbox with labels: questions as names, answers in Spanish words."""
    book = load_catalogue().codebook
    sheet = survey("small")
    for name in ("sex", "place_home", "place_street", "hh_vehicle", "private_sensitive"):
        words = {int(code): label.es for code, label in book[name].codes.items()}
        sheet = sheet.changed(name, words.__getitem__)
        sheet = sheet.renamed(**{name: book[name].question.es})
    return write(kobo_columns(sheet), XLSX, folder / "a.xlsx")


@clean()
def odk_central(folder: Path) -> Path:
    """ODK Central: groups before the names, columns of the system, times of each interview."""
    sheet = odk_columns(survey("small"))
    frame = sheet.frame.assign(start="2026-02-20T10:00:00.000+02:00")
    ends = [f"2026-02-20T10:{25 + n % 30}:00.000+02:00" for n in range(len(frame))]
    sheet = replace(sheet, frame=frame.assign(end=ends).astype(object))
    return write(sheet, CSV, folder / "a.csv")


@clean()
def own_columns(folder: Path) -> Path:
    """Columns of the city's own: occupations, numbers of blocks, probabilities, short remarks."""
    sheet = survey("durban")
    jobs = ["Trabaja en casa sin pago", "Comerciante", "Employed by the city", "Student", "Retired"]
    numbers = range(len(sheet.frame))
    frame = sheet.frame.assign(
        occupation=[jobs[n % 5] for n in numbers],
        block=[1403900100 + n // 4 for n in numbers],
        probability=[0.0123456 + n / 90000 for n in numbers],
        remark=[["none", "door locked", "second visit"][n % 3] for n in numbers],
        folio=[f"{n:03}-A" for n in numbers],
    )
    return write(replace(sheet, frame=frame.astype(object)), XLSX, folder / "a.xlsx")


@clean("usm-records")
def figures_with_blanks(folder: Path) -> Path:
    """Recorded figures; one is blank, one is 0, a break is flagged."""
    sheet = Sheet(clean_records("years")).put("value", [3], None).put("value", [15], 0)
    return write(sheet.put("obs_status", [15, 16], "b"), CSV, folder / "a.csv")


@clean("mx-sesnsp")
def unreported_months(folder: Path) -> Path:
    """Months of the latest year that are not reported are blank."""
    sheet = Sheet(clean_records("months"))
    rows = sheet.rows_where("Año", 2024)
    for month in ("Octubre", "Noviembre", "Diciembre"):
        sheet = sheet.put(month, rows, None)
    return write(sheet, XLSX, folder / "a.xlsx")
