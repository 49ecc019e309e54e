"""A run's tables as they are released: with titles, flags and the demonstration mark in rows."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from urban_safety_monitor.report.indicators import indicator_list
from urban_safety_monitor.report.release import columns as declared
from urban_safety_monitor.report.release.columns import Column, ReleasedTable
from urban_safety_monitor.report.view import View
from urban_safety_monitor.report.wording import FLAG_OF_STATUS, FLAGS, REASONS, message, worded
from urban_safety_monitor.tables.inputs import TOTAL

CITY_AND_PERIOD = ("area", "period")


def released_tables(view: View) -> list[ReleasedTable]:
    """Every table of a release, in the view's language."""
    results = view.results
    comparisons = results.comparisons.rename(columns={"component": "indicator"})
    comparisons["reason"] = _in_words(comparisons["reason"], REASONS, view)
    cities = results.areas[results.areas["level"] == "city"]
    figure_key = (*CITY_AND_PERIOD, "indicator", "disaggregation", "category")
    placed = [
        ("figures", message("Estimates"), declared.FIGURES, figure_key, figures(view)),
        (
            "scores",
            message("Scores"),
            declared.SCORES,
            (*CITY_AND_PERIOD, "component"),
            results.scores,
        ),
        (
            "spans",
            message("Overall scores under other choices of method"),
            declared.SPANS,
            (*CITY_AND_PERIOD, "choice"),
            results.robustness,
        ),
        (
            "comparisons",
            message("Comparisons"),
            declared.COMPARISONS,
            (*CITY_AND_PERIOD, "indicator", "benchmark"),
            comparisons,
        ),
        ("surveys", message("Surveys"), declared.SURVEYS, CITY_AND_PERIOD, results.surveys),
        ("areas", message("Cities"), declared.AREAS, ("area",), cities),
    ]
    return [
        *(
            _released(name, title, columns, key, _placed(rows, view))
            for name, title, columns, key, rows in placed
        ),
        _released(
            "indicators",
            message("Indicators"),
            declared.INDICATORS,
            ("indicator",),
            _indicators(view),
        ),
        _released("flags", message("Flags"), declared.FLAGS, ("flag",), _flags(view)),
    ]


def figures(view: View) -> pd.DataFrame:
    """Estimates with the indicator's title and unit and every flag a reader is shown."""
    estimates = view.results.estimates
    named = view.catalogue.indicators
    titles = {name: i.title.in_language(view.language) for name, i in named.items()}
    units = {name: i.unit_of_measure.in_language(view.language) for name, i in named.items()}
    return estimates.assign(
        title=estimates["indicator"].map(titles),
        unit_of_measure=estimates["indicator"].map(units),
        flags=flags_of(view),
    )


def flags_of(view: View) -> pd.Series:
    """The letters of each estimate, as `View.figure` shows them, joined by blanks."""
    estimates = view.results.estimates
    withheld = estimates["conf_status"] == "C"
    missing = estimates["value"].isna()
    own = estimates["obs_status"].map(FLAG_OF_STATUS).fillna("")
    own = own.mask(missing & (own == ""), "x")
    differing = {key: letter for key, (letter, _) in view.differences.items()}
    keys = zip(estimates["indicator"], estimates["area"], estimates["period"], strict=True)
    differs = pd.Series([differing.get(key, "") for key in keys], index=estimates.index)
    differs = differs.where((estimates["disaggregation"] == TOTAL) & ~missing, "")
    order = {letter: place for place, letter in enumerate(FLAGS)}
    joined = {
        pair: " ".join(sorted(set(filter(None, pair)), key=order.__getitem__))
        for pair in set(zip(own, differs, strict=True))
    }
    both = pd.Series(list(zip(own, differs, strict=True)), index=estimates.index)
    return both.map(joined).mask(withheld, "c")


def _released(
    name: str, title: str, columns: tuple[Column, ...], key: tuple[str, ...], rows: pd.DataFrame
) -> ReleasedTable:
    # Degrees of freedom without bound have no number that files could hold.
    finite = rows[[c.name for c in columns]].replace([np.inf, -np.inf], np.nan)
    ordered = finite.sort_values(list(key), ignore_index=True)
    return ReleasedTable(name, title, columns, key, ordered)


def _placed(rows: pd.DataFrame, view: View) -> pd.DataFrame:
    """Rows of cities, with the city's name and country and the demonstration mark."""
    inside = rows[rows["area"].isin(view.country_of)]
    return inside.assign(
        city=inside["area"].map({area: view.title(area) for area in view.country_of}),
        country=inside["area"].map(view.country_of),
        demonstration=view.demonstration,
    )


def _indicators(view: View) -> pd.DataFrame:
    named = view.catalogue.indicators
    rows = [
        {
            "indicator": line.indicator,
            "title": line.title,
            "definition": line.definition,
            "unit_of_measure": named[line.indicator].unit_of_measure.in_language(view.language),
            "domain": line.domain,
            "evidence": named[line.indicator].evidence.value,
            "role": named[line.indicator].status.value,
            "direction": line.direction,
            "references": _listed(r.title.strip() for r in named[line.indicator].references),
            "version": named[line.indicator].version,
        }
        for line in indicator_list(view.results, view.catalogue, language=view.language)
    ]
    return pd.DataFrame(rows, columns=[c.name for c in declared.INDICATORS])


def _flags(view: View) -> pd.DataFrame:
    names = [c.name for c in declared.FLAGS]
    rows = [(letter, worded(FLAGS, letter, view.language)) for letter in FLAGS]
    return pd.DataFrame(rows, columns=names)


def _in_words(keys: pd.Series, table: dict[str, str], view: View) -> pd.Series:
    return keys.map({key: worded(table, key, view.language) for key in keys.unique()})


def _listed(texts: Iterable[str]) -> str:
    return "; ".join(texts)
