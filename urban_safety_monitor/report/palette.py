"""Every colour of the product, for light and for dark ground: pages, pictures, print and sheets.

Text keeps a contrast of 4.5 to the grounds it stands on, and marks keep 3, on both grounds.
Pictures and print are drawn with the light colours, as they are kept, sent on and printed.
"""

import re
from typing import NamedTuple


class Shade(NamedTuple):
    """A colour on light and on dark ground."""

    light: str
    dark: str


TOKENS = {
    # Grounds, lightest first.
    "paper": Shade("#FFFFFF", "#14191F"),
    "surface": Shade("#F5F7FA", "#1E252D"),
    # Texts and lines.
    "ink": Shade("#1F2933", "#E7ECF1"),
    "ink-2": Shade("#52606D", "#AAB5C0"),
    "rule": Shade("#CBD2D9", "#3C4752"),
    "on-better": Shade("#FFFFFF", "#14191F"),
    # Statuses, as words, symbols and marks; `better` is also the colour of links.
    "better": Shade("#0B5FA5", "#74B6F2"),
    "worse": Shade("#C2410C", "#F68F5F"),
    "similar": Shade("#6B7785", "#95A1AE"),
    "higher": Shade("#5B3A8E", "#BDA3EA"),
    "lower": Shade("#9B7DCD", "#8A70BD"),
    "caution": Shade("#8A5A00", "#E0B04A"),
    # What a mark stands on: the span of all cities, and the middle half of them.
    "range": Shade("#E4E8EC", "#2C353F"),
    "middle": Shade("#C3CBD3", "#4A5662"),
    # Tints behind texts and symbols.
    "tint-better": Shade("#CFE3F5", "#16395A"),
    "tint-similar": Shade("#EDEFF2", "#2A323B"),
    "tint-worse": Shade("#FBDCCB", "#562B16"),
    "tint-higher": Shade("#E4DBF0", "#3B2C57"),
    "tint-lower": Shade("#F3EEF8", "#272139"),
    "notice": Shade("#FFF4D6", "#3A3012"),
    "notice-rule": Shade("#E3C566", "#8A7433"),
    "accepted": Shade("#E6F2EC", "#17352A"),
    "refused": Shade("#FDE8E1", "#48241C"),
    "told": Shade("#E3EEF9", "#16395A"),
    # Classes of a map, from low to high: ever further from the paper.
    "class-1": Shade("#D3DEED", "#1B3A5C"),
    "class-2": Shade("#A6B7D1", "#365578"),
    "class-3": Shade("#7A90B5", "#5076A1"),
    "class-4": Shade("#4C6C9A", "#7399C4"),
    "class-5": Shade("#0A4A80", "#9FC3E6"),
}

LIGHT = {name: shade.light for name, shade in TOKENS.items()}

ATTRIBUTE = re.compile('(?<==")#' + "([0-9A-Fa-f]{2})" * 3 + '(?=")')
BRIGHTNESS = (0.2126, 0.7152, 0.0722)
"""How much red, green and blue add to it (ITU-R BT.709)."""

MAP_CLASSES = tuple(name for name in TOKENS if name.startswith("class-"))
"""From low to high; steps of lightness that grey print keeps apart."""


def custom_properties() -> str:
    """The tokens for style sheets; each follows the `color-scheme` of where it is used."""
    lines = [f"--{name}: light-dark({light}, {dark});" for name, (light, dark) in TOKENS.items()]
    return f":root {{ color-scheme: light dark; {' '.join(lines)} }}"


def without_colour(svg: str) -> str:
    """A picture whose colours are greys, each as light to the eye as the colour it stands for."""
    return ATTRIBUTE.sub(_grey, svg)


def _grey(colour: re.Match[str]) -> str:
    level = round(sum(w * int(c, 16) for w, c in zip(BRIGHTNESS, colour.groups(), strict=True)))
    return "#" + f"{level:02x}" * 3
