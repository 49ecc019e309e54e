"""The report of one pass over a user's files: in words, as records, as a table."""

import json
from dataclasses import dataclass
from typing import Any

import pandas as pd

from urban_safety_monitor.intake.messages import LEVELS, phrase
from urban_safety_monitor.intake.problems import ColumnAt, Problem
from urban_safety_monitor.intake.wording import filled, plain, render, where


@dataclass(frozen=True)
class CheckReport:
    """Everything one pass over the files found.

    `passed` are codes of the checks that found nothing; `facts` say what was read and which small
    things were mended on the way, one record a file.
    """

    problems: tuple[Problem, ...]
    passed: tuple[str, ...]
    facts: tuple[dict[str, Any], ...]

    def of_level(self, level: str) -> tuple[Problem, ...]:
        """The problems of this level, most important first."""
        return tuple(problem for problem in self.problems if problem.level == level)

    @property
    def accepted(self) -> bool:
        """Whether nothing has to be repaired."""
        return not self.of_level("must_fix")

    def text(self, language: str = "en") -> str:
        """The whole report in words."""
        numbers = {level: len(self.of_level(level)) for level in LEVELS}
        verdict = "accepted" if self.accepted else "refused"
        head = (
            phrase(verdict, language)
            + "  "
            + phrase("counts", language, passed=len(self.passed), **numbers)
        )
        read = [fact_in_words(fact, language) for fact in self.facts]
        return "\n\n".join([head, *read, *(render(p, language) for p in self.problems)])

    def as_json(self, language: str = "en") -> str:
        """The whole report as JSON."""
        content = {
            "accepted": self.accepted,
            "counts": {level: len(self.of_level(level)) for level in LEVELS},
            "passed": list(self.passed),
            "files": list(self.facts),
            "problems": [record(problem, language) for problem in self.problems],
        }
        return json.dumps(content, ensure_ascii=False, indent=2)

    def table(self, language: str = "en") -> pd.DataFrame:
        """One problem a row: level, code, title, where, found, expected, repair."""
        columns = ["level", "code", "title", "where", "found", "expected", "repair"]
        rows = [
            {**record(problem, language), "where": where(problem, language)}
            | {"level": phrase(problem.level, language)}
            for problem in self.problems
        ]
        return pd.DataFrame(rows, columns=columns)


def record(problem: Problem, language: str = "en") -> dict[str, Any]:
    """The problem as plain values, texts in this language."""
    first = problem.place.columns[0] if problem.place.columns else ColumnAt("", "")
    return {
        "code": problem.code,
        "level": problem.level,
        "title": filled(problem, "title", language),
        "params": {k: plain(v, language) for k, v in problem.params.items()},
        "file": problem.place.file,
        "sheet": problem.place.sheet,
        "column_letter": first.letter,
        "column_name": first.name,
        "columns": [[column.letter, column.name] for column in problem.place.columns],
        "rows": [list(span) for span in problem.place.rows],
        "n_rows": problem.n_rows,
        "n_total": problem.n_total,
        "found": problem.found,
        "expected": plain(problem.expected or "", language),
        "suggestion": problem.suggestion,
        "why": filled(problem, "why", language),
        "repair": filled(problem, "repair", language),
        "indicators_affected": [title.in_language(language) for title in problem.affects],
        "sensitive": problem.sensitive,
    }


def fact_in_words(fact: dict[str, Any], language: str) -> str:
    """What was read of one file, and what was mended on the way."""
    line = phrase(
        "read",
        language,
        file=fact["file"],
        rows=f"{fact['rows']:,}",
        columns=f"{fact['columns']:,}",
        format=fact["format"],
    )
    mended = [phrase(key, language, **values) for key, values in fact["repairs"]]
    if fact.get("dropped"):
        mended.append(phrase("left_out", language, names=", ".join(fact["dropped"])))
    return " ".join([line, *mended])
