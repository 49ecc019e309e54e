"""Personal details under names that do not tell; lists of answers and codes are left alone."""

import pandas as pd
import pytest

from urban_safety_monitor.intake.source import TEXT
from urban_safety_monitor.intake.untold import untold_details

MANY = range(60)
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def kinds(**columns):
    frame = pd.DataFrame({name: pd.Series(cells, dtype=TEXT) for name, cells in columns.items()})
    return [(kind, name, len(rows)) for kind, name, rows in untold_details(frame)]


def words(n):
    return LETTERS[n % 26] * 3 + LETTERS[n // 26] * 2


def test_names_of_people_are_told_by_given_names():
    cells = ["María López", "Thandi Nkosi", "Xolelwa Mthethwa", "José Ruiz Peña"]
    assert kinds(x=cells) == [("name", "x", 4)]


def test_long_texts_in_many_words_are_told():
    cells = [f"{words(n)} went home past the {words(n + 7)} corner {words(n + 13)}" for n in MANY]
    assert kinds(x=cells) == [("text", "x", 60)]


def test_numbers_spread_over_all_digits_are_phones():
    assert kinds(x=[f"33{n * 7919317 % 10**8:08}" for n in range(1, 60)]) == [("phone", "x", 59)]


@pytest.mark.parametrize(
    "cells",
    [
        [f"14039001{n:02}" for n in MANY],
        ["Works in other services of transport and trade", "Keeps house without being paid"] * 9,
        ["home street park market transport"[n % 5 :] for n in MANY],
        ["John Muir Elementary", *[f"School {words(n)}" for n in MANY]],
        ["Guadalajara", "Tonalá", "San Pedro Tlaquepaque"] * 5,
        [f"0.{10000 + n}" for n in MANY],
    ],
)
def test_codes_lists_and_places_are_no_personal_details(cells):
    assert kinds(x=cells) == []


def test_points_need_two_columns_in_one_region():
    north, east = [f"-29.85{n}61" for n in range(10, 40)], [f"31.02{n}84" for n in range(10, 40)]
    assert {name for _, name, _ in kinds(a=north, b=east)} == {"a", "b"}
    assert kinds(a=north) == []
