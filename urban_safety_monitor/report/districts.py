"""One indicator over the districts of a city: values in classes that stay the same over rounds."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from urban_safety_monitor.errors import DataError
from urban_safety_monitor.report.groups import DISTRICT, rows_of_kind
from urban_safety_monitor.report.numbers import known, scale_of, value_text
from urban_safety_monitor.report.records import CLEAR, TESTED, GroupRow
from urban_safety_monitor.report.view import View, alphabetical
from urban_safety_monitor.tables.run import Provenance, Results

CLASSES = 5
"""Classes of values on a map; more cannot be told apart, fewer hide differences."""


@dataclass(frozen=True)
class Region:
    """A district: its figure, its test against the rest of the city, and its class.

    `step` counts classes from the lowest values, from 0; None where there is no value.
    """

    row: GroupRow
    step: int | None


@dataclass(frozen=True)
class DistrictMap:
    """An indicator over a city's districts, by name; `classes` says what each class holds."""

    language: str
    area: str
    title: str
    indicator: str
    indicator_title: str
    unit: str
    period: str
    period_text: str
    regions: tuple[Region, ...]
    classes: tuple[str, ...]
    headline: str
    designed_for: bool
    flags_used: dict[str, str]
    demonstration: str
    provenance: Provenance


def mapped(view: View, area: str, period: str) -> tuple[str, ...]:
    """Indicators with figures by district of a city whose districts have outlines."""
    boundaries = view.results.boundaries["area"]
    by_district = [
        row
        for row in view.rows_of("estimates", area=area, period=period)
        if row.disaggregation == DISTRICT and known(row.value) is not None
    ]
    drawn = set(boundaries[boundaries.isin([row.category for row in by_district])])
    there = {row.indicator for row in by_district if row.category in drawn}
    return tuple(sorted(there & set(view.catalogue.indicators), key=view.place_of))


def outlines_of(results: Results, area: str) -> dict[str, Any]:
    """GeoJSON geometries of a city's districts, by the district's code."""
    inside = set(results.areas.loc[results.areas["parent"] == area, "area"])
    table = results.boundaries[results.boundaries["area"].isin(inside)]
    return {
        str(code): json.loads(geometry)
        for code, geometry in zip(table["area"], table["geometry"], strict=True)
    }


def district_map(view: View, area: str, period: str, indicator: str) -> DistrictMap:
    """An indicator over the districts of a city.

    Raises:
        DataError: the city is not in the results, or the indicator has no figures by district.
    """
    title = view.city_title(area)
    rows = rows_of_kind(view, (area, period), indicator, DISTRICT)
    if not rows:
        raise DataError(f"city {area!r}: no figures of {indicator} by district for {period!r}")
    declared = view.catalogue.indicators[indicator]
    breaks = _breaks(view, area, indicator)
    texts = [value_text(value, scale_of(declared), view.language) for value in breaks]
    between = view.words.gettext("{lower} to {upper}")
    return DistrictMap(
        language=view.language,
        area=area,
        title=title,
        indicator=indicator,
        indicator_title=declared.title.in_language(view.language),
        unit=declared.unit_of_measure.in_language(view.language),
        period=period,
        period_text=view.period(period),
        regions=tuple(
            Region(row, _class_of(row.figure.value, breaks))
            for row in sorted(rows, key=lambda row: alphabetical(row.category_title))
        ),
        classes=tuple(between.format(lower=low, upper=high) for low, high in pairwise(texts)),
        headline=_headline(view, rows),
        designed_for=view.catalogue.disaggregations[DISTRICT].designed_for,
        flags_used=view.flags_explained([row.figure for row in rows]),
        demonstration=view.demonstration,
        provenance=view.results.provenance,
    )


def _breaks(view: View, area: str, indicator: str) -> list[float]:
    """Ends of the classes: quintiles over all rounds, so that a colour means the same in each."""
    table = view.results.estimates
    values = table.loc[
        (table["area"] == area)
        & (table["indicator"] == indicator)
        & (table["disaggregation"] == DISTRICT),
        "value",
    ].dropna()
    if values.empty:
        return []
    return [float(end) for end in np.unique(np.quantile(values, np.linspace(0, 1, CLASSES + 1)))]


def _class_of(value: float | None, breaks: list[float]) -> int | None:
    if value is None or not breaks:
        return None
    last = max(len(breaks) - 2, 0)
    return min(int(np.searchsorted(breaks[1:-1], value, side="left")), last)


def _headline(view: View, rows: Sequence[GroupRow]) -> str:
    tested = [row for row in rows if row.verdict.status in TESTED]
    clear = [row for row in tested if row.verdict.status in CLEAR]
    if not tested:
        return view.words.gettext("No district can be compared with the rest of the city.")
    return view.words.ngettext(
        "{clear} of {n} district differs from the rest of the city by more than chance would "
        "explain.",
        "{clear} of {n} districts differ from the rest of the city by more than chance would "
        "explain.",
        len(tested),
    ).format(clear=len(clear), n=len(tested))
