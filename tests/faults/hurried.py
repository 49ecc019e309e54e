"""Faults of a hurried office: what spreadsheets do to codes, and steps done twice or not at all."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import cycle, islice

import pandas as pd

from tests.faults.bank import Fault, planter
from tests.faults.exports import EXPORTED, kobo_columns
from tests.faults.made_records import MONTHS
from tests.faults.records import MONTHLY
from tests.faults.sheets import CSV, XLSX, Sheet
from urban_safety_monitor.catalogue.load import load_catalogue

FAULTS: list[Fault] = []
fault = planter(FAULTS, "A hurried office")

VOTER_KEYS = ["LPGRMR85041214M300", "HRRZJS71112509H700", "TRXXAN92020320M101"]
PAYROLL = ["LOPEZ GARCIA MARIA ELENA", "HERNANDEZ RUIZ JOSE", "TORRES PEÑA ANA", "DLAMINI SIPHO",
           "NKOSI THANDI GRACE", "RAMIREZ SOTO JUAN CARLOS"]  # fmt: skip
NO_NAMES_BELOW = "SPSS has one row of names, and texts below would make every column a text"
TABLES = {"only": (CSV, XLSX), "why_only": NO_NAMES_BELOW}


@fault("USM-G08", "psu", "district_id", base="victims")
def one_column_sorted(sheet: Sheet):
    """One column was sorted on its own: the districts no longer belong to their rows."""
    places = sorted(sheet.frame["district_id"], key=lambda code: code[::-1])
    half = len(places) // 2  # a sorted column of a frame already in order would be the same
    frame = sheet.frame.assign(district_id=pd.Series(places[half:] + places[:half], dtype=object))
    units = frame.groupby("psu")["district_id"].nunique()
    return replace(sheet, frame=frame), sheet.rows_where("psu", *units[units > 1].index)


DRAGGED = frozenset({"USM-S03", "USM-S06", "USM-S07", "USM-D02", "USM-W05"})


@fault("USM-D05", "round_id", base="bare", brings=DRAGGED)
def round_dragged_down(sheet: Sheet):
    """The round was dragged down and counts up: 2024-Q1, 2024-Q2, ... 2024-Q118."""
    rounds = [f"2024-Q{1 + n}" for n in range(len(sheet.frame))]
    frame = sheet.frame.assign(round_id=pd.Series(rounds, dtype=object))
    return replace(sheet, frame=frame), range(4, len(rounds))


@fault("USM-N03", "psu", base="small", brings=frozenset({"USM-S02", "USM-S03"}))
def long_numbers_shortened(sheet: Sheet):
    """A spreadsheet shortened long numbers of sampling units: 1.4039E+11."""
    numbers = {unit: f"{1.4039 + n // 3 / 1e4:.4f}E+11"
               for n, unit in enumerate(dict.fromkeys(sheet.frame["psu"]))}  # fmt: skip
    return sheet.changed("psu", numbers.__getitem__), range(len(sheet.frame))


@fault("USM-N03", "psu", base="bare")
def codes_as_dates(sheet: Sheet):
    """A spreadsheet turned codes such as 3-12 into dates."""
    units = list(dict.fromkeys(sheet.frame["psu"]))[:4]
    rows = sheet.rows_where("psu", *units)
    days = {unit: f"{n + 3}-mar" for n, unit in enumerate(units)}
    return sheet.changed("psu", lambda unit: days.get(unit, unit)), rows


@fault("USM-X01", "listado", base="guadalajara")
def surnames_first(sheet: Sheet):
    """Names in capitals with the surnames first, as on a payroll."""
    rows = range(len(sheet.frame))
    frame = sheet.frame.assign(listado=pd.Series(_repeated(PAYROLL, rows), dtype=object))
    return replace(sheet, frame=frame), rows


@fault("USM-I05", "person_id", base="small")
def training_interviews(sheet: Sheet):
    """Interviews of the training are still in the file."""
    return sheet.put("person_id", (0,), "PRUEBA1").put("person_id", (1,), "Test 2"), (0, 1)


@fault("USM-F23", base="small", **TABLES)
def questions_below_the_names(sheet: Sheet):
    """A second row holds the questions in words."""
    book = load_catalogue().codebook
    words = {n: book[n].question.es if n in book else n.replace("_", " ") for n in sheet.frame}
    frame = pd.concat([pd.DataFrame([words]), sheet.frame], ignore_index=True).astype(object)
    return replace(sheet, frame=frame), (0,)


@fault("USM-F23", base="bare", **TABLES)
def names_in_the_middle(sheet: Sheet):
    """Two files were pasted below each other, with the names of the second."""
    names = {n: n for n in sheet.frame}
    parts = [sheet.frame.iloc[:50], pd.DataFrame([names]), sheet.frame.iloc[50:]]
    return replace(sheet, frame=pd.concat(parts, ignore_index=True).astype(object)), (50,)


@fault("USM-K02", "hh_vehicle", base="small")
def words_without_accents(sheet: Sheet):
    """Answers were typed as words without accents: Si, No."""
    words = {1: "Si", 2: "No", 8: "No responde", 9: "No sabe"}
    rows = sheet.rows_where("hh_vehicle", 1)
    return sheet.changed("hh_vehicle", words.__getitem__), rows


@fault("USM-D06", "interview_date", base="victims")
def day_of_the_export(sheet: Sheet):
    """Every interview bears the day of the export."""
    rows = range(len(sheet.frame))
    return sheet.put("interview_date", rows, max(sheet.frame["interview_date"])), rows


@fault("USM-S08", "stratum", "psu", base="bare")
def strata_and_units_swapped(sheet: Sheet):
    """The columns of strata and of sampling units were swapped."""
    return sheet.renamed(stratum="psu", psu="stratum"), range(len(sheet.frame))


@fault("USM-V17", "sex", base="small")
def one_answer_dragged_down(sheet: Sheet):
    """The sex of the first person was dragged down over everybody."""
    rows = range(len(sheet.frame))
    return sheet.put("sex", rows, 2), rows


@fault("USM-C07", "place_home_001", base="small", **EXPORTED)
def question_edited_in_kobo(sheet: Sheet):
    """A question was edited during fieldwork, and later answers stand in a column of their own."""
    sheet = kobo_columns(sheet).renamed(**{"interview/place_home": "place_home"})
    later = range(60, len(sheet.frame))
    for row in later:
        sheet = sheet.put("place_home_001", [row], sheet.frame["place_home"].iat[row])
    return sheet.put("place_home", later, None), later


@fault("USM-X01", "folio_ine", base="bare")
def voter_keys(sheet: Sheet):
    """Keys of Mexico's voter card under a name of the office's own."""
    rows = range(len(sheet.frame))
    frame = sheet.frame.assign(folio_ine=pd.Series(_repeated(VOTER_KEYS, rows), dtype=object))
    return replace(sheet, frame=frame), rows


@fault("USM-R06", *MONTHS[1:], **MONTHLY)
def sums_since_january(sheet: Sheet):
    """Every month holds the sum since January."""
    sums = sheet.frame[MONTHS].astype(int).cumsum(axis=1).astype(object)
    return replace(sheet, frame=sheet.frame.assign(**sums)), range(len(sheet.frame))


def _repeated(texts: Sequence[str], rows: Iterable[int]) -> list[str]:
    return list(islice(cycle(texts), len(list(rows))))
