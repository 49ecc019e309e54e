"""Answers to checklists: one item of one assessor a row."""

from collections.abc import Iterator
from functools import partial

import pandas as pd

from urban_safety_monitor.catalogue.catalogue import Catalogue
from urban_safety_monitor.catalogue.checklist import ChecklistForm
from urban_safety_monitor.catalogue.indicator import Text
from urban_safety_monitor.catalogue.recipe import Recipe
from urban_safety_monitor.intake.convert import parsed_numbers, sdmx_period
from urban_safety_monitor.intake.mapping import Mapped
from urban_safety_monitor.intake.messages import in_each_language
from urban_safety_monitor.intake.problems import Problem
from urban_safety_monitor.intake.source import TEXT

KEY = ["area", "period", "checklist", "item", "assessor"]
REQUIRED = ("area", "period", "checklist", "item", "answer")
CODES = ("USM-V12", "USM-S01", "USM-I03")


def policies(
    recipe: Recipe, mapped: Mapped, catalogue: Catalogue
) -> tuple[pd.DataFrame, list[Problem]]:
    """The Checklist table and what is wrong with it; an item without an answer is missing."""
    text = mapped.text
    if "assessor" not in text:
        text = text.assign(assessor=pd.Series("city", text.index, dtype=TEXT))
    answer = parsed_numbers(text["answer"], recipe.decimal)
    evidence = text["evidence"] if "evidence" in text else pd.Series(pd.NA, text.index, dtype=TEXT)
    frame = text[KEY].assign(answer=answer, evidence=evidence, period=sdmx_period(text["period"]))
    problems = [*_unknown(mapped, frame, catalogue.checklists)]
    for column in KEY[:-1]:
        problems += _at(mapped, "USM-S01", frame[column].isna(), column)
    twice = frame.duplicated(KEY, keep=False) & frame[KEY].notna().all(axis=1)
    return frame, problems + _at(mapped, "USM-I03", twice, "item")


def _unknown(
    mapped: Mapped, frame: pd.DataFrame, forms: dict[str, ChecklistForm]
) -> Iterator[Problem]:
    """Checklists, items and answers that the catalogue does not know."""
    lists = ", ".join(forms)
    unknown = frame["checklist"].notna() & ~frame["checklist"].isin(list(forms))
    yield from _at(mapped, "USM-V12", unknown, "checklist", Text(en=lists))
    for name, form in forms.items():
        of_form = frame["checklist"] == name
        scales = {item.id: form.scales[item.scale] for item in form.items}
        strange = of_form & frame["item"].notna() & ~frame["item"].isin(list(scales))
        yield from _at(mapped, "USM-V12", strange, "item", Text(en=", ".join(scales)))
        for item, scale in scales.items():
            given = of_form & (frame["item"] == item) & mapped.text["answer"].notna()
            wrong = given & ~frame["answer"].isin([float(code) for code in scale])
            words = in_each_language(partial(_in_words, scale))
            yield from _at(mapped, "USM-V12", wrong, "answer", words)


def _in_words(scale: dict[str, Text], language: str) -> str:
    return " · ".join(f"{code} {text.in_language(language)}" for code, text in scale.items())


def _at(
    mapped: Mapped, code: str, mask: pd.Series, column: str, expected: Text | None = None
) -> list[Problem]:
    if not mask.any():
        return []
    found = ", ".join(mapped.text.loc[mask, column].dropna().unique()[:3])
    return [
        Problem(code, {}, place, n_rows=n, n_total=total, found=found, expected=expected)
        for place, n, total in mapped.places(mask, [column])
    ]
