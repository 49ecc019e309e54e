"""Colours can be read on both grounds, and stand in one place."""

import re
import tomllib
from itertools import pairwise, product
from pathlib import Path

import pytest

from urban_safety_monitor.catalogue.load import PACKAGE, shipped
from urban_safety_monitor.report.palette import MAP_CLASSES, TOKENS, without_colour

GROUNDS = ("paper", "surface")
TINTS = [name for name in TOKENS if name.startswith("tint-")]
MESSAGES = ["notice", "accepted", "refused", "told"]
TEXTS = [
    *product(["ink", "ink-2", "better", "higher", "caution"], GROUNDS),
    *product(["ink", "ink-2"], MESSAGES),
    *product(["ink"], TINTS),
    ("worse", "paper"),
    ("worse", "surface"),
    ("similar", "paper"),
    ("on-better", "better"),
]
MARKS = [
    *product(["better", "worse", "similar", "higher", "lower", "caution"], GROUNDS),
    *product(["ink", "ink-2"], ["range", "middle"]),
]
COLOUR = re.compile(r"#[0-9A-Fa-f]{6}\b")


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def too_faint(pairs: list[tuple[str, str]], least: float, ground: str) -> dict[str, float]:
    found = {
        f"{one} on {other}": contrast(getattr(TOKENS[one], ground), getattr(TOKENS[other], ground))
        for one, other in pairs
    }
    return {pair: value for pair, value in found.items() if value < least}


def test_contrast_is_measured_as_the_standard_does() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("ground", ["light", "dark"])
def test_texts_and_marks_stand_out_from_their_grounds(ground: str) -> None:
    assert too_faint(TEXTS, 4.5, ground) == {}
    assert too_faint(MARKS, 3.0, ground) == {}


def test_colours_stand_in_the_palette_alone() -> None:
    sources = [p for p in PACKAGE.rglob("*") if p.suffix in {".py", ".css", ".typ", ".html"}]
    assert len(sources) > 100
    elsewhere = [str(p.name) for p in sources if COLOUR.search(p.read_text(encoding="utf-8"))]
    assert elsewhere == ["palette.py"]


@pytest.mark.parametrize("ground", ["light", "dark"])
def test_streamlit_is_set_to_the_palette(ground: str) -> None:
    settings = Path(shipped(".streamlit")) / "config.toml"
    theme = tomllib.loads(settings.read_text(encoding="utf-8"))["theme"][ground]
    ours = {name: getattr(shade, ground) for name, shade in TOKENS.items()}
    assert set(theme.values()) <= set(ours.values())
    assert theme["backgroundColor"] == ours["paper"]
    assert theme["textColor"] == ours["ink"]
    assert theme["primaryColor"] == theme["linkColor"] == ours["better"]


def test_greys_are_as_light_as_their_colours_and_words_stay() -> None:
    svg = '<g fill="#ff0000" stroke="#00FF00"><text>#00FF00 or not</text></g>'
    grey = without_colour(svg)
    assert grey == '<g fill="#363636" stroke="#b6b6b6"><text>#00FF00 or not</text></g>'


@pytest.mark.parametrize("ground", ["light", "dark"])
def test_classes_of_a_map_can_be_told_apart_in_grey(ground: str) -> None:
    colours = [getattr(TOKENS[name], ground) for name in ("paper", *MAP_CLASSES)]
    paper, *classes = [int(without_colour(f'="{c}"')[3:5], 16) for c in colours]
    from_paper = [abs(grey - paper) for grey in (paper, *classes)]
    assert all(high - low >= 25 for low, high in pairwise(from_paper))
