"""Every command says what it does and gives an example; both names are the same program."""

import shutil
import subprocess

import pytest

from tests.e2e.command_line import ENVIRONMENT, Done, usm

pytestmark = pytest.mark.e2e

COMMANDS = [
    "demo",
    "template",
    "match",
    "check",
    "estimate",
    "totals",
    "weights",
    "run",
    "profile",
    "compare",
    "scorecard",
    "export",
    "score",
    "indicators",
    "app",
]


@pytest.fixture(scope="module")
def helps() -> dict[str, Done]:
    return {command: usm(command, "--help") for command in COMMANDS}


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example_of_the_command(command: str, helps: dict[str, Done]) -> None:
    assert helps[command].code == 0
    assert f"Example: usm {command}" in helps[command].out


def test_the_program_lists_exactly_these_commands() -> None:
    done = usm("--help")
    listed = done.out.split("Commands")[1].splitlines()
    names = [line.split()[1] for line in listed if line.startswith("│") and line[2] != " "]
    assert (done.code, names) == (0, COMMANDS)


def test_a_wrong_option_is_a_usage_error() -> None:
    done = usm("indicators", "--fromat", "json")
    assert done.code == 2
    assert "--format" in done.err


def test_the_installed_command_is_the_same_program() -> None:
    program = shutil.which("usm")
    if program is None:
        pytest.skip("usm is not installed here: pip install --editable .")
    call = [program, "indicators", "--format", "csv"]
    done = subprocess.run(call, env=ENVIRONMENT, capture_output=True, text=True, check=True)
    assert done.stdout == usm(*call[1:]).out
