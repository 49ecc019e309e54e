"""Faults of answers: codes, words, numbers, dates, questions to be skipped."""

from dataclasses import replace

from tests.faults.bank import Fault, planter
from tests.faults.sheets import CSV, SAV, XLSX, Sheet

FAULTS: list[Fault] = []
code = planter(FAULTS, "Codes and words")
number = planter(FAULTS, "Numbers")
date = planter(FAULTS, "Dates")
skip = planter(FAULTS, "Questions to be skipped")

SAFE_DAY = {1: "Very safe", 2: "Safe", 3: "Unsafe", 4: "Very unsafe", 8: "Refused"}


@code("USM-V12", "safe_night")
def unknown_code(sheet: Sheet):
    """A code that the question does not have."""
    return sheet.put("safe_night", (12, 13, 40), 7), (12, 13, 40)


@code("USM-V12", "place_street", base="small")
def code_of_another_program(sheet: Sheet):
    """No answer is written -99, as another program does."""
    return sheet.put("place_street", (3, 77), -99), (3, 77)


@code("USM-V12", "v_theft", base="victims")
def nought_for_no(sheet: Sheet):
    """No is written 0 instead of 2."""
    rows = sheet.rows_where("v_theft", 2)
    return sheet.put("v_theft", rows, 0), rows


@code("USM-V12", "place_park", base="small")
def letter_for_a_digit(sheet: Sheet):
    """The letter l stands for the digit 1."""
    return sheet.put("place_park", (8,), "l"), (8,)


@code("USM-V12", "trust_police")
def halves(sheet: Sheet):
    """A code has a decimal."""
    return sheet.put("trust_police", (50, 51), 1.5), (50, 51)


@code("USM-V12", "expect_12m", base="durban")
def two_answers(sheet: Sheet):
    """Two answers in one cell."""
    return sheet.put("expect_12m", (9, 33), "1 3"), (9, 33)


@code("USM-V12", "tenure", base="victims")
def written_na(sheet: Sheet):
    """Empty cells are written NA."""
    return sheet.put("tenure", (1, 2, 90), "NA"), (1, 2, 90)


@code("USM-V12", "place_home", base="small")
def invisible_sign(sheet: Sheet):
    """An invisible sign stands before a code."""
    return sheet.put("place_home", (21,), "\u200b1"), (21,)


@code("USM-V12", "sex", base="bare", only=(CSV, XLSX), why_only="SPSS keeps no such sign")
def apostrophe(sheet: Sheet):
    """An apostrophe stands before a number stored as text."""
    return sheet.put("sex", (5, 6), "'2"), (5, 6)


@code("USM-K02", "sex", base="bare")
def word_among_codes(sheet: Sheet):
    """A word stands among codes."""
    return sheet.put("sex", (30, 31), "Woman"), (30, 31)


@code("USM-K02", "safe_day")
def words_some_unknown(sheet: Sheet):
    """Answers are words, and some of them are no longer in the questionnaire."""
    sheet = sheet.changed("safe_day", lambda cell: SAFE_DAY.get(cell, "Does not know"))
    return sheet.put("safe_day", (14, 99), "Quite safe"), (14, 99)


@code(
    "USM-K04", "hh_vehicle", base="small", only=(SAV,),
    why_only="only SPSS and Stata files carry labels of codes",
)  # fmt: skip
def labels_turned_round(sheet: Sheet):
    """The file's own labels give the codes another meaning."""
    rows = [n for n, cell in enumerate(sheet.frame["hh_vehicle"]) if cell in (1, 2)]
    labels = {1.0: "No", 2.0: "Yes", 8.0: "Refused", 9.0: "Does not know"}
    return replace(sheet, labels={"hh_vehicle": labels}), rows


@code("USM-V14", "trust_neigh")
def many_silent(sheet: Sheet):
    """A third of the people did not answer a question."""
    return sheet.put("trust_neigh", range(0, len(sheet.frame), 3), 9), ()


@number("USM-V13", "age", base="bare")
def too_young(sheet: Sheet):
    """Children are among the adults."""
    return sheet.put("age", (40, 41), 14), (40, 41)


@number("USM-V13", "age", base="small")
def too_old(sheet: Sheet):
    """Somebody is 420 years old."""
    return sheet.put("age", (17,), 420), (17,)


@number("USM-V13", "n_theft", base="victims")
def below_nothing(sheet: Sheet):
    """A number of thefts below 0."""
    rows = sheet.rows_where("v_theft", 1)[:2]
    return sheet.put("n_theft", rows, -1), rows


