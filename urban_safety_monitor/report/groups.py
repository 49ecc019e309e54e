"""Who is affected differently: tested differences of groups from the rest of the city, by kind."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.report.breakdown import CLEAR, TESTED
from urban_safety_monitor.report.records import CityProfile, GroupRow
from urban_safety_monitor.report.wording import translator


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


def groups_by_kind(profile: CityProfile, catalogue: Catalogue) -> tuple[GroupKind, ...]:
    """The kinds of groups a profile has rows for, in the catalogue's order."""
    inside: dict[str, list[GroupRow]] = {kind: [] for kind in catalogue.disaggregations}
    for row in profile.groups:
        inside.setdefault(row.disaggregation, []).append(row)
    return tuple(_kind(profile.language, kind, rows) for kind, rows in inside.items() if rows)


def _kind(language: str, kind: str, rows: Sequence[GroupRow]) -> GroupKind:
    tested = sum(row.verdict.status in TESTED for row in rows)
    clear = tuple(row for row in rows if row.verdict.status in CLEAR)
    withheld = Counter(row.category_title for row in rows if row.figure.conf_status == "C")
    words = translator(language)
    said = [
        words.ngettext(
            "{clear} of {n} comparison shows a clear difference.",
            "{clear} of {n} comparisons show a clear difference.",
            tested,
        ).format(clear=len(clear), n=tested)
    ]
    if withheld:
        n = withheld.total()
        kept_back = words.ngettext(
            "{n} figure is withheld to protect people [c].",
            "{n} figures are withheld to protect people [c].",
            n,
        )
        said.append(kept_back.format(n=n))
    return GroupKind(
        kind=kind,
        title=rows[0].disaggregation_title,
        line=" ".join(said),
        clear=clear,
        withheld=tuple(withheld.most_common()),
    )
