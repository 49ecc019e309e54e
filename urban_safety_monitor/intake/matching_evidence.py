"""What speaks for a column being a question: claims that prove it, likeness that suggests it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

import pandas as pd

from urban_safety_monitor.catalogue.codebook import Variable
from urban_safety_monitor.intake.convert import ISO_DATE, SLASH_DATE
from urban_safety_monitor.intake.matching_codes import (
    MOST_CODES,
    Codes,
    Sayings,
    in_our_codes,
    label_share,
    labels_said,
    misfits,
    sayings,
)
from urban_safety_monitor.intake.matching_words import (
    NUMBERED,
    Wording,
    cut_texts,
    last_part,
    squeezed,
)
from urban_safety_monitor.intake.source import TEXT

Reason = Literal["saved", "name", "label", "codes", "values", "left_out", "personal", "added"]
Pair = tuple[str, str]

RANKS = {"name": 5, "spelling": 4, "part": 3, "text": 2, "cut": 1}
"""Kinds of claims: our name, in another spelling, behind a group's name or a number; our
question's words, the first of them."""
BY_NAME = ("name", "spelling", "part")
OURS = 3
"""With so many columns under long names of ours, short ones (mode, age) are ours too."""
CONTRADICTS = 0.3
"""A title with less in common with the question speaks against the name."""
DOUBTFUL, IMPOSSIBLE = 0.1, 0.5
"""Shares of answers that do not fit from which a match is not sure, and not even likely."""
LIKELY = 0.45
"""Below it a likeness is not worth a person's time."""
SPEAKS = 0.3
"""What adds less to a likeness is not named as its reason."""
RARE = 2
"""Words of codes that no more questions than this have tell a question by themselves."""
FEWEST = 10
"""Of fewer distinct values nothing is concluded."""


@dataclass(frozen=True)
class Seen:
    """A column as the file shows it: `counts` has the records of each distinct text."""

    name: str
    title: str
    labels: Mapping[str, str]
    counts: pd.Series

    @cached_property
    def said(self) -> list[Sayings]:
        """For each code, what its words may be written as; none for a column without codes."""
        texts = list(self.labels.values()) or list(map(str, self.counts.index))
        return [sayings(text) for text in texts] if len(texts) <= MOST_CODES else []

    @cached_property
    def looks(self) -> frozenset[str]:
        """What the values alone make likely: `date`, `person` (all different) or `weight`."""
        texts = pd.Series(map(str, self.counts.index), dtype=TEXT)
        if len(texts) < FEWEST:
            return frozenset()
        found = {
            "date": texts.str.fullmatch(f"{ISO_DATE.pattern}.*|{SLASH_DATE.pattern}").all(),
            "person": self.counts.max() == 1,
            "weight": texts.str.fullmatch(r"\d+[.,]\d+").mean() > 0.5,
        }
        return frozenset(look for look, there in found.items() if there)


class Claim(NamedTuple):
    """In what way a column names a question in so many words."""

    kind: str
    reason: Reason


