"""Personal details in columns that nobody declared and whose names do not tell.

Every rule here asks for a pattern of the whole column, because one cell proves nothing: names
that begin with common given names, long texts in many different words, phone numbers spread over
all their digits, pairs of coordinates that lie in one region.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pandas as pd

from urban_safety_monitor.intake.spelling import folded

GIVEN_NAMES = (
    "maria jose juan guadalupe francisco antonio jesus miguel pedro alejandro manuel luis carlos "
    "ana rosa martha margarita juana veronica leticia fernando jorge ricardo eduardo roberto "
    "patricia elizabeth gabriela alejandra daniel sofia fernanda diego javier raul sergio arturo "
    "thandi sipho nomsa thabo nosipho bongani zanele themba lindiwe sibusiso nomvula mandla "
    "lerato tshepo precious busisiwe nkosinathi ayanda mpho john james peter mary susan michael "
    "david sarah johannes pieter willem elsie anna priya fatima mohammed yusuf ahmed"
)
GIVEN = frozenset(GIVEN_NAMES.split())
OF_PLACES = frozenset({"san", "santa", "santo", "calle", "avenida", "colonia", "col", "villa"})
NAME = re.compile(r"[^\W\d_][\w'’.-]*(?: [\w'’.-]+){1,5}")
NAMED_SHARE, FEWEST = 0.3, 3
WORD = re.compile(r"[^\W\d_]{2,}")
LONG_WORDS, LONG_TEXT = 5, 20
FEWEST_TEXTS, DIFFERENT, VOCABULARY = 5, 0.5, 25
PHONE = re.compile(r"(?:52|27|\+52|\+27)?0?[1-9]\d{8,9}")
PHONE_SHARE, ALL_DIFFERENT, SPREAD = 0.5, 0.9, 1.5e6
"""Standard deviation of the last seven digits; numbers drawn evenly have 2.9 million."""
DEGREES = re.compile(r"-?\d{1,3}\.\d{4,}")
REGIONS = (((14, 33), (-119, -86)), ((-35, -22), (16, 33)))
"""Latitudes and longitudes of Mexico and of South Africa."""


def untold_details(frame: pd.DataFrame) -> Iterator[tuple[str, str, pd.Index]]:
    """Kind, column and rows of what looks personal in columns nobody declared."""
    degrees: dict[str, tuple[float, pd.Index]] = {}
    for name in frame.columns:
        cells = frame[name].dropna()
        if cells.empty:
            continue
        for kind, rows in (
            ("name", _names(cells)), ("text", _stories(cells)), ("phone", _phones(cells)),
        ):  # fmt: skip
            if len(rows):
                yield kind, str(name), rows
        if cells.str.fullmatch(DEGREES).all():
            numbers = cells.astype(float)
            degrees[str(name)] = float(numbers.median()), cells.index
    yield from _points(degrees)


def _names(cells: pd.Series) -> pd.Index:
    """Cells of a column in which many hold a common given name and none is one word."""
    distinct = cells.unique()
    names = [text for text in distinct if NAME.fullmatch(text)]
    named = cells.isin([name for name in names if is_a_name(name)])
    enough = named.sum() >= FEWEST and named.mean() >= NAMED_SHARE
    return cells.index[cells.isin(names)] if enough else cells.index[:0]


def is_a_name(text: str) -> bool:
    """Whether it begins with a given name, or holds one in capitals, as a payroll does.

    Elsewhere than in front, a given name may belong to a place, such as SAN JUAN.
    """
    if not NAME.fullmatch(text):
        return False
    words = folded(text).split()
    later = any(word in GIVEN and before not in OF_PLACES for before, word in pairwise(words))
    return words[0] in GIVEN or (text.isupper() and later)


def _stories(cells: pd.Series) -> pd.Index:
    """Long texts, most of them different and rich in words, which no list of answers is."""
    long = cells[cells.str.len() >= LONG_TEXT]
    distinct = [text for text in long.unique() if _is_a_sentence(WORD.findall(text))]
    if len(distinct) < FEWEST_TEXTS:
        return cells.index[:0]
    stories = long[long.isin(distinct)]
    words = {word.casefold() for text in distinct for word in WORD.findall(text)}
    enough = len(distinct) >= DIFFERENT * len(stories) and len(words) >= VOCABULARY
    return stories.index if enough else cells.index[:0]


def _is_a_sentence(words: list[str]) -> bool:
    """Several words, not most of them with a capital as in the name of an institution."""
    titled = sum(word.istitle() for word in words)
    return len(words) >= LONG_WORDS and 2 * titled <= len(words)


def _phones(cells: pd.Series) -> pd.Index:
    """Plain numbers of a phone's length, nearly all different and spread over all digits."""
    alike = cells.str.fullmatch(PHONE)
    phones = cells[alike]
    if len(phones) < FEWEST or alike.mean() < PHONE_SHARE:
        return cells.index[:0]
    ends = phones.str[-7:].astype(float)
    told = phones.nunique() >= ALL_DIFFERENT * len(phones) and ends.std() >= SPREAD
    return phones.index if told else cells.index[:0]


def _points(degrees: dict[str, tuple[float, pd.Index]]) -> Iterator[tuple[str, str, pd.Index]]:
    """Two columns of degrees whose middles are a place in one of the regions."""
    found = set()
    for latitudes, longitudes in REGIONS:
        north = [name for name, (middle, _) in degrees.items() if _within(middle, latitudes)]
        east = [name for name, (middle, _) in degrees.items() if _within(middle, longitudes)]
        if north and east and len({*north, *east}) > 1:
            found |= {*north, *east}
    for name in sorted(found):
        yield "gps", name, degrees[name][1]


def _within(value: float, bounds: tuple[int, int]) -> bool:
    return bool(np.clip(value, *bounds) == value)
