"""Values of a survey before they are part of any run: the same figures, without comparisons."""

from dataclasses import dataclass
from itertools import groupby
from typing import Any

import pandas as pd

from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.report.numbers import Scale, scale_of
from urban_safety_monitor.report.records import Figure
from urban_safety_monitor.report.view import figure_of, flags_explained, named_rows, place_of
from urban_safety_monitor.tables.inputs import TOTAL


@dataclass(frozen=True)
class PreviewRow:
    """One indicator of one city and round; the unit is empty where the figure carries its own."""

    area: str
    period: str
    indicator: str
    title: str
    unit: str
    domain_title: str
    figure: Figure


@dataclass(frozen=True)
class Preview:
    """All values for everybody, domain by domain, and the meaning of the flags among them."""

    rows: tuple[PreviewRow, ...]
    flags: dict[str, str]

    def of(self, area: str, period: str) -> "Preview":
        """The values of one city and round."""
        rows = (row for row in self.rows if (row.area, row.period) == (area, period))
        return Preview(tuple(rows), self.flags)

    @property
    def domains(self) -> list[tuple[str, list[PreviewRow]]]:
        """The rows of each domain, under its title."""
        return [(title, list(rows)) for title, rows in groupby(self.rows, lambda r: r.domain_title)]


def preview(estimates: pd.DataFrame, catalogue: Catalogue, language: str = "en") -> Preview:
    """Estimates for everybody as a page shows them.

    Args:
        estimates: a table `Estimates` with what could identify people already withheld.
        catalogue: of the indicators.
        language: of all words.
    """
    everybody = estimates[estimates["disaggregation"] == TOTAL]
    rows = sorted(
        (_row(estimate, catalogue, language) for estimate in named_rows(everybody)),
        key=lambda row: (place_of(catalogue, row.indicator), row.area, row.period),
    )
    return Preview(tuple(rows), flags_explained((row.figure for row in rows), language))


def _row(estimate: Any, catalogue: Catalogue, language: str) -> PreviewRow:
    indicator = catalogue.indicators[estimate.indicator]
    domain = catalogue.domain_of(indicator.id)
    percent = scale_of(indicator) is Scale.PERCENT
    return PreviewRow(
        area=estimate.area,
        period=estimate.period,
        indicator=indicator.id,
        title=indicator.title.in_language(language),
        unit="" if percent else indicator.unit_of_measure.in_language(language),
        domain_title=domain.title.in_language(language) if domain else "",
        figure=figure_of(estimate, indicator, language),
    )
