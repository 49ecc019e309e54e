"""Faults of recorded figures: blanks, footnotes, unfinished months, breaks, names of places."""

from tests.faults.bank import Fault, planter
from tests.faults.sheets import CSV, XLSX, Sheet

FAULTS: list[Fault] = []
figure = planter(FAULTS, "Recorded figures")

NO_BLANKS = "SPSS names hold no blanks, and this source publishes none"
MONTHLY = {"base": "months", "recipe": "mx-sesnsp", "only": (CSV, XLSX), "why_only": NO_BLANKS}
YEARLY = {"base": "years", "recipe": "usm-records"}


@figure("USM-N01", "value", **YEARLY)
def words_for_a_figure(sheet: Sheet):
    """A figure is written n/d."""
    return sheet.put("value", (4, 9), "n/d"), (4, 9)


@figure("USM-N01", "value", **YEARLY)
def thousands_separated(sheet: Sheet):
    """A figure has a separator of thousands."""
    return sheet.put("value", (7,), "1,385,632"), (7,)


@figure("USM-N02", "value", **YEARLY)
def decimal_comma(sheet: Sheet):
    """A figure has a decimal comma."""
    return sheet.put("value", (3,), "210,5"), (3,)


@figure("USM-V13", "value", **YEARLY)
def negative_figure(sheet: Sheet):
    """A number of victims is below 0."""
    return sheet.put("value", (2,), -216), (2,)


@figure("USM-I03", **YEARLY)
def figure_twice(sheet: Sheet):
    """The same figure stands twice."""
    return sheet.with_rows([sheet.frame.iloc[5].to_dict()]), (5, len(sheet.frame))


@figure("USM-R04", "area", **YEARLY)
def no_area(sheet: Sheet):
    """A figure without its place."""
    return sheet.put("area", (11,), None), (11,)


@figure("USM-R04", "period", **YEARLY)
def no_period(sheet: Sheet):
    """A figure without its period."""
    return sheet.put("period", (12,), None), (12,)


@figure("USM-R05", "obs_status", **YEARLY)
def unknown_flag(sheet: Sheet):
    """A flag nobody knows."""
    return sheet.put("obs_status", (1, 2), "z"), (1, 2)


@figure("USM-C01", **YEARLY)
def no_figures(sheet: Sheet):
    """The column of figures is missing."""
    return sheet.without("value"), ()


@figure("USM-D05", "period", **YEARLY)
def footnote_on_a_year(sheet: Sheet):
    """A footnote's digit is glued to a year: 20231."""
    return sheet.put("period", (4,), "20231"), (4,)


@figure("USM-D05", "period", **YEARLY)
def footnote_on_a_month(sheet: Sheet):
    """A footnote's digit is glued to a month: Diciembre 20231."""
    return sheet.put("period", (4,), "Diciembre 20231"), (4,)


@figure("USM-R02", "value", **YEARLY)
def rule_changed(sheet: Sheet):
    """A series jumps to six times its level and stays there."""
    return _multiplied(sheet, "MX-D01", "thefts", "2022", 6)


@figure("USM-R02", "value", **YEARLY)
def figure_of_one_month(sheet: Sheet):
    """A year holds one month only."""
    return sheet.put("value", (5,), 19), (5,)


@figure("USM-R02", "value", **YEARLY)
def other_boundaries(sheet: Sheet):
    """The population is that of the whole metropolis from one year on."""
    return _multiplied(sheet, "MX-GDL", "population", "2023", 3)


@figure("USM-G07", "area", **YEARLY)
def benito_juarez(sheet: Sheet):
    """A place is named that several states have: Benito Juárez."""
    return sheet.put("area", range(6), "Benito Juárez"), range(6)


@figure("USM-G07", "area", **YEARLY)
def tonala(sheet: Sheet):
    """Two places by name: Tonalá, in Jalisco or in Chiapas."""
    return sheet.put("area", (6, 7, 8), "Tonalá"), (6, 7, 8)


@figure("USM-G06", "area", **YEARLY)
def unknown_area(sheet: Sheet):
    """A code of a place that is not on the list."""
    return sheet.put("area", range(12, 18), "ZA-ETX"), range(12, 18)


@figure("USM-R01", **MONTHLY)
def blank_month(sheet: Sheet):
    """A month is blank: not reported yet, and no 0."""
    rows = sheet.rows_where("Año", 2024)
    return sheet.put("Diciembre", rows, None), ()


@figure("USM-R03", "Noviembre", "Diciembre", **MONTHLY)
def unfinished_months(sheet: Sheet):
    """The last months of the latest year are 0 everywhere: not reported yet."""
    rows = sheet.rows_where("Año", 2024)
    return sheet.put("Noviembre", rows, 0).put("Diciembre", rows, 0), rows


@figure("USM-C06", "Diciembre1", **MONTHLY)
def footnote_on_a_column(sheet: Sheet):
    """A footnote's digit is glued to the name of a month's column."""
    return sheet.renamed(Diciembre="Diciembre1"), ()


@figure("USM-C01", **MONTHLY)
def month_missing(sheet: Sheet):
    """The column of one month is missing."""
    return sheet.without("Agosto"), ()


@figure("USM-V15", "Subtipo de delito", **MONTHLY)
def footnote_on_a_label(sheet: Sheet):
    """A footnote's digit is glued to the name of a crime."""
    rows = [n for n in sheet.rows_where("Subtipo de delito", "Homicidio doloso")][:4]
    return sheet.put("Subtipo de delito", rows, "Homicidio doloso1"), rows


@figure("USM-N01", "Marzo", **MONTHLY)
def dash_for_a_month(sheet: Sheet):
    """A month is written with a dash."""
    return sheet.put("Marzo", (8,), "-"), (8,)


@figure("USM-V13", "Mayo", **MONTHLY)
def correction_as_a_figure(sheet: Sheet):
    """A correction was entered as a negative month."""
    return sheet.put("Mayo", (0,), -4), (0,)


def _multiplied(sheet: Sheet, area: str, series: str, since: str, times: int):
    """A series of one place at so many times its level from a period on; its first row."""
    frame = sheet.frame
    rows = frame.index[
        (frame["area"] == area) & (frame["series"] == series) & (frame["period"] >= since)
    ]
    for row in rows:
        sheet = sheet.put("value", [row], times * frame["value"].iat[row])
    return sheet, rows[:1]
