"""Members of the index: every scored indicator with all that its place in the index needs.

What an indicator's own file says counts unless the framework's entry for it says otherwise; an
indicator of finished values has only the entry. Choices left open are the framework's.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from urban_safety_monitor.catalogue.framework import (
    Entry,
    Framework,
    Normalisation,
    TreatmentRule,
)
from urban_safety_monitor.catalogue.indicator import Evidence, Goalposts, Indicator, Text

OBSERVED = Text(en="The extremes observed.", es="Los extremos observados.")


@dataclass(frozen=True)
class Member:
    """One indicator in the index; `imputed` says whether its gaps are filled where any are."""

    id: str
    title: Text
    component: str
    core: bool
    evidence: Evidence | None
    importance: float
    goalposts: Goalposts
    denominator: str | None
    treatment: TreatmentRule
    imputed: bool
    normalisation: Normalisation


def members_of(framework: Framework, indicators: Mapping[str, Indicator]) -> tuple[Member, ...]:
    """The scored indicators in the catalogue's order, then those of finished values."""
    entries = {entry.id: entry for entry in framework.indicators}
    scored = [i for i in indicators.values() if i.scored]
    known = [_of_indicator(i, entries.get(i.id, Entry(id=i.id)), framework) for i in scored]
    own = [_of_entry(e, framework) for e in framework.indicators if e.id not in indicators]
    return (*known, *(member for member in own if member))


def faulty_entries(framework: Framework, indicators: Mapping[str, Indicator]) -> Iterator[str]:
    """What keeps entries from being members, as messages."""
    for entry in framework.indicators:
        where = f"framework.toml: indicators {entry.id}"
        indicator = indicators.get(entry.id)
        if sum(other.id == entry.id for other in framework.indicators) > 1:
            yield f"{where}: declared twice"
        if indicator and not indicator.scored:
            yield f"{where}: is never scored by its own file; give it goalposts there"
        if indicator is None and entry.component is None:
            yield f"{where}: has no file, so give its component"
        if indicator is None and _goalposts(entry) is None:
            yield f'{where}: has no file, so give goalposts, or better = "higher" or "lower"'


def _of_indicator(indicator: Indicator, entry: Entry, framework: Framework) -> Member:
    assert indicator.goalposts is not None
    return _member(
        entry.model_copy(
            update={
                "title": entry.title or indicator.title,
                "component": entry.component or indicator.component,
                "status": entry.status or indicator.status.value,
                "evidence": entry.evidence or indicator.evidence,
            }
        ),
        _goalposts(entry) or indicator.goalposts,
        framework,
    )


def _of_entry(entry: Entry, framework: Framework) -> Member | None:
    goalposts = _goalposts(entry)
    return None if goalposts is None else _member(entry, goalposts, framework)


def _member(entry: Entry, goalposts: Goalposts, framework: Framework) -> Member:
    core = entry.status != "extended"
    usual = 1.0 if core else framework.importance_of_extended
    return Member(
        id=entry.id,
        title=entry.title or Text(en=entry.id),
        component=entry.component or "",
        core=core,
        evidence=entry.evidence,
        importance=entry.importance or usual,
        goalposts=goalposts,
        denominator=entry.denominator,
        treatment=entry.treatment or framework.treatment,
        imputed=entry.imputed,
        normalisation=entry.normalisation or framework.normalisation.method,
    )


def _goalposts(entry: Entry) -> Goalposts | None:
    match entry.better:
        case "higher":
            return Goalposts(scores_0="min", scores_100="max", reason=OBSERVED)
        case "lower":
            return Goalposts(scores_0="max", scores_100="min", reason=OBSERVED)
        case None:
            return entry.goalposts