@number("USM-N01", "age", base="bare")
def age_in_words(sheet: Sheet):
    """A number is written in words."""
    return sheet.put("age", (2, 3), "twenty"), (2, 3)


@number("USM-N01", "age", base="small")
def broken_formula(sheet: Sheet):
    """A spreadsheet's formula broke."""
    return sheet.put("age", (11,), "#N/A"), (11,)


@number("USM-N01", "weight_person", base="small")
def thousands_separated(sheet: Sheet):
    """Weights are written with a separator of thousands."""
    rows = range(5, 15)
    for row in rows:
        sheet = sheet.put("weight_person", [row], f"1,{234 + row}.50")
    return sheet, rows


@number("USM-N02", "weight_person", base="bare")
def decimal_comma(sheet: Sheet):
    """Every weight is written with a decimal comma."""
    rows = range(len(sheet.frame))
    return sheet.changed("weight_person", lambda cell: f"{cell:.2f}".replace(".", ",")), rows


@number("USM-N02", "weight_hh", base="small", only=(CSV,), why_only="other formats keep numbers")
def semicolons_and_decimal_commas(sheet: Sheet):
    """A file of a computer set to Spanish: semicolons, decimal commas."""
    sheet = replace(sheet, delimiter=";")
    rows = range(len(sheet.frame))
    return sheet.changed("weight_hh", lambda cell: f"{cell:.2f}".replace(".", ",")), rows


@date("USM-D01", "interview_date", base="small")
def no_date(sheet: Sheet):
    """A text where a date should be."""
    return sheet.put("interview_date", (4, 5), "soon"), (4, 5)


@date("USM-D01", "interview_date", base="bare")
def day_numbers(sheet: Sheet):
    """Dates are the day numbers of a spreadsheet."""
    rows = range(len(sheet.frame))
    return sheet.put("interview_date", rows, 45340), rows


@date("USM-D01", "interview_date", base="small")
def day_that_does_not_exist(sheet: Sheet):
    """The 30th of February."""
    return sheet.put("interview_date", (66,), "2026-02-30"), (66,)


@date("USM-D04", "interview_date", base="bare", brings=frozenset({"USM-D03", "USM-D06"}))
def day_or_month_first(sheet: Sheet):
    """Dates that can be read two ways."""
    rows = range(len(sheet.frame))
    return sheet.put("interview_date", rows, "12/02/2024"), rows


@date("USM-D02", "interview_date", base="small", brings=frozenset({"USM-D03"}))
def another_year(sheet: Sheet):
    """Interviews dated a year before the round."""
    return sheet.put("interview_date", (7, 8), "2025-02-20"), (7, 8)


@date("USM-D03", "interview_date", base="durban")
def after_the_fieldwork(sheet: Sheet):
    """Interviews after the last day of fieldwork."""
    return sheet.put("interview_date", (0, 100), "2024-04-10"), (0, 100)


@date("USM-D05", "round_id", base="small")
def footnote_in_the_round(sheet: Sheet):
    """A footnote's digit is glued to the year of the round."""
    rows = range(len(sheet.frame))
    return sheet.put("round_id", rows, "20261"), rows


@date("USM-D05", "round_id", base="bare", brings=frozenset({"USM-S03", "USM-S06", "USM-W05"}))
def round_in_words(sheet: Sheet):
    """The round of some rows is written in words."""
    return sheet.put("round_id", (10, 11), "first quarter"), (10, 11)


@skip("USM-P05", "n_robbery", base="victims")
def number_without_a_robbery(sheet: Sheet):
    """People who were not robbed say how often."""
    rows = sheet.rows_where("v_robbery", 2)[:3]
    return sheet.put("n_robbery", rows, 2), rows


@skip("USM-P05", "hh_vehtheft", base="durban")
def theft_of_no_vehicle(sheet: Sheet):
    """A household without a vehicle had it stolen."""
    rows = sheet.rows_where("hh_vehicle", 2)[:2]
    return sheet.put("hh_vehtheft", rows, 1), rows


@skip("USM-P06", "harass_sx_3y")
def private_answer(sheet: Sheet):
    """A private question was answered although it had to be skipped."""
    rows = sheet.rows_where("private_sensitive", 2)[:3]
    return sheet.put("harass_sx_3y", rows, 1), rows


@skip("USM-P07", "rep_robbery", base="victims")
def follow_up_left_out(sheet: Sheet):
    """Victims were not asked whether they reported."""
    rows = sheet.rows_where("v_robbery", 1)[:2]
    return sheet.put("rep_robbery", rows, None), rows
