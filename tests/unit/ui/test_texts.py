"""Every text of the app is there in Spanish, with the same values to put in."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from urban_safety_monitor import ui
from urban_safety_monitor.report.wording import translator

UI = Path(ui.__file__).parent


def said_in_templates() -> Iterator[str]:
    for template in sorted(UI.glob("templates/*.html")):
        yield from re.findall(r'\bsay\(\s*"([^"]+)"', template.read_text(encoding="utf-8"))


def said_in_modules() -> Iterator[str]:
    for module in sorted(UI.rglob("*.py")):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            said = isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "say"
            if said and isinstance(node.args[0], ast.Constant):
                yield node.args[0].value


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


TEXTS = sorted({*said_in_templates(), *said_in_modules()})


def test_there_are_texts() -> None:
    assert "What stands out" in TEXTS and "Check a file" in TEXTS


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_there_in_spanish(text: str) -> None:
    spanish = translator("es").gettext(text)
    same_in_both = {"Similar"}
    assert spanish != text or text in same_in_both
    assert placeholders(spanish) == placeholders(text)
