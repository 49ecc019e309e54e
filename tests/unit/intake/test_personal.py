"""Personal details are found whatever the column is called, and codes are left alone."""

from pathlib import Path

import pandas as pd
import pytest

from urban_safety_monitor.intake.personal import personal_details
from urban_safety_monitor.intake.source import TEXT, SourceTable


def table(**columns):
    frame = pd.DataFrame({name: pd.Series(cells, dtype=TEXT) for name, cells in columns.items()})
    frame.index = range(2, 2 + len(frame))
    return SourceTable(frame, "t.csv", Path("t.csv"), "CSV", tuple(columns))


def kinds(found):
    return [(p.params["kind"].en, p.place.columns[0].name, p.place.rows) for p in found]


@pytest.mark.parametrize(
    ("name", "cells", "kind"),
    [
        ("remark", ["none", "ask ana@example.org"], "e-mail addresses"),
        ("q7", ["x", "LOOA531113HTCPBN07"], "CURP numbers"),
        ("q8", ["x", "GODE561231GR8"], "RFC numbers"),
        ("contact", ["x", "+52 33 1234 5678"], "phone numbers"),
        ("contact", ["x", "(33) 1234-5678"], "phone numbers"),
        ("where", ["x", "20.67361, -103.34402"], "coordinates"),
    ],
)
def test_one_cell_is_enough_for_telling_formats(name, cells, kind):
    found = list(personal_details(table(**{name: cells})))
    assert kinds(found) == [(kind, name, ((3, 3),))]


def test_south_african_identity_numbers_are_told_by_their_check_digit():
    right, wrong = "8001015009087", "8001015009088"
    found = personal_details(table(ref=[right, right]))
    assert kinds(found) == [("identity numbers", "ref", ((2, 3),))]
    assert list(personal_details(table(ref=[wrong, wrong]))) == []


@pytest.mark.parametrize(
    ("name", "cell", "kind"),
    [
        ("Teléfono", "3312345678", "phone numbers"),
        ("resp_phone", "0831234567", "phone numbers"),
        ("GPS_latitude", "20.67361", "coordinates"),
        ("apellidos", "García", "names of people"),
        ("first_name", "Thandi", "names of people"),
        ("home address", "12 Main Road", "addresses"),
    ],
)
def test_names_of_columns_are_understood(name, cell, kind):
    assert [k for k, _, _ in kinds(personal_details(table(**{name: [cell]})))] == [kind]


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("TEL", ["-", "-"]),
        ("ID_PER", ["2103125.01.01.01", "0206374.01.01.02"]),
        ("cds", ["15739081534155", "19642126066716"]),
        ("weight_person", ["1034.56789012", "99.1234"]),
        ("interview_date", ["2026-04-03", "03/04/2026"]),
        ("NOM_MUN", ["Guadalajara", "Tonalá"]),
        ("telephone_at_home", ["1", "2"]),
        ("emotions", ["sad", "glad"]),
        ("mail_received", ["1", "2"]),
        ("direccion_viento", ["norte", "sur"]),
        ("weight", ["3312345678"]),
    ],
)
def test_codes_weights_dates_and_places_are_not_personal(name, cells):
    assert list(personal_details(table(**{name: cells}))) == []


def test_a_cleared_column_is_left_alone():
    given = table(remark=["ana@example.org"])
    assert list(personal_details(given, cleared=("remark",))) == []
