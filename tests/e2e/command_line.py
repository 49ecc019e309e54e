"""`usm` as its user runs it: a process of its own, with an exit code and two streams.

The processes are forked from one that has the program's modules loaded already: what they do is
what a new interpreter does, without a second of imports at every call.
"""

import multiprocessing
import os
import runpy
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

PROGRAM = "urban_safety_monitor"
# A wide terminal without colours, so that words stay whole.
ENVIRONMENT = {**os.environ, "COLUMNS": "250", "NO_COLOR": "1"}
ENVIRONMENT.pop("USM_DATA", None)

warm = multiprocessing.get_context("forkserver")
warm.set_forkserver_preload([f"{PROGRAM}.cli", f"{PROGRAM}.workflow"])


class Done(NamedTuple):
    """How a call ended; a traceback never reaches a user, whatever went wrong."""

    code: int
    out: str
    err: str


def usm(*words: object) -> Done:
    """Run the program with these words, in one thread only.

    Whoever starts a process also asks after those that others wait for, and of the two only one
    is told how it ended.
    """
    with TemporaryDirectory() as folder:
        streams = Path(folder, "out"), Path(folder, "err")
        process = warm.Process(target=run_program, args=([*map(str, words)], *streams))
        process.start()
        process.join()
        out, err = (stream.read_text() for stream in streams)
    assert "Traceback" not in err, err
    return Done(process.exitcode, out, err)


def run_program(words: list[str], out: Path, err: Path) -> None:
    """What `python -m urban_safety_monitor` does, in the process this is called in."""
    for stream, path in ((1, out), (2, err)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), stream)
    os.environ.clear()
    os.environ.update(ENVIRONMENT)
    sys.argv[1:] = words
    runpy.run_module(PROGRAM, run_name="__main__", alter_sys=True)