class Evidence:
    """What speaks for each column being each question; worked out once for a file."""

    def __init__(self, columns: Mapping[str, Seen], variables: Mapping[str, Variable]) -> None:
        """Gather the claims of all columns on all questions, by the names of both."""
        self.columns, self.variables = columns, variables
        self.wording = Wording(variables)
        self._cut = cut_texts([seen.title or seen.name for seen in columns.values()])
        self.claims: dict[Pair, Claim] = {}
        for seen in columns.values():
            for question, claim in self._claims(seen):
                self._keep((seen.name, question), claim)
        named = {q for (_, q), claim in self.claims.items() if claim.kind in BY_NAME and "_" in q}
        self._ours = len(named) >= OURS
        self._labels = {name: labels_said(variable) for name, variable in variables.items()}
        self._like = _with_the_same_answers(variables)
        self._same = Counter(self._like.values())
        self._fits: dict[Pair, tuple[Codes, float]] = {}

    def codes(self, column: str, question: str) -> Codes:
        """The column's codes in the question's."""
        return self._fit(column, question)[0]

    def misfit(self, column: str, question: str) -> float:
        """Share of the column's answers that are none of the question's."""
        return self._fit(column, question)[1]

    def proves(self, column: str, question: str) -> bool:
        """Whether the column can be nothing but this question."""
        claim = self.claims.get((column, question))
        if claim is None or not self._stands_alone(column, question, claim):
            return False
        codes = self.codes(column, question)
        if codes.renumbered or codes.unknown or codes.guessed:
            return False
        return self.misfit(column, question) <= DOUBTFUL

    def likeness(self, column: str, question: str) -> tuple[float, tuple[Reason, ...]]:
        """How likely the column is the question, and why; 0 where it is not worth asking."""
        seen, claim = self.columns[column], self.claims.get((column, question))
        if claim:
            return 1.0 + RANKS[claim.kind], (claim.reason,)
        grounds: dict[Reason, float] = {
            "name": self._by_name(seen, question),
            "label": self.wording.meaning(seen.title, question),
            "codes": label_share(seen.said, self._labels[question]),
            "values": float(self._by_look(seen, question)),
        }
        alone = 0.6 * self._tells(question) * grounds["codes"]
        words = max(grounds["name"], 0.9 * grounds["label"]) + 0.2 * grounds["codes"]
        likely = max(words, alone, LIKELY * grounds["values"])
        if likely < LIKELY or self._rules_out(column, question):
            return 0.0, ()
        return likely, tuple(reason for reason, ground in grounds.items() if ground >= SPEAKS)

    def _rules_out(self, column: str, question: str) -> bool:
        """Whether the answers cannot be the question's; of words only a person knows that."""
        words = bool(self.codes(column, question).unknown)
        return not words and self.misfit(column, question) > IMPOSSIBLE

    def _fit(self, column: str, question: str) -> tuple[Codes, float]:
        """The codes and the misfit, worked out once for all questions with the same answers."""
        pair = column, self._like[question]
        if pair not in self._fits:
            seen, variable = self.columns[column], self.variables[pair[1]]
            codes = in_our_codes(seen.counts, seen.labels, variable)
            self._fits[pair] = codes, misfits(seen.counts, codes, variable)
        return self._fits[pair]

    def _claims(self, seen: Seen) -> Iterator[tuple[str, Claim]]:
        part = NUMBERED.sub("", last_part(seen.name))
        for kind, name in (("spelling", seen.name), ("part", part)):
            question = self.wording.names.get(squeezed(name))
            if question:
                yield question, Claim("name" if question == seen.name else kind, "name")
        texts: tuple[tuple[str, Reason], ...] = ((seen.name, "name"), (seen.title, "label"))
        for text, reason in texts:
            yield from ((q, Claim("text", reason)) for q in self.wording.asked_by(text))
            if text in self._cut:
                yield from ((q, Claim("cut", reason)) for q in self.wording.begun_by(text))

    def _keep(self, pair: Pair, claim: Claim) -> None:
        if pair not in self.claims or RANKS[self.claims[pair].kind] < RANKS[claim.kind]:
            self.claims[pair] = claim

    def _stands_alone(self, column: str, question: str, claim: Claim) -> bool:
        """Whether nothing else claims as much, and nothing of the column speaks against it."""
        rivals = [
            (rival, other)
            for (rival, other), theirs in self.claims.items()
            if (rival == column) != (other == question)
            and (rival == column or RANKS[theirs.kind] >= RANKS[claim.kind])
        ]
        by_name = claim.kind in BY_NAME
        title = self.columns[column].title
        if rivals or (by_name and "_" not in question and not self._ours):
            return False
        return not (by_name and title) or self.wording.meaning(title, question) >= CONTRADICTS

    def _by_name(self, seen: Seen, question: str) -> float:
        hinted = 0.7 if self.wording.hinted(seen.name, question) else 0.0
        spelled = 0.75 * self.wording.spelling(seen.name, question)
        return max(hinted, spelled, 0.9 * self.wording.meaning(last_part(seen.name), question))

    def _by_look(self, seen: Seen, question: str) -> bool:
        """Dates, numbers of persons and weights are known by their look, if by little else."""
        variable = self.variables[question]
        look = {"person": "person", "weight_person": "weight"}.get(variable.canonical, "")
        return ("date" if variable.kind == "date" else look) in seen.looks

    def _tells(self, question: str) -> bool:
        """Whether the words of its answers tell a question from others."""
        return bool(self.variables[question].codes) and self._same[self._like[question]] <= RARE


def _with_the_same_answers(variables: Mapping[str, Variable]) -> dict[str, str]:
    """For each question the first one that takes the same answers."""
    firsts: dict[str, str] = {}
    return {
        name: firsts.setdefault(repr((v.kind, v.codes, v.minimum, v.maximum, v.missing)), name)
        for name, v in variables.items()
    }
