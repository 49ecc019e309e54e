"""A check as a report to print and to share: a tagged PDF with the same words as everywhere.

No value of a sensitive column and none that seems personal is in it.
"""

import re
from datetime import date
from typing import Any

from urban_safety_monitor.intake.messages import LEVELS, phrase
from urban_safety_monitor.intake.problems import Problem
from urban_safety_monitor.intake.report import CheckReport, fact_in_words
from urban_safety_monitor.intake.wording import filled, plain, where
from urban_safety_monitor.report.cell_marks import repair
from urban_safety_monitor.report.fix_list import SYMBOLS
from urban_safety_monitor.report.numbers import date_text
from urban_safety_monitor.report.palette import LIGHT
from urban_safety_monitor.report.typeset import MissingLetter, typeset
from urban_safety_monitor.report.wording import translator

TEMPLATE = "check_report.typ"
COLOURS = {"must_fix": LIGHT["worse"], "check": LIGHT["caution"], "note": LIGHT["better"]}
"""Darker than a cell's: they are drawn as lines and signs on white."""

PLAIN = re.compile(r"[^\n -~\xa0-\u024f\u0370-\u03ff\u0400-\u045f\u2010-\u2027\u2030-\u203a→■◆○]")
"""Letters outside the alphabets and signs that the shipped fonts surely hold."""

UNPRINTABLE = "\ufffd"


def check_report_pdf(
    report: CheckReport, day: date, language: str = "en", *, progress: str = ""
) -> bytes:
    """The report as PDF (PDF/A-2a and PDF/UA-1).

    Args:
        report: of the check.
        day: the day it is dated.
        language: of all words.
        progress: what became of the last attempt's problems, in words.
    """
    data = check_report_data(report, day, language, progress)
    try:
        return typeset(TEMPLATE, data)
    except MissingLetter:  # names and values of a user's file may hold any letter
        return typeset(TEMPLATE, _without_odd_letters(data | {"reduced": True}))


def check_report_data(
    report: CheckReport, day: date, language: str, progress: str = ""
) -> dict[str, Any]:
    """Everything the template prints, as texts."""
    numbers = {level: len(report.of_level(level)) for level in LEVELS}
    return {
        "language": language,
        "date": [day.year, day.month, day.day],
        "day": date_text(day, language),
        "verdict": phrase("accepted" if report.accepted else "refused", language),
        "counts": phrase("counts", language, passed=len(report.passed), **numbers),
        "progress": progress,
        "facts": [fact_in_words(fact, language) for fact in report.facts],
        "groups": [_group(report, level, language) for level in LEVELS if numbers[level]],
        "passed": _passed(report, language),
        "reduced": False,
        "words": _words(language),
    }


def _without_odd_letters(value: Any) -> Any:
    if isinstance(value, str):
        return PLAIN.sub(UNPRINTABLE, value)
    if isinstance(value, dict):
        return {key: _without_odd_letters(inner) for key, inner in value.items()}
    return [_without_odd_letters(inner) for inner in value] if isinstance(value, list) else value


def _group(report: CheckReport, level: str, language: str) -> dict[str, Any]:
    problems = report.of_level(level)
    return {
        "title": phrase(level, language).capitalize(),
        "symbol": SYMBOLS[level],
        "colour": COLOURS[level],
        "problems": [
            _printed(problem, f"{number}/{len(problems)}", language)
            for number, problem in enumerate(problems, start=1)
        ],
    }


def _printed(problem: Problem, number: str, language: str) -> dict[str, Any]:
    parts = {
        "where": where(problem, language),
        "found": problem.found,
        "expected": plain(problem.expected or "", language),
        "why": filled(problem, "why", language),
        "repair": repair(problem, language),
    }
    return {
        "number": number,
        "code": problem.code,
        "title": filled(problem, "title", language),
        "colour": COLOURS[problem.level],
        "parts": [[phrase(key, language), words] for key, words in parts.items() if words],
        "follows": phrase(f"{problem.level}_follows", language),
    }


def _passed(report: CheckReport, language: str) -> str:
    n = len(report.passed)
    words = translator(language).ngettext(
        "{n} check found nothing: {codes}.", "{n} checks found nothing: {codes}.", n
    )
    return words.format(n=n, codes=", ".join(report.passed)) if n else "–"


def _words(language: str) -> dict[str, str]:
    say = translator(language).gettext
    return {
        "product": say("Urban Safety Monitor: check of a survey file"),
        "document": say("Check of a survey file"),
        "title": say("Check of a survey file"),
        "fine": say("What looks fine"),
        "page": say("Page {page} of {pages}"),
        "reduced": say("Letters that cannot be printed here are shown as {sign}.").format(
            sign=UNPRINTABLE
        ),
    }
