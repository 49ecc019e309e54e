"""Every planted fault is found in the first pass, where it lies; clean files raise no question."""

from pathlib import Path

import pytest

from tests.faults.bank import clean_sheet
from tests.faults.clean_files import CLEAN
from tests.faults.everything import FAULTS, cases, false_alarms, outcomes
from tests.faults.sheets import FORMATS, SAV, write
from urban_safety_monitor.intake import read_file

pytestmark = pytest.mark.bank

FOUND_AND_LOCATED = 0.95
FALSE_ALARMS = 0.02
# Faults whose outcome is not yet right, by name and format; each is a promise to mend it.
KNOWN_TO_FAIL: dict[tuple[str, str], str] = {}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found_where_it_lies_and_brings_no_other(name: str) -> None:
    wrong = {form: result for form, result in outcomes(name).items() if not result.right}
    assert set(wrong) == {form for fault, form in KNOWN_TO_FAIL if fault == name}, wrong


@pytest.mark.parametrize("base", sorted({fault.base for fault in FAULTS.values()}))
def test_the_same_cells_are_read_alike_from_every_form(base: str, tmp_path: Path) -> None:
    sheet = clean_sheet(base)
    forms = [form for form in FORMATS if base != "months" or form != SAV]  # names with blanks
    tables = [read_file(write(sheet, form, tmp_path / f"a.{form}")).spelled_out() for form in forms]
    cells = [table.frame.fillna("").to_numpy().tolist() for table in tables]
    assert all(table.header == tables[0].header for table in tables)
    assert all(other == cells[0] for other in cells)


@pytest.mark.parametrize("name", CLEAN)
def test_a_clean_file_raises_no_question(name: str) -> None:
    assert false_alarms(name) == ()


def test_enough_faults_are_found_and_rightly_located() -> None:
    located = [result.found and result.located for _, _, result in cases()]
    assert sum(located) >= FOUND_AND_LOCATED * len(located)


def test_clean_files_raise_hardly_any_false_alarm() -> None:
    alarmed = [bool(false_alarms(name)) for name in CLEAN]
    assert sum(alarmed) <= FALSE_ALARMS * len(alarmed)


def test_the_bank_is_large_and_every_form_is_tried_or_explained() -> None:
    assert len(FAULTS) >= 60 and len(CLEAN) >= 20
    for fault in FAULTS.values():
        assert set(fault.only) <= set(FORMATS)
        assert bool(fault.why_only) == (len(fault.only) < len(FORMATS))
