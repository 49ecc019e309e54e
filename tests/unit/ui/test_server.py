"""Copies of files that are being checked are gone when the app ends, however it ended before."""

import tempfile
from pathlib import Path

from urban_safety_monitor.ui.server import own_scratch


def test_what_a_killed_server_left_is_gone_and_so_is_what_this_one_made(tmp_path: Path) -> None:
    folder, usual = tmp_path / "scratch" / "8501", tempfile.gettempdir()
    left = folder / "usm-check-left" / "answers.csv"
    left.parent.mkdir(parents=True)
    left.write_text("answers")
    with own_scratch(folder):
        assert not left.parent.exists()
        made = Path(tempfile.mkdtemp())
        assert made.parent == folder and folder.stat().st_mode & 0o077 == 0
    assert not folder.exists() and tempfile.gettempdir() == usual


def test_a_folder_that_cannot_be_written_to_is_no_hindrance(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    usual = tempfile.gettempdir()
    with own_scratch(tmp_path / "file" / "8501"):
        assert tempfile.gettempdir() == usual
