"""Rules on the answers themselves: codes, numbers, dates, skips, and what nobody answered."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from difflib import get_close_matches

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from urban_safety_monitor.catalogue.codebook import Variable
from urban_safety_monitor.catalogue.conditions import Code, Condition
from urban_safety_monitor.catalogue.indicator import Text
from urban_safety_monitor.intake.convert import Failure
from urban_safety_monitor.intake.messages import LANGUAGES, in_each_language, phrase
from urban_safety_monitor.intake.periods import odd_periods, period_suggestion
from urban_safety_monitor.intake.problems import Problem
from urban_safety_monitor.intake.records import Records
from urban_safety_monitor.intake.spelling import folded

NONRESPONSE = 0.15
DAYS_BESIDE = 31
"""Days before or after the round within which an interview date raises no question."""
FEWEST_ON_ONE_DAY = 30
"""Interviews that no team holds on one day without saying so."""


def cells_that_do_not_fit(records: Records) -> Iterator[Problem]:
    """Unknown codes, numbers out of range, texts for numbers, dates that cannot be read."""
    for column, failures in records.failures.items():
        for failure in failures:
            yield from _misfit(records, column, failure)


def answers_to_skipped_questions(records: Records) -> Iterator[Problem]:
    """Answers of people who should not have been asked, one problem for each gate."""
    for sensitive in (False, True):
        gated: dict[Condition, list[str]] = {}
        for column in records.answers:
            variable = records.variable(column)
            if variable.asked_if in records.passed and variable.sensitive == sensitive:
                gated.setdefault(variable.asked_if, []).append(column)
        for gate, columns in gated.items():
            yield from _skips(records, gate, columns, "USM-P06" if sensitive else "USM-P05")


def questions_left_out(records: Records) -> Iterator[Problem]:
    """People who should have been asked a follow-up and have no answer to it."""
    for gate, passed in records.passed.items():
        asked = passed.to_numpy(dtype=bool, na_value=False)
        rows, left = np.zeros(len(asked), dtype=bool), []
        for column in records.answers:
            if records.variable(column).asked_if != gate:
                continue
            filled = records.filled(column)
            blank = asked & records.from_source(column).to_numpy() & ~filled
            if filled.any() and blank.any():
                rows |= blank
                left.append(column)
        everywhere = pd.Series(rows, records.frame.index)
        yield from records.problems("USM-P07", everywhere, left, gate=_in_words(records, gate))


def odd_rounds(records: Records) -> Iterator[Problem]:
    """Rounds that are no period."""
    if "period" not in records.frame:
        return
    odd = odd_periods(records.frame["period"])
    for problem in records.problems("USM-D05", odd, ["period"]):
        found = records.values_shown("period", odd)
        yield replace(problem, found=found, suggestion=period_suggestion(found))


def empty_columns(records: Records) -> Iterator[Problem]:
    """Columns of the questionnaire without a single answer."""
    empty = [
        name
        for name in records.answers
        if not records.filled(name).any() and records.from_source(name).any()
    ]
    if empty:
        everybody = records.mapped.part == records.mapped.part.iloc[0]
        for problem in records.problems("USM-C05", everybody, empty):
            yield replace(problem, place=replace(problem.place, rows=()), n_rows=None)


def item_nonresponse(records: Records) -> Iterator[Problem]:
    """Questions that more than 15 percent of those asked did not answer."""
    shares = {column: _nonresponse(records, column) for column in records.answers}
    high = {c: s for c, s in shares.items() if NONRESPONSE < s < 1}
    if not high:
        return
    names = ", ".join(f"{column} {share:.0%}" for column, share in high.items())
    params = {"limit": f"{NONRESPONSE:.0%}", "names": names}
    everybody = records.everybody
    for place, _, _ in records.mapped.places(everybody, list(high)):
        at = replace(place, rows=())
        yield Problem("USM-V14", params, at, affects=records.affected(list(high)))


def dates_outside_the_round(records: Records) -> Iterator[Problem]:
    """Interview dates more than a month away from the period they are filed under."""
    if "period" not in records.frame:
        return
    first, last = _span_of(records.frame["period"])
    margin = pd.Timedelta(days=DAYS_BESIDE)
    for column in records.columns:
        if records.variable(column).kind != "date":
            continue
        dates = pd.to_datetime(records.frame[column], errors="coerce")
        outside = (dates < first - margin) | (dates > last + margin)
        for problem in records.problems("USM-D02", outside, [column]):
            yield replace(problem, found=records.values_shown(column, outside))


def one_day_for_everybody(records: Records) -> Iterator[Problem]:
    """Rounds with all interviews on one day although there are many: perhaps that of an export."""
    if not {"area", "period"} <= set(records.frame):
        return
    for column in records.columns:
        if records.variable(column).kind != "date":
            continue
        days = records.frame[column].groupby([records.frame["area"], records.frame["period"]])
        many = days.transform("count") >= FEWEST_ON_ONE_DAY
        alike = many & (days.transform("nunique") == 1) & records.frame[column].notna()
        for problem in records.problems("USM-D06", alike, [column]):
            yield replace(problem, found=records.values_shown(column, alike))


def _misfit(records: Records, column: str, failure: Failure) -> Iterator[Problem]:
    variable = records.variable(column)
    code = failure.code
    texts = records.mapped.text.loc[failure.rows, column]
    by_label = _codes_by_label(variable)
    shown = failure.rows
    if code == "USM-V12" and _are_words(texts, by_label, records.filled(column)):
        code = "USM-K02"
        unknown = failure.rows & ~records.mapped.text[column].isin(_labels(variable))
        shown = unknown if unknown.any() else shown
    for problem in records.problems(code, shown, [column]):
        yield replace(
            problem,
            found=records.values_shown(column, shown),
            expected=expected(variable) if code in {"USM-V12", "USM-K02", "USM-V13"} else None,
            suggestion=_suggestion(records.mapped.text.loc[shown, column], variable, by_label),
        )


def expected(variable: Variable) -> Text | None:
    """The codes and bounds a variable allows, in words of both languages."""
    bounded = variable.minimum is not None or variable.maximum is not None
    if not bounded and not variable.codes:
        return None

    def in_words(language: str) -> str:
        labels = (f"{code} {text.in_language(language)}" for code, text in variable.codes.items())
        return " · ".join([*([_bounds_in_words(variable, language)] if bounded else []), *labels])

    return in_each_language(in_words)


def _bounds_in_words(variable: Variable, language: str) -> str:
    low, high = variable.minimum, variable.maximum
    if high is None:
        return phrase("from_on", language, low=f"{low:g}")
    if low is None:
        return phrase("up_to", language, high=f"{high:g}")
    return phrase("span", language, first=f"{low:g}", last=f"{high:g}")


def _are_words(texts: pd.Series, by_label: dict[str, str], filled: NDArray[np.bool_]) -> bool:
    """Whether wrong cells are words: labels all of them, or some in a column without any code."""
    known = _are_labels(texts, by_label)
    return bool(known.all() or (known.any() and len(texts) == filled.sum()))


def _are_labels(texts: pd.Series, by_label: dict[str, str]) -> pd.Series:
    return texts.isin([text for text in texts.dropna().unique() if folded(text) in by_label])


def _codes_by_label(variable: Variable) -> dict[str, str]:
    return {
        folded(label.in_language(language)): code
        for code, label in variable.codes.items()
        for language in LANGUAGES
    }


def _labels(variable: Variable) -> list[str]:
    return [
        text.in_language(language) for text in variable.codes.values() for language in LANGUAGES
    ]


def _suggestion(texts: pd.Series, variable: Variable, by_label: dict[str, str]) -> str:
    """For the commonest wrong text, the one allowed code near it."""
    text = str(texts.value_counts().index[0])
    if folded(text) in by_label:
        return f"{text} → {by_label[folded(text)]}"
    swapped = text.upper().replace("O", "0").replace("I", "1").replace("L", "1")
    if swapped != text and swapped.lstrip("0") in variable.codes:
        return f"{text} → {swapped.lstrip('0')}"
    near = get_close_matches(text, variable.codes, n=2, cutoff=0.6) if len(text) > 1 else []
    return f"{text} → {near[0]}" if len(near) == 1 else ""


def _skips(records: Records, gate: Condition, columns: list[str], code: str) -> Iterator[Problem]:
    not_asked = ~records.passed[gate].to_numpy(dtype=bool, na_value=True)
    rows, wrong = np.zeros(len(not_asked), dtype=bool), []
    for column in columns:
        answered = records.filled(column) & not_asked
        if answered.any():
            rows |= answered
            wrong.append(column)
    everywhere = pd.Series(rows, records.frame.index)
    question = ", ".join(dict.fromkeys(column for column, _ in gate.codes_used()))
    words = _in_words(records, gate)
    yield from records.problems(code, everywhere, wrong, gate=words, question=question)


def _in_words(records: Records, gate: Condition) -> Text:
    """What a gate asks for: the question, and the answers that lead on with their labels."""

    def in_words(language: str) -> str:
        return ", ".join(
            f"{column} = {_answers(records.variable(column), codes, language)}"
            for column, codes in gate.codes_used()
        )

    return in_each_language(in_words)


def _answers(variable: Variable, codes: Iterable[Code], language: str) -> str:
    named = (
        (code, variable.codes[code].in_language(language) if code in variable.codes else "")
        for code in map(str, codes)
    )
    return " / ".join(f"{code} ({label})" if label else code for code, label in named)


def _nonresponse(records: Records, column: str) -> float:
    """Share without an answer among those asked."""
    variable = records.variable(column)
    asked = records.from_source(column).to_numpy()
    if variable.asked_if in records.passed:
        asked = asked & records.passed[variable.asked_if].to_numpy(dtype=bool, na_value=False)
    values = records.frame[column]
    silent = values.isna().to_numpy()
    if pd.api.types.is_numeric_dtype(values):
        silent = silent | np.isin(values.to_numpy(dtype=float, na_value=np.nan), variable.missing)
    return float(silent[asked].mean()) if asked.any() else 0.0


def _span_of(period: pd.Series) -> tuple[pd.Series, pd.Series]:
    """First and last day of SDMX years, half-years, quarters and months; missing for others."""
    bounds = {text: _bounds(str(text)) for text in period.dropna().unique()}
    first = period.map({text: span[0] for text, span in bounds.items()})
    last = period.map({text: span[1] for text, span in bounds.items()})
    return pd.to_datetime(first), pd.to_datetime(last)


def _bounds(text: str) -> tuple[pd.Timestamp | None, pd.Timestamp | None]:
    half = {"-S1": ("-Q1", "-Q2"), "-S2": ("-Q3", "-Q4")}.get(text[4:])
    start, end = (text[:4] + part for part in half) if half else (text, text)
    try:
        first, last = pd.Period(start), pd.Period(end)
    except ValueError:
        return None, None
    if pd.NaT in (first, last):  # pandas reads a text such as "nan" as no period
        return None, None
    return first.start_time, last.end_time
