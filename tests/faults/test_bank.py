"""Every planted fault is found in the first pass, where it lies; clean files raise no question."""

import pytest

from tests.faults.clean_files import CLEAN
from tests.faults.everything import FAULTS, cases, false_alarms, outcomes
from tests.faults.sheets import FORMATS

pytestmark = pytest.mark.bank

FOUND_AND_LOCATED = 0.95
FALSE_ALARMS = 0.02
# Faults whose outcome is not yet right, by name and format; each is a promise to mend it.
KNOWN_TO_FAIL: dict[tuple[str, str], str] = {}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found_where_it_lies_and_brings_no_other(name: str) -> None:
    wrong = {form: result for form, result in outcomes(name).items() if not result.right}
    assert set(wrong) == {form for fault, form in KNOWN_TO_FAIL if fault == name}, wrong


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
