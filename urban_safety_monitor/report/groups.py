"""Who is affected differently: groups of people against the rest of the city."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from urban_safety_monitor.report.numbers import known
from urban_safety_monitor.report.records import CLEAR, TESTED, Figure, GroupRow, Verdict
from urban_safety_monitor.report.view import View
from urban_safety_monitor.report.wording import message
from urban_safety_monitor.tables.inputs import TOTAL

DISTRICT = "district"

DIFFERS = message("{group}: {value}; the rest of the city: {against}.")
SIMILAR = message(
    "{group}: {value}; the survey cannot tell this apart from the rest of the city ({against})."
)

Tested = tuple[Any, Any | None]
"""A group's estimate, and its comparison with the rest of the city if there is one."""


@dataclass(frozen=True)
class GroupKind:
    """One kind of group, such as sex: its clear differences, clearest first.

    `withheld` counts the figures kept back, by group; `line` says it all in one sentence.
    """

    kind: str
    title: str
    line: str
    clear: tuple[GroupRow, ...]
    withheld: tuple[tuple[str, int], ...]


def group_rows(view: View, area: str, period: str) -> tuple[GroupRow, ...]:
    """Groups tested against the rest of the city, clearest first, then the withheld ones."""
    return _rows(view, view.once(_shown, area, period))


def group_kinds(view: View, area: str, period: str) -> tuple[GroupKind, ...]:
    """The kinds of groups that can be shown of a city, in the catalogue's order."""
    inside: dict[str, list[Tested]] = {kind: [] for kind in view.catalogue.disaggregations}
    for pair in view.once(_shown, area, period):
        inside.setdefault(pair[0].disaggregation, []).append(pair)
    return tuple(_kind(view, kind, pairs) for kind, pairs in inside.items() if pairs)


def groups_line(view: View, area: str, period: str) -> str:
    """How many group differences were tested, how many are clear, how many groups are withheld."""
    pairs = view.once(_shown, area, period)
    tested, clear, withheld = _tested(pairs), _clear(pairs), _withheld(pairs)
    if not tested:
        return view.words.gettext("No group can be compared with the rest of the city.")
    said = view.words.ngettext(
        "{tested} group was compared with the rest of the city; {clear} shows a clear difference.",
        "{tested} comparisons of a group with the rest of the city were made; {clear} show a clear "
        "difference.",
        len(tested),
    ).format(tested=len(tested), clear=len(clear))
    return _with_withheld(view, said, len(withheld))


def rows_of_kind(
    view: View, place: tuple[str, str], indicator: str, disaggregation: str
) -> tuple[GroupRow, ...]:
    """Every group of one kind, tested or not, of an area and period; in the table's order."""
    return _rows(
        view,
        [
            pair
            for pair in _with_tests(view, *place)
            if pair[0].indicator == indicator and pair[0].disaggregation == disaggregation
        ],
    )


def _kind(view: View, kind: str, pairs: Sequence[Tested]) -> GroupKind:
    tested, clear = _tested(pairs), _clear(pairs)
    withheld = Counter(_titles(view, estimate)[1] for estimate, _ in _withheld(pairs))
    said = view.words.ngettext(
        "{clear} of {n} comparison shows a clear difference.",
        "{clear} of {n} comparisons show a clear difference.",
        len(tested),
    ).format(clear=len(clear), n=len(tested))
    return GroupKind(
        kind=kind,
        title=_titles(view, pairs[0][0])[0],
        line=_with_withheld(view, said, withheld.total()),
        clear=_rows(view, clear),
        withheld=tuple(withheld.most_common()),
    )


def _with_withheld(view: View, said: str, n: int) -> str:
    if not n:
        return said
    kept_back = view.words.ngettext(
        "{n} figure is withheld to protect people [c].",
        "{n} figures are withheld to protect people [c].",
        n,
    ).format(n=n)
    return f"{said} {kept_back}"


def _shown(view: View, area: str, period: str) -> list[Tested]:
    """Groups that were tested, clearest first, then the withheld ones."""
    pairs = _with_tests(view, area, period)
    shown = (pair for pair in pairs if _is_tested(pair) or pair[0].conf_status == "C")
    return sorted(shown, key=_clearest_first)


def _with_tests(view: View, area: str, period: str) -> list[Tested]:
    """Every group's estimate of a declared indicator, with its comparison."""
    tested = {
        (row.component, row.benchmark): row
        for row in view.rows_of("comparisons", area=area, period=period)
        if ":" in row.benchmark
    }
    return [
        (row, tested.get((row.indicator, f"{row.disaggregation}:{row.category}")))
        for row in view.rows_of("estimates", area=area, period=period)
        if row.disaggregation != TOTAL and row.indicator in view.catalogue.indicators
    ]


def _tested(pairs: Iterable[Tested]) -> list[Tested]:
    return [pair for pair in pairs if _is_tested(pair)]


def _clear(pairs: Iterable[Tested]) -> list[Tested]:
    return [pair for pair in pairs if _is_clear(pair)]


def _withheld(pairs: Iterable[Tested]) -> list[Tested]:
    return [pair for pair in pairs if pair[0].conf_status == "C"]


def _is_tested(pair: Tested) -> bool:
    return pair[1] is not None and pair[1].status in TESTED


def _is_clear(pair: Tested) -> bool:
    return pair[1] is not None and pair[1].status in CLEAR


def _clearest_first(pair: Tested) -> tuple[bool, bool, float]:
    z = known(pair[1].z) if pair[1] is not None else None
    return (not _is_tested(pair), not _is_clear(pair), -abs(z or 0.0))


def _rows(view: View, pairs: Iterable[Tested]) -> tuple[GroupRow, ...]:
    return tuple(_row(view, *pair) for pair in pairs)


def _row(view: View, estimate: Any, comparison: Any | None) -> GroupRow:
    indicator = view.catalogue.indicators[estimate.indicator]
    figure = view.figure(estimate, indicator)
    verdict = view.verdict(comparison, figure, indicator, "rest")
    kind, title = _titles(view, estimate)
    return GroupRow(
        indicator=indicator.id,
        title=indicator.title.in_language(view.language),
        disaggregation=estimate.disaggregation,
        disaggregation_title=kind,
        category=estimate.category,
        category_title=title,
        figure=figure,
        verdict=verdict,
        sentence=_sentence(view, title, figure, verdict),
    )


def _titles(view: View, estimate: Any) -> tuple[str, str]:
    """The titles of a disaggregation and of a category of it."""
    return view.once(_found_titles, estimate.disaggregation, estimate.category, estimate.area)


def _found_titles(view: View, disaggregation: str, category: str, area: str) -> tuple[str, str]:
    """Titles as declared; a category's may be the name of an area or a code."""
    declared = view.catalogue.disaggregations.get(disaggregation)
    if declared is None:
        return disaggregation, category
    kind = declared.title.in_language(view.language)
    for one in declared.categories:
        if one.id == category:
            return kind, one.title.in_language(view.language)
    for place in (category, f"{area}-{category}"):
        if place in view.titles:
            return kind, view.title(place)
    variable = view.catalogue.columns.get(declared.column or "")
    words = variable.codes.get(category) if variable else None
    return kind, words.in_language(view.language) if words else category


def _sentence(view: View, group: str, figure: Figure, verdict: Verdict) -> str:
    if figure.value is None:
        return f"{group}: {verdict.reason}"
    if verdict.difference is None:
        return f"{group}: {figure.text}. {verdict.reason}"
    template = DIFFERS if verdict.status in CLEAR else SIMILAR
    return view.words.gettext(template).format(
        group=group, value=figure.text, against=verdict.benchmark_text
    )
