"""The guide to the command line shows commands, options and outputs that are there."""

import re
import shlex
from pathlib import Path

import pytest
import typer

from tests.e2e.command_line import usm
from urban_safety_monitor.cli import app

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "guides" / "command-line.md").read_text(encoding="utf-8")
CALLS = [shlex.split(line) for line in re.findall(r"^(?:\$ )?usm (\w+ .*)$", GUIDE, re.MULTILINE)]
COMMANDS = typer.main.get_command(app).commands


def shown(call: str) -> list[str]:
    """The lines the guide shows of a call's output, without what is shortened."""
    output = GUIDE.split(f"$ usm {call}\n")[1].split("```")[0]
    return [line for line in output.splitlines() if line and "…" not in line]


def test_every_command_has_its_section() -> None:
    assert set(re.findall(r"^## (\w+)$", GUIDE, re.MULTILINE)) == set(COMMANDS)


@pytest.mark.parametrize("call", CALLS, ids=" ".join)
def test_every_call_names_a_command_and_options_that_exist(call: list[str]) -> None:
    name, *words = call
    options = {
        option for one in COMMANDS[name].params for option in (*one.opts, *one.secondary_opts)
    }
    assert [word for word in words if word.startswith("--") and word not in options] == []


@pytest.mark.parametrize(
    "call",
    [
        "check sample_data/practice/example_ten_faults.csv --recipe usm-questionnaire",
        "profile Guadalajara",
    ],
)
def test_outputs_are_as_shown(
    call: str, demonstration_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    more = ["--data", demonstration_data] if call.startswith("profile") else []
    printed = usm(*shlex.split(call), *more).out.splitlines()
    assert len(shown(call)) > 5
    assert [line for line in shown(call) if line not in printed] == []
