"""The demonstration, run once for all tests that show or read its results."""

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def demonstration_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that holds one run: the demonstration's."""
    folder = tmp_path_factory.mktemp("demonstration")
    data, scorecards = folder / "data", folder / "scorecards"
    call = [sys.executable, "-m", "urban_safety_monitor", "demo", "--no-serve"]
    call += ["--data", str(data), "--output", str(scorecards)]
    done = subprocess.run(call, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return data
