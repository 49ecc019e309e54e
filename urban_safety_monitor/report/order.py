"""How often two cities change places, everything uncertain; told without saying who leads."""

from collections.abc import Sequence
from dataclasses import dataclass

from urban_safety_monitor.report.numbers import known, number_text
from urban_safety_monitor.report.view import View, alphabetical, named_rows

OFTEN = 0.05
"""A pair whose order changes more often than this is not settled."""


@dataclass(frozen=True)
class PairChanges:
    """Cities by name and, for each pair of them, in how many percent of cases its order changes.

    `shares` has a row and a column for each city, empty on the diagonal and for pairs that score
    the same.
    """

    cities: tuple[tuple[str, str], ...]
    shares: tuple[tuple[str, ...], ...]
    line: str


def pair_changes(
    view: View, period: str, country: str, areas: Sequence[str] | None = None
) -> PairChanges | None:
    """Changes of order of each pair of a country's cities; none where the run has not told them."""
    inside = view.cities(country, areas)
    table = view.results.order_changes
    table = table[
        (table["period"] == period) & table["area"].isin(inside) & table["other"].isin(inside)
    ]
    if table.empty:
        return None
    share = {frozenset((row.area, row.other)): known(row.share) for row in named_rows(table)}
    there = {area for pair in share for area in pair}
    cities = sorted(there, key=lambda area: alphabetical(view.title(area)))
    return PairChanges(
        cities=tuple((area, view.title(area)) for area in cities),
        shares=tuple(
            tuple(_percent(share.get(frozenset((one, other))), view.language) for other in cities)
            for one in cities
        ),
        line=_line(view, list(share.values())),
    )


def _percent(share: float | None, language: str) -> str:
    return "" if share is None else number_text(100 * share, 0, language) + "%"


def _line(view: View, shares: list[float | None]) -> str:
    often = sum(share is not None and share > OFTEN for share in shares)
    return view.words.ngettext(
        "The order of {often} of {n} pair changes in more than 5% of all repetitions.",
        "The order of {often} of {n} pairs changes in more than 5% of all repetitions.",
        len(shares),
    ).format(often=often, n=len(shares))
