"""The README tells no lies: its commands and options exist, its links lead somewhere."""

import re
import shlex
from pathlib import Path

import pytest
import typer

from urban_safety_monitor.cli import app

README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")
CODE = "\n".join(re.findall(r"^```sh\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL))
COMMANDS = [shlex.split(line, comments=True) for line in CODE.splitlines() if line.strip()]


def commands(program: str) -> list[list[str]]:
    return [words for words in COMMANDS if words[:1] == [program]]


def test_every_make_target_exists(root: Path) -> None:
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, flags=re.MULTILINE))
    named = {target for words in commands("make") for target in words[1:]}
    assert named >= {"demo", "test"}
    assert named - targets == set()


@pytest.mark.parametrize("words", commands("usm"), ids=" ".join)
def test_every_usm_command_and_option_exists(words: list[str]) -> None:
    command = typer.main.get_command(app).commands[words[1]]
    known = {option for one in command.params for option in (*one.opts, *one.secondary_opts)}
    assert [word for word in words if word.startswith("--") and word not in known] == []


def test_every_link_within_the_project_leads_somewhere(root: Path) -> None:
    documents = [root / "README.md", root / "CONTRIBUTING.md", *sorted(root.glob("docs/**/*.md"))]
    links = [
        (document, target)
        for document in documents
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text("utf-8"))
    ]
    assert links
    broken = [(str(d.relative_to(root)), t) for d, t in links if not (d.parent / t).exists()]
    assert broken == []
