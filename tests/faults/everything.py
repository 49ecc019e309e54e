"""The whole bank: every fault in every format, every clean file, each judged once."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.faults import answers, design, exports, hurried, layout, personal, records
from tests.faults.bank import Fault, Outcome, checked_file, outcomes_in
from tests.faults.clean_files import CLEAN

FAULTS = {
    fault.name: fault
    for module in (layout, answers, design, personal, exports, records, hurried)
    for fault in module.FAULTS
}


@cache
def outcomes(name: str) -> dict[str, Outcome]:
    """What became of a fault in each format it can exist in."""
    with TemporaryDirectory(prefix="usm-faults-") as folder:
        return outcomes_in(FAULTS[name], Path(folder))


@cache
def false_alarms(name: str) -> tuple[str, ...]:
    """Codes of what a clean file is asked to fix or to confirm."""
    make, recipe = CLEAN[name]
    with TemporaryDirectory(prefix="usm-faults-") as folder:
        problems = checked_file(make(Path(folder)), recipe).problems
    return tuple(problem.code for problem in problems if problem.level != "note")


def cases() -> list[tuple[Fault, str, Outcome]]:
    """Every fault in every format with its outcome."""
    return [
        (fault, form, result)
        for name, fault in FAULTS.items()
        for form, result in outcomes(name).items()
    ]
