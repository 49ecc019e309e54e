"""What a column's own codes are in the questionnaire's, and whether its values fit a question.

A word of the file is taken for an answer where it is that answer's label in English or Spanish,
capitals, accents, signs and grammatical gender aside. A word that is only the beginning of one
label is a suggestion. Nothing is taken for its opposite: "Insegura" does not resemble "Segura".
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from urban_safety_monitor.catalogue.codebook import Variable
from urban_safety_monitor.intake.convert import DECIMAL_COMMA, converted
from urban_safety_monitor.intake.matching_words import folded
from urban_safety_monitor.intake.messages import LANGUAGES
from urban_safety_monitor.intake.source import TEXT

GENDER = re.compile(r"\(\w{1,2}\)|/[oa]s?\b")
ENDING = re.compile(r"(?<=\w{3})[oa](s?)$")
Sayings = frozenset[str]
LabelSayings = Mapping[str, Sayings]

ENOUGH = 3
"""So many labels of a question tell it, though others of its labels occur nowhere."""
READABLE = ("USM-D04",)
"""Failures that are no misfit: a date of either order is a date."""
MOST_CODES = 60
"""A column with more distinct answers is none of codes."""


@dataclass(frozen=True)
class Codes:
    """The file's codes in ours: those that differ, and those that are none of ours.

    `guessed` says that a word stands for a label that only begins like it.
    """

    mapped: Mapping[str, str] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    guessed: bool = False

    @property
    def renumbered(self) -> bool:
        """Whether numbers of the file mean other numbers here."""
        return any(_number(code) for code in self.mapped)


def in_our_codes(found: pd.Series, labels: Mapping[str, str], variable: Variable) -> Codes:
    """The codes of a column in those of a question.

    Args:
        found: how many records have each distinct text, by the text.
        labels: what the file says its codes mean, by code.
        variable: the question.
    """
    if not variable.codes or len(found) > MOST_CODES:
        return Codes()
    ours = labels_said(variable)
    mapped, unknown, guessed = {}, [], False
    for text in map(str, found.index):
        own, says = _plain(text), labels.get(text)
        if says is None and (own in variable.codes or _number(text)):
            continue  # a number without words: whether it fits is seen from the values
        sure, near = _meant(says or text, ours)
        known = says is not None and own in (sure or near)
        code = own if known else _only(sure) or _only(near)
        if code is None:
            unknown.append(text)
            continue
        guessed |= not known and not sure
        if code != own:
            mapped[text] = code
    return Codes(mapped, tuple(unknown), guessed)


def label_share(said: Sequence[Sayings], labels: Sequence[LabelSayings]) -> float:
    """0 to 1: how far the words of a column's codes and a question's labels are the same set.

    Args:
        said: for each code of the column, what its words may be written as.
        labels: for each language, the same of the question's labels, by code.
    """
    if not said or not labels:
        return 0.0
    shares = []
    for of_language in labels:
        ours = frozenset().union(*of_language.values())
        hits = sum(not words.isdisjoint(ours) for words in said)
        enough = len(said) if hits >= ENOUGH else len(of_language)
        shares.append(hits / max(len(said), enough))
    return max(shares)


def labels_said(variable: Variable) -> tuple[LabelSayings, ...]:
    """For each language, what each code's label may be written as; none without codes."""
    if not variable.codes:
        return ()
    return tuple(
        {code: sayings(label.in_language(language)) for code, label in variable.codes.items()}
        for language in LANGUAGES
    )


def sayings(text: str) -> Sayings:
    """A label's words: as they are, without a gender in brackets, without its endings."""
    bare = folded(GENDER.sub("", text))
    neutral = " ".join(ENDING.sub(r"\1", word) for word in bare.split())
    return frozenset(words for words in (folded(text), bare, neutral) if words)


def misfits(found: pd.Series, codes: Codes, variable: Variable) -> float:
    """0 to 1: the share of records whose answer is none of the question's; 0 for an empty column.

    Args:
        found: how many records have each distinct text, by the text.
        codes: what the file's codes are in ours.
        variable: the question.
    """
    if found.empty:
        return 0.0
    return float(found.to_numpy()[_do_not_fit(found, codes, variable)].sum() / found.sum())


def not_ours(found: pd.Series, codes: Codes, variable: Variable) -> dict[str, int]:
    """Answers that are none of the question's codes, with how many records have each.

    None for a question without codes, and for a column with too many answers to be codes.
    """
    known = {*variable.codes, *codes.mapped}
    if variable.kind != "code" or len(found) > MOST_CODES or known.issuperset(found.index):
        return {}
    wrong = found[_do_not_fit(found, codes, variable)]
    return {str(text): int(count) for text, count in wrong.items()}


def _do_not_fit(found: pd.Series, codes: Codes, variable: Variable) -> NDArray[np.bool_]:
    """(n,) which distinct answers the question does not take; one left out fits."""
    ours = [codes.mapped.get(str(text), str(text)) or None for text in found.index]
    texts = pd.Series(ours, dtype=TEXT)
    commas = texts.str.fullmatch(DECIMAL_COMMA).any()
    wrong = pd.Series([str(text) in codes.unknown for text in found.index], dtype=bool)
    for failure in converted(texts, variable, "," if commas else ".").failures:
        wrong |= failure.rows & (failure.code not in READABLE)
    return wrong.to_numpy()


def _meant(words: str, labels: Sequence[LabelSayings]) -> tuple[set[str], set[str]]:
    """Codes whose label says just this, and those whose label begins with it or the reverse."""
    said = sayings(words)
    every = [(code, ours) for of_language in labels for code, ours in of_language.items()]
    sure = {code for code, ours in every if said & ours}
    near = {c for c, ours in every if any(_begins(one, other) for one in said for other in ours)}
    return sure, near - sure


def _begins(one: str, other: str) -> bool:
    """Whether the words of one are the first words of the other."""
    short, long = sorted((one.split(), other.split()), key=len)
    return long[: len(short)] == short


def _only(codes: Iterable[str]) -> str | None:
    """The one code there is, none among several."""
    there = list(codes)
    return there[0] if len(there) == 1 else None


def _plain(text: str) -> str:
    """A code as we write it: 1.0 and 01 are 1."""
    return str(int(float(text))) if _number(text) else text


def _number(text: str) -> bool:
    return bool(re.fullmatch(r"[+-]?\d+(\.0+)?", text))
