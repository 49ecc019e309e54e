"""Columns of text with each distinct text kept once, as pandas' categories.

Columns of a survey hold few distinct answers: a cell takes one byte instead of ten, and work on
texts is done once for each distinct one.
"""

import ctypes
from collections.abc import Iterable
from contextlib import suppress
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from urban_safety_monitor.intake.source import TEXT

STORED = pa.large_string()


class Block(NamedTuple):
    """Part of a column: each cell's text by its number, -1 for an empty cell."""

    numbers: NDArray[np.signedinteger]
    texts: pa.Array


def narrowest(texts: int) -> np.dtype[np.signedinteger]:
    """The smallest numbers that tell this many texts and an empty cell apart."""
    return np.dtype(np.min_scalar_type(-max(texts, 1)))


def block_of(cells: pa.DictionaryArray) -> Block:
    """Part of a column as Arrow keeps it, in as few bytes as the numbers need."""
    numbers = cells.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return Block(numbers.astype(narrowest(len(cells.dictionary))), cells.dictionary)


def column_of(blocks: Iterable[Block]) -> pd.Categorical:
    """A whole column; a text in several blocks is one category, an empty text is missing."""
    parts = list(blocks)
    texts = pa.chunked_array([part.texts.cast(STORED) for part in parts], STORED)
    texts = pc.if_else(pc.equal(texts, ""), None, texts)
    encoded = texts.dictionary_encode().unify_dictionaries().combine_chunks()
    number_of = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    narrow = narrowest(len(encoded.dictionary))
    starts = np.cumsum([0, *(len(part.texts) for part in parts)])
    numbers = [
        np.append(number_of[start : start + len(part.texts)], -1).astype(narrow)[part.numbers]
        for start, part in zip(starts, parts, strict=False)
    ]
    categories = pd.Index(pd.array(encoded.dictionary, dtype=TEXT))
    whole = np.concatenate([*numbers, np.empty(0, narrow)])
    return pd.Categorical.from_codes(whole, categories)


def distinct_texts(cells: pd.Series) -> tuple[NDArray[np.integer], pd.Series]:
    """Where each cell's text is among the distinct texts, -1 where it is missing, and those."""
    if not isinstance(cells.dtype, pd.CategoricalDtype):
        numbers, distinct = pd.factorize(cells)
        return numbers, pd.Series(distinct, dtype=TEXT)
    codes, categories = cells.cat.codes.to_numpy(), cells.cat.categories
    used = np.bincount(codes + np.intp(1), minlength=len(categories) + 1)[1:] > 0
    if used.all():
        return codes, pd.Series(categories, dtype=TEXT)
    renumbered = np.append(np.where(used, np.cumsum(used) - 1, -1), -1)
    return renumbered[codes], pd.Series(categories[used], dtype=TEXT)


def without_blank_rows(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of a frame of such columns in which any cell is filled."""
    filled = np.zeros(len(frame), dtype=bool)
    for name in frame:
        filled |= frame[name].cat.codes.to_numpy() >= 0
    return frame if filled.all() else frame[filled]


def filled_cells(frame: pd.DataFrame) -> NDArray[np.intp]:
    """(n,) how many cells of each row are filled, counted a column at a time."""
    number = np.zeros(len(frame), dtype=np.intp)
    for name in frame:
        number += frame[name].notna().to_numpy()
    return number


def give_back_memory() -> None:
    """Return to the system what many small pieces have left free, as far as the system can."""
    pa.default_memory_pool().release_unused()
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
