"""What a city knows of its safety: is there data, who holds it, how old, how reliable, of whom.

The first step of UN-Habitat's Urban Safety Monitor: before figures are compared, see which
knowledge there is. Everything here follows from what was handed in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.catalogue.indicator import Indicator
from urban_safety_monitor.report.numbers import known, last_day_of
from urban_safety_monitor.report.view import View, named_rows
from urban_safety_monitor.report.wording import EVIDENCE, message, worded
from urban_safety_monitor.tables.csv_text import csv_text
from urban_safety_monitor.tables.inputs import TOTAL
from urban_safety_monitor.tables.run import Provenance, Results

AVAILABLE = {
    "yes": message("Yes"),
    "withheld": message("Withheld to protect people"),
    "no": message("No"),
}
HOLDERS = {
    "objective_survey": message("The city's household survey"),
    "subjective_survey": message("The city's household survey"),
    "administrative": message("Police, courts and other authorities"),
    "policy": message("The city's own administration"),
}
RELIABLE = {
    "good": message("Good"),
    "low": message("Low [u]"),
    "unknown": message("Not known"),
}

SELF_ASSESSMENT = {
    "office": message("Does one office of the city bring the figures on safety together?"),
    "shared": message("Do police, health services and courts share their figures with the city?"),
    "groups": message("Does the city see figures by sex, age, disability and district?"),
    "used": message("Did figures on safety shape the last budget or plan?"),
    "open": message("Can residents see these figures?"),
}
"""What no table can tell: an official's own answers. They are kept nowhere."""

ANSWERS = {
    "yes": message("Yes"),
    "partly": message("Partly"),
    "no": message("No"),
}


@dataclass(frozen=True)
class Knowledge:
    """What is known of one indicator.

    `age` counts whole years from the end of its last period to the end of the city's last one;
    `groups` are the kinds of groups with figures, of those the catalogue asks for.
    """

    indicator: str
    title: str
    domain_title: str
    available: str
    available_text: str
    evidence: str
    holder: str
    period_text: str
    age: int | None
    reliability: str
    reliability_text: str
    groups: tuple[str, ...]
    groups_asked: int


@dataclass(frozen=True)
class KnowledgeSystem:
    """Every indicator of the catalogue as one city knows it; `line` says how much there is."""

    language: str
    area: str
    title: str
    period_text: str
    line: str
    rows: tuple[Knowledge, ...]
    demonstration: str
    provenance: Provenance


def knowledge_system(
    results: Results, catalogue: Catalogue, area: str, *, language: str = "en"
) -> KnowledgeSystem:
    """What a city knows, indicator by indicator, from all its rounds.

    Raises:
        DataError: the city is not in the results.
    """
    view = View(results, catalogue, language)
    title = view.city_title(area)
    estimates = results.estimates[results.estimates["area"] == area].sort_values("period")
    last = str(estimates["period"].max()) if len(estimates) else ""
    of_indicator: dict[str, list[Any]] = {}
    for row in named_rows(estimates):
        of_indicator.setdefault(row.indicator, []).append(row)
    rows = tuple(
        _knowledge(view, catalogue.indicators[name], of_indicator.get(name, []), last)
        for name in sorted(catalogue.indicators, key=view.place_of)
    )
    return KnowledgeSystem(
        language=language,
        area=area,
        title=title,
        period_text=view.period(last) if last else "",
        line=_line(view, rows),
        rows=rows,
        demonstration=view.demonstration,
        provenance=results.provenance,
    )


def knowledge_csv(system: KnowledgeSystem, answers: Mapping[str, str]) -> bytes:
    """The table, then each question of the self-assessment with its answer if there is one."""
    known = [
        {
            "part": "indicator",
            "name": row.indicator,
            "title": row.title,
            "domain": row.domain_title,
            "answer": row.available_text,
            "evidence": row.evidence,
            "holder": row.holder,
            "period": row.period_text,
            "age_in_years": row.age,
            "reliability": row.reliability_text,
            "groups": ", ".join(row.groups),
            "groups_asked": row.groups_asked,
        }
        for row in system.rows
    ]
    asked = [
        {
            "part": "self-assessment",
            "name": name,
            "title": worded(SELF_ASSESSMENT, name, system.language),
            "answer": worded(ANSWERS, answers.get(name, ""), system.language),
        }
        for name in SELF_ASSESSMENT
    ]
    table = pd.DataFrame([*known, *asked]).assign(
        area=system.area,
        city=system.title,
        run=system.provenance.run_id,
        demonstration=system.demonstration,
    )
    table = table.astype({"age_in_years": "Int64", "groups_asked": "Int64"})
    return csv_text(table).encode("utf-8-sig")


def _knowledge(view: View, indicator: Indicator, found: Sequence[Any], last: str) -> Knowledge:
    """What the estimates of an indicator, the earliest first, say of it."""
    language = view.language
    totals = [row for row in found if row.disaggregation == TOTAL]
    there = [row for row in totals if known(row.value) is not None]
    withheld = not there and any(row.conf_status == "C" for row in totals)
    available = "yes" if there else "withheld" if withheld else "no"
    period = there[-1].period if there else ""
    reliability = _reliability(there[-1].obs_status) if there else "unknown"
    domain = view.catalogue.domain_of(indicator.id)
    shown = {
        row.disaggregation for row in found if row.period == period and known(row.value) is not None
    }
    return Knowledge(
        indicator=indicator.id,
        title=indicator.title.in_language(language),
        domain_title=domain.title.in_language(language) if domain else "",
        available=available,
        available_text=worded(AVAILABLE, available, language),
        evidence=worded(EVIDENCE, indicator.evidence.value, language),
        holder=worded(HOLDERS, indicator.evidence.value, language),
        period_text=view.period(period) if period else "",
        age=last_day_of(last).year - last_day_of(period).year if period else None,
        reliability=reliability,
        reliability_text=worded(RELIABLE, reliability, language),
        groups=tuple(
            view.catalogue.disaggregations[name].title.in_language(language)
            for name in indicator.disaggregations
            if name in shown
        ),
        groups_asked=len(indicator.disaggregations),
    )


def _reliability(obs_status: str) -> str:
    return "low" if obs_status == "u" else "good"


def _line(view: View, rows: Sequence[Knowledge]) -> str:
    there = sum(row.available == "yes" for row in rows)
    low = sum(row.reliability == "low" for row in rows)
    return view.words.gettext(
        "{there} of {n} indicators have figures; {low} of these are of low reliability."
    ).format(there=there, n=len(rows), low=low)
