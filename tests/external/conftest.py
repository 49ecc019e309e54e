"""Real surveys and peers' results that lie beside the checkout, never inside it."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data; tests that read it are skipped where it is not there."""
    folder = Path(os.environ.get("USM_SHARED") or Path(__file__).parents[3] / "shared")
    if not (folder / "realdata").is_dir():
        pytest.skip(f"real survey files are not here: {folder} (set USM_SHARED to their folder)")
    return folder
