"""Which question each column of a file holds: suggestions with a reason, never a silent guess.

A match is sure only where the column's name is the question's own, or its text the question's
words, no other column and no other question has as good a claim, and the answers fit. All else
is a suggestion that a person decides on. One column serves one question, and the reverse: among
all suggestions those are taken that are likeliest together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from urban_safety_monitor.catalogue.catalogue import Catalogue
from urban_safety_monitor.catalogue.codebook import Variable
from urban_safety_monitor.catalogue.recipe import Column
from urban_safety_monitor.intake.exports import without_system_columns
from urban_safety_monitor.intake.matching_codes import Codes, in_our_codes, not_ours
from urban_safety_monitor.intake.matching_evidence import Evidence, Reason, Seen
from urban_safety_monitor.intake.messages import phrase
from urban_safety_monitor.intake.personal import looks_personal, personal_details
from urban_safety_monitor.intake.records import DESIGN, REQUIRED, variable_of
from urban_safety_monitor.intake.source import SourceTable

Certainty = Literal["saved", "sure", "suggested", "none"]

EXAMPLES, LONGEST_EXAMPLE, OTHERS = 3, 24, 3
NO_CODES = Codes()
IN_ORDER = 0.04
"""What a column gains that stands where the questionnaire has the question: it settles ties."""


@dataclass(frozen=True)
class Match:
    """What one column of a file seems to be.

    `question` is the codebook's name of the variable, empty where there is none. `certainty` is
    `saved` where the city's own matching says it, `sure` where nothing else is possible,
    `suggested` where a person has to decide. `reasons` say why: the column's name, its label
    (the question's words), the words of its codes, or its values; of a column without a question,
    whether it was left out before, seems to hold personal details, or was added by the survey
    program. `examples` are common answers, none of a personal or sensitive column. `codes` maps
    the file's codes to ours where they differ, to nothing where their answers are left out;
    `unknown` are codes of the file that are none of ours, with how many records have each, words
    of a sensitive question aside, and `guessed` what some of them seem to be; `others` are further
    questions it could be, the likeliest first.
    """

    column: str
    label: str = ""
    examples: tuple[str, ...] = ()
    question: str = ""
    certainty: Certainty = "none"
    reasons: tuple[Reason, ...] = ()
    codes: Mapping[str, str] = field(default_factory=dict)
    unknown: Mapping[str, int] = field(default_factory=dict)
    guessed: Mapping[str, str] = field(default_factory=dict)
    others: tuple[str, ...] = ()

    @property
    def to_decide(self) -> bool:
        """Whether a person has to say what this column is."""
        return self.certainty == "suggested"

    def how_sure(self, language: str = "en") -> str:
        """The certainty in a word."""
        return phrase(f"certainty_{self.certainty}", language)

    def why(self, language: str = "en") -> str:
        """The reasons in words."""
        return ", ".join(phrase(f"match_{reason}", language) for reason in self.reasons)

    def unknown_in_words(self) -> str:
        """The codes that are none of ours, each with its number of records."""
        return ", ".join(f"{text} ({count:,})" for text, count in self.unknown.items())


def questions(catalogue: Catalogue) -> dict[str, Variable]:
    """Everything a column may hold, by the name it has in the questionnaire."""
    design = {name: variable_of(name, catalogue) for name in DESIGN}
    own = {name: v for name, v in design.items() if name not in catalogue.columns}
    return {**catalogue.codebook, **own}


def required_questions(catalogue: Catalogue) -> tuple[str, ...]:
    """Names of the questions without which no survey can be read."""
    named = {variable.canonical: name for name, variable in catalogue.codebook.items()}
    return tuple(named.get(column, column) for column in REQUIRED)


def matched(
    table: SourceTable,
    catalogue: Catalogue,
    saved: Mapping[str, Column] | None = None,
    left_out: tuple[str, ...] = (),
) -> tuple[Match, ...]:
    """One match for each column of the file, in its order; a question is matched at most once.

    Args:
        table: the file as read.
        catalogue: whose questions they are.
        saved: what a person confirmed before: by canonical column, where it comes from.
        left_out: columns a person looked at before and wants left out.
    """
    variables = questions(catalogue)
    known = _left_out(table, left_out) | _saved(table, saved or {}, variables)
    taken = {match.question for match in known.values()}
    free = {name: variable for name, variable in variables.items() if name not in taken}
    columns = {n: _seen(table, n) for n in map(str, table.frame) if n not in known}
    evidence = Evidence(columns, free)
    aside = _aside(table, {*known, *(column for column, _ in evidence.claims)})
    rest = [name for name in columns if name not in aside]
    sure = _proven(evidence, rest)
    settled = {match.question for match in sure.values()}
    open_questions = [name for name in free if name not in settled]
    suggested = _suggested(evidence, [name for name in rest if name not in sure], open_questions)
    found = known | aside | sure | suggested
    return tuple(found[str(name)] for name in table.frame)


def _seen(table: SourceTable, name: str) -> Seen:
    counts = table.frame[name].value_counts()
    counts = counts[counts > 0].set_axis(counts.index[counts > 0].astype(str))
    return Seen(name, table.titles.get(name, ""), table.labels.get(name, {}), counts)


def _left_out(table: SourceTable, names: tuple[str, ...]) -> dict[str, Match]:
    return {name: Match(name, reasons=("left_out",)) for name in table.frame if name in names}


def _saved(
    table: SourceTable, saved: Mapping[str, Column], variables: Mapping[str, Variable]
) -> dict[str, Match]:
    """Columns of the city's own matching; where they are not in the file, nothing is said."""
    named = {variable.canonical: name for name, variable in variables.items()}
    return {
        source: _match(
            _seen(table, source),
            named[canonical],
            variables,
            certainty="saved",
            reasons=("saved",),
            codes=Codes({text: str(code) for text, code in column.recode.items()}),
        )
        for canonical, column in saved.items()
        for source in column.sources
        if source in table.frame and canonical in named
    }


def _aside(table: SourceTable, declared: set[str]) -> dict[str, Match]:
    """Columns that hold no question: what programs add, and what seems to be personal."""
    rest, _ = without_system_columns(table, declared)
    added = table.frame.columns.difference(rest.frame.columns, sort=False)
    personal = [p.place.columns[0].name for p in personal_details(table, (), declared)]
    return {str(name): Match(str(name), reasons=("added",)) for name in added} | {
        name: Match(name, reasons=("personal",)) for name in personal
    }


def _proven(evidence: Evidence, columns: Sequence[str]) -> dict[str, Match]:
    """The matches that nothing speaks against."""
    pairs = [pair for pair in evidence.claims if pair[0] in columns and evidence.proves(*pair)]
    return {
        column: _match(
            evidence.columns[column],
            question,
            evidence.variables,
            certainty="sure",
            reasons=(evidence.claims[column, question].reason,),
            codes=evidence.codes(column, question),
        )
        for column, question in pairs
    }


def _suggested(
    evidence: Evidence, columns: Sequence[str], names: Sequence[str]
) -> dict[str, Match]:
    """The likeliest questions of these columns together, each column and question once."""
    from scipy.optimize import linear_sum_assignment

    found = {name: _match(evidence.columns[name], "", {}) for name in columns}
    if not (columns and names):
        return found
    grounds = [[evidence.likeness(column, name) for name in names] for column in columns]
    likely = np.array([[value for value, _ in row] for row in grounds])
    likely = np.where(likely > 0, likely + _in_order(likely.shape), 0.0)
    for at, to in zip(*linear_sum_assignment(likely, maximize=True), strict=True):
        if likely[at, to]:
            ranked = [names[i] for i in np.argsort(-likely[at]) if likely[at, i] and i != to]
            found[columns[at]] = _match(
                evidence.columns[columns[at]],
                names[to],
                evidence.variables,
                certainty="suggested",
                reasons=grounds[at][to][1],
                codes=evidence.codes(columns[at], names[to]),
                others=tuple(ranked[:OTHERS]),
            )
    return found


def _in_order(shape: tuple[int, int]) -> np.ndarray:
    """(columns, questions) the gain of each pair for standing equally far down in its list."""
    down, along = (np.linspace(0, 1, n) for n in shape)
    return IN_ORDER * (1 - (down[:, None] - along[None, :]) ** 2)


def _match(
    seen: Seen,
    question: str,
    variables: Mapping[str, Variable],
    codes: Codes = NO_CODES,
    **more: Any,
) -> Match:
    """A match with examples, unless the question is sensitive, and with codes nobody knows yet."""
    shown = [str(text)[:LONGEST_EXAMPLE] for text in seen.counts.index[:EXAMPLES]]
    sensitive = bool(question) and variables[question].sensitive
    examples = () if sensitive else tuple(text for text in shown if not looks_personal(text))
    match = Match(seen.name, seen.title, examples, question, codes=codes.mapped, **more)
    if not question:
        return match
    odd = not_ours(seen.counts, codes, variables[question])
    unknown = {
        text: count
        for text, count in odd.items()
        if not looks_personal(text) and (text.lstrip("-").isdigit() or not sensitive)
    }
    seem = in_our_codes(seen.counts, seen.labels, variables[question]).mapped if unknown else {}
    guessed = {text: code for text, code in seem.items() if text in unknown}
    return replace(match, unknown=unknown, guessed=guessed)
