"""Results as plain text and plain tables, for a terminal and for programs that read from it."""

from collections.abc import Iterator, Sequence

import pandas as pd

from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.errors import CatalogueError
from urban_safety_monitor.report.indicators import how_measured
from urban_safety_monitor.report.records import CityComparison, CityProfile, Figure, Row, Verdict
from urban_safety_monitor.tables.run import Results


def profile_text(profile: CityProfile) -> str:
    """A city's profile to read in a terminal."""
    return "\n".join(_profile_lines(profile))


def profile_table(profile: CityProfile) -> pd.DataFrame:
    """A city's indicators, one a row, with the numbers as they are."""
    return pd.DataFrame(_row_record(profile, row) for row in profile.rows)


def comparison_table(comparisons: Sequence[CityComparison]) -> pd.DataFrame:
    """Cities by indicators, one pair a row; cities in alphabetical order, never ranked."""
    return pd.DataFrame(
        {
            "indicator": comparison.indicator,
            "title": comparison.title,
            "unit": comparison.unit,
            "period": comparison.period,
            "area": row.area,
            "city": row.title,
            **_figure_record(row.figure),
            **_verdict_record(row.verdict),
        }
        for comparison in comparisons
        for row in comparison.rows
    )


def run_summary(results: Results) -> pd.DataFrame:
    """What a run holds of each city and period: how many values, how many with a mark."""
    totals = results.estimates[results.estimates["disaggregation"] == "total"]
    withheld = totals["conf_status"] == "C"
    counted = totals.assign(
        values=totals["value"].notna(),
        withheld=withheld,
        low_reliability=totals["obs_status"] == "u",
        not_collected=(totals["obs_status"] == "x") & ~withheld,
    )
    sums = counted.groupby(["area", "period"])[
        ["values", "withheld", "low_reliability", "not_collected"]
    ].sum()
    overall = results.scores[results.scores["level"] == "overall"]
    scores = overall.set_index(["area", "period"])[["score", "lower", "upper"]]
    named = results.areas.set_index("area")["title"]
    table = sums.join(scores).reset_index()
    table.insert(1, "city", table["area"].map(named).fillna(table["area"]))
    table["run_id"] = results.provenance.run_id
    return table


def indicator_table(catalogue: Catalogue, language: str) -> pd.DataFrame:
    """All indicators of a catalogue, one a row."""
    rows = []
    for indicator in catalogue.indicators.values():
        domain = catalogue.domain_of(indicator.id)
        rows.append(
            {
                "id": indicator.id,
                "title": indicator.title.in_language(language),
                "domain": domain.title.in_language(language) if domain else "",
                "unit_of_measure": indicator.unit_of_measure.in_language(language),
                "status": str(indicator.status),
                "evidence": str(indicator.evidence),
            }
        )
    return pd.DataFrame(rows)


def indicator_sheet(catalogue: Catalogue, name: str, language: str) -> pd.DataFrame:
    """One indicator's declaration, one entry a row.

    Raises:
        CatalogueError: there is no such indicator.
    """
    if name not in catalogue.indicators:
        raise CatalogueError(f"indicator {name!r}: not in the catalogue; see usm indicators")
    indicator = catalogue.indicators[name]
    posts = indicator.goalposts
    entries = {
        "id": indicator.id,
        "title": indicator.title.in_language(language),
        "definition": indicator.definition.in_language(language),
        "measure": how_measured(indicator, language),
        "unit_of_measure": indicator.unit_of_measure.in_language(language),
        "status": str(indicator.status),
        "evidence": str(indicator.evidence),
        "goalposts": f"{posts.scores_0} -> 0, {posts.scores_100} -> 100 ({posts.scale})"
        if posts
        else "",
        "missing_rule": indicator.missing_rule.in_language(language)
        if indicator.missing_rule
        else "",
        "disaggregations": ", ".join(indicator.disaggregations),
        "frameworks": "; ".join(indicator.frameworks),
        "references": "; ".join(reference.title for reference in indicator.references),
        "version": str(indicator.version),
    }
    return pd.DataFrame({"entry": list(entries), "content": list(entries.values())})


def _profile_lines(profile: CityProfile) -> Iterator[str]:
    if profile.demonstration:
        yield profile.demonstration
    yield f"{profile.title}, {profile.period_text}"
    yield profile.headline
    yield profile.survey_facts
    yield ""
    yield from profile.stand_outs
    domain = ""
    for row in profile.rows:
        if row.domain_title != domain:
            domain = row.domain_title
            yield ""
            yield domain
        yield _row_line(row)
    yield ""
    yield from (f"{line.title}: {line.text}" for line in profile.domains)
    yield from profile.notes
    yield from (f"[{letter}] {words}" for letter, words in profile.flags_used.items())
    yield profile.citation


def _row_line(row: Row) -> str:
    parts = [row.verdict.symbol or " ", row.title + ":", row.figure.text, row.figure.flag_text]
    compared = f"{row.verdict.word}: {row.verdict.benchmark_text}".strip(": ")
    return "  " + " ".join(part for part in [*parts, f"· {compared}" if compared else ""] if part)


def _row_record(profile: CityProfile, row: Row) -> dict[str, object]:
    return {
        "indicator": row.indicator,
        "title": row.title,
        "domain": row.domain,
        "unit": row.unit,
        "area": profile.area,
        "period": profile.period,
        **_figure_record(row.figure),
        "benchmark": profile.benchmark,
        **_verdict_record(row.verdict),
        "run_id": profile.provenance.run_id,
        "demonstration": profile.provenance.demonstration,
    }


def _figure_record(figure: Figure) -> dict[str, object]:
    return {
        "value": figure.value,
        "lower": figure.lower,
        "upper": figure.upper,
        "standard_error": figure.standard_error,
        "n": figure.n,
        "obs_status": figure.obs_status,
        "conf_status": figure.conf_status,
    }


def _verdict_record(verdict: Verdict) -> dict[str, object]:
    return {
        "benchmark_value": verdict.benchmark_value,
        "status": verdict.status,
        "reason": verdict.reason_key,
    }
