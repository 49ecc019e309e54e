"""The layers that pyproject.toml declares hold."""

from pathlib import Path

import pytest
from importlinter.cli import lint_imports


def test_layers_hold(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.chdir(root)
    broken = lint_imports(config_filename="pyproject.toml", no_cache=True)
    assert not broken, capsys.readouterr().out
