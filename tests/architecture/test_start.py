"""Checking a file starts without libraries that it does not use and that take long to import."""

import subprocess
import sys

LATE = {"altair", "scipy.optimize", "scipy.stats", "streamlit"}


def test_a_check_imports_no_library_for_nothing() -> None:
    program = (
        "import sys, urban_safety_monitor.cli, urban_safety_monitor.workflow.attempts\n"
        "print(*sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    imported = set(said.stdout.decode().split())
    assert "pandas" in imported
    assert not LATE & imported
