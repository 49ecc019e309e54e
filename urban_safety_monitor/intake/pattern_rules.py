"""Rules on patterns over many answers: interviews too alike, one answer to everything, few people.

Interviews are compared within a sampling unit, where an interviewer works. Source of the share of
equal answers as a sign of copied interviews: Kuriakose and Robbins, Statistical Journal of the
IAOS 32 (2016) 283-291; they ask about pairs with 85 % or more, the stricter share here asks less.
"""

from collections.abc import Iterator
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from urban_safety_monitor.catalogue.indicator import Text
from urban_safety_monitor.intake.masks import holds
from urban_safety_monitor.intake.messages import in_each_language
from urban_safety_monitor.intake.problems import Problem, listed
from urban_safety_monitor.intake.records import Numbered, Records

ALIKE = 0.95
"""Share of equal answers, among questions that both answered, from which interviews are near."""
ANSWERS_COMPARED = 20
LARGEST_UNIT = 200
"""People in a sampling unit above which its pairs are not compared: the file has no such units."""
UNITS_AT_ONCE = 2_000
SERIES = 5
"""Questions with the same answers that make a series."""
SERIES_CODES = 3
STRAIGHT = 0.8
"""Share of a unit's interviews with one answer to a whole series from which it is asked about."""
FEWEST_INTERVIEWS = 5
FEWEST_IN_ONE_GROUP = 100
UNIT = ["area", "period", "psu"]


def nearly_copied_interviews(records: Records) -> Iterator[Problem]:
    """Interviews of one sampling unit that agree in nearly all answers but not in all."""
    if not {*UNIT, "person"} <= set(records.frame) or len(records.answers) < ANSWERS_COMPARED:
        return
    near = np.zeros(len(records.frame), dtype=bool)
    found = records.frame.groupby(UNIT, sort=False).indices.values()
    units = [rows for rows in found if 1 < len(rows) <= LARGEST_UNIT]
    for start in range(0, len(units), UNITS_AT_ONCE):
        together = units[start : start + UNITS_AT_ONCE]
        values = records.numbers(np.concatenate(together))
        ends = np.cumsum([len(rows) for rows in together])
        for rows, answers in zip(together, np.split(values, ends[:-1]), strict=True):
            near[rows[_near_another(answers)]] = True
    mask = pd.Series(near, records.frame.index)
    yield from records.problems("USM-I04", mask, ["person"], share=f"{ALIKE:.0%}")


def one_answer_to_a_series(records: Records) -> Iterator[Problem]:
    """Sampling units where most people gave one answer to every question of a series."""
    if not set(UNIT) <= set(records.frame):
        return
    for columns in _series(records):
        first = records.frame[columns[0]]
        straight = first.notna()
        for column in columns[1:]:
            straight &= records.frame[column].eq(first).fillna(False)
        units = straight.groupby([records.frame[name] for name in UNIT])
        often = (units.transform("mean") >= STRAIGHT) & (
            units.transform("size") >= FEWEST_INTERVIEWS
        )
        yield from records.problems("USM-Q01", straight & often, columns, names=listed(columns))


def small_groups(records: Records) -> Iterator[Problem]:
    """Groups whose results will be withheld because too few people belong to them."""
    least = records.catalogue.framework.thresholds.persons
    there = set(records.frame)
    groupings = records.catalogue.disaggregations.values()
    groups = [(grouping.title, group) for grouping in groupings for group in grouping.categories]
    numbers = {
        (of, group.title): int(holds(group.when, records.frame).fillna(False).sum())
        for of, group in groups
        if {column for column, _ in group.when.codes_used()} <= there
    }
    small = {group: n for group, n in numbers.items() if 0 < n < least}
    if small:
        names = in_each_language(partial(_with_numbers, small))
        yield Problem("USM-G04", {"least": least, "names": names})


def one_group_for_everybody(records: Records) -> Iterator[Problem]:
    """Groupings in which all of many people fall into one group: perhaps a cell dragged down."""
    there = set(records.frame)
    for grouping in records.catalogue.disaggregations.values():
        columns = sorted({c for g in grouping.categories for c, _ in g.when.codes_used()})
        if len(columns) != 1 or not set(columns) <= there:
            continue
        groups = [holds(group.when, records.frame).fillna(False) for group in grouping.categories]
        asked = records.from_source(columns[0]).sum()
        whole = next((group for group in groups if group.sum() == asked), None)
        if whole is not None and asked >= FEWEST_IN_ONE_GROUP:
            yield from records.problems("USM-V17", whole, columns, group=grouping.title)


def _with_numbers(numbers: dict[tuple[Text, Text], int], language: str) -> str:
    return "; ".join(
        f"{of.in_language(language)}: {title.in_language(language)} ({n})"
        for (of, title), n in numbers.items()
    )


def _near_another(values: Numbered) -> NDArray[np.bool_]:
    """(n,) which rows agree with another in nearly all that both answered, yet not in all."""
    answered = values >= 0
    both = answered.astype(np.float32) @ answered.T.astype(np.float32)
    equal = (values[:, None, :] == values[None, :, :]) & answered[:, None, :]
    share = np.divide(equal.sum(axis=2), both, out=np.zeros_like(both), where=both > 0)
    near = (share >= ALIKE) & (share < 1) & (both >= ANSWERS_COMPARED)
    np.fill_diagonal(near, False)
    return near.any(axis=1)


def _series(records: Records) -> Iterator[list[str]]:
    """Columns that begin with one word and offer the same scale of answers."""
    found: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for column in records.answers:
        variable = records.variable(column)
        scale = set(variable.codes) - {str(code) for code in variable.missing}
        if len(scale) >= SERIES_CODES and not variable.sensitive:
            found.setdefault((column.split("_")[0], tuple(variable.codes)), []).append(column)
    yield from (columns for columns in found.values() if len(columns) >= SERIES)
