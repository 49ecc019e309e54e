"""`usm` as its user runs it: a program of its own, with an exit code and two streams."""

import os
import subprocess
import sys
from typing import NamedTuple

# A wide terminal without colours, so that words stay whole.
ENVIRONMENT = {**os.environ, "COLUMNS": "250", "NO_COLOR": "1"}
ENVIRONMENT.pop("USM_DATA", None)


class Done(NamedTuple):
    """How a call ended; a traceback never reaches a user, whatever went wrong."""

    code: int
    out: str
    err: str


def usm(*words: object) -> Done:
    call = [sys.executable, "-m", "urban_safety_monitor", *map(str, words)]
    done = subprocess.run(call, env=ENVIRONMENT, capture_output=True, text=True)
    assert "Traceback" not in done.stderr, done.stderr
    return Done(done.returncode, done.stdout, done.stderr)
