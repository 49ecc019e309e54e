"""What pages show is the same whichever process makes it, and none of these outlives the server."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from multiprocessing import active_children
from pathlib import Path

import pytest

from tests.unit.report import factory
from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.errors import DataError
from urban_safety_monitor.store import Part, RunStore
from urban_safety_monitor.tables.run import Results
from urban_safety_monitor.ui import making
from urban_safety_monitor.ui.making import KeptPart, city, made, order, processes_beside, spreads

ASKED = {
    "area": factory.CITY,
    "period": factory.PERIOD,
    "language": "es",
    "benchmark": "peers",
}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> KeptPart:
    folder, results = tmp_path_factory.mktemp("data"), factory.make_results()
    RunStore(folder).keep(results, datetime(2026, 1, 1, tzinfo=UTC))
    return KeptPart(folder, results.provenance.run_id, Part())


def test_another_process_makes_the_same_and_says_what_is_wrong(run: KeptPart) -> None:
    of_country = {"country": "xx", "period": factory.PERIOD}
    known = made(spreads, run, of_country)
    profile = partial(city, spreads=known)
    scored = {**of_country, "component": "overall", "language": "en"}
    here = [made(profile, run, ASKED), made(order, run, scored)]
    with processes_beside(1, run.folder):
        (process,) = active_children()
        assert [made(profile, run, ASKED), made(order, run, scored)] == here
        with pytest.raises(DataError, match="nowhere"):
            made(profile, run, {**ASKED, "area": "nowhere"})
        process.kill()
        process.join()
        assert made(profile, run, ASKED) == here[0]
    assert not active_children()


def wait_for(results: Results, catalogue: Catalogue, *, path: Path) -> int:
    """The process that does this, once there is a file."""
    until = time.monotonic() + 60
    while not path.exists() and time.monotonic() < until:
        time.sleep(0.01)
    return os.getpid()


def test_a_process_with_nothing_to_do_takes_over_from_one_that_is_busy(
    run: KeptPart, tmp_path: Path
) -> None:
    (tmp_path / "there").touch()
    later, at_once = ({"path": tmp_path / name} for name in ("later", "there"))
    with processes_beside(2, run.folder), ThreadPoolExecutor() as readers:
        at_home = made(wait_for, run, at_once)
        assert made(wait_for, run, at_once) == at_home
        busy = readers.submit(made, wait_for, run, later)
        while not any(process.owed for process in making._beside):
            time.sleep(0.01)
        assert made(wait_for, run, at_once) != at_home
        assert not busy.done()
        (tmp_path / "later").touch()
        assert busy.result() == at_home


SERVER = """
from multiprocessing import active_children
from pathlib import Path
from time import sleep
from urban_safety_monitor.ui.making import processes_beside
if __name__ == "__main__":
    with processes_beside(1, Path(__file__).parent):
        print(active_children()[0].pid, flush=True)
        sleep(600)
"""


def test_processes_end_with_a_server_that_is_killed(tmp_path: Path) -> None:
    program = tmp_path / "server.py"
    program.write_text(SERVER)
    server = subprocess.Popen([sys.executable, program], stdout=subprocess.PIPE, text=True)
    process = int(server.stdout.readline())
    server.kill()
    server.wait()
    until = time.monotonic() + 60
    while is_running(process):
        assert time.monotonic() < until
        time.sleep(0.1)


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
