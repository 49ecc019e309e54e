"""The scorecard: a city on two pages, as a tagged PDF that is the same bytes for the same run.

What it says and shows is put together here; the template computes nothing but its layout.
"""

from datetime import date
from io import BytesIO
from typing import Any

import segno

from urban_safety_monitor.errors import DataError
from urban_safety_monitor.report.charts.dots import domain_strip, indicator_dots
from urban_safety_monitor.report.charts.spine import has_ranges, spine
from urban_safety_monitor.report.charts.style import COLOURS, Picture, to_svg
from urban_safety_monitor.report.numbers import last_day_of
from urban_safety_monitor.report.palette import without_colour
from urban_safety_monitor.report.paper import PLAIN, Paper
from urban_safety_monitor.report.profile import core_rows
from urban_safety_monitor.report.records import CLEAR, ChangeRow, CityProfile, Row
from urban_safety_monitor.report.typeset import MissingLetter, typeset
from urban_safety_monitor.report.wording import STATUS_WORDS, SYMBOLS, translator, worded

STRIP_WIDTH = 160
"""Of the small plot of domain scores, in pixels: narrow, so that its letters print large enough."""

MOST_DRAWN = 44
"""Rows the first page's picture can hold in letters that can still be read."""

MOST_ROWS = 80
"""Rows the second page can hold in letters that can still be read."""

MOST_CHANGES = 6


def scorecard_pdf(profile: CityProfile, address: str = "", paper: Paper = PLAIN) -> bytes:
    """The two pages as PDF (PDF/A-2a and PDF/UA-1).

    Args:
        profile: the city; its language is the scorecard's.
        address: where the figures are published, for the reader's camera; the run id otherwise.
        paper: what it is printed on.

    Raises:
        DataError: the city's name has letters that none of the shipped fonts can show.
    """
    try:
        return typeset("scorecard.typ", scorecard_data(profile, address, paper), paper)
    except MissingLetter as error:
        raise DataError(
            f"scorecard of {profile.title!r}: no shipped font can show all of its letters; "
            "give the city's title in Latin, Arabic or Ethiopic letters"
        ) from error


def scorecard_data(profile: CityProfile, address: str = "", paper: Paper = PLAIN) -> dict[str, Any]:
    """Everything the template prints, as texts; it computes nothing but its own layout."""
    rows = (core_rows(profile) or profile.rows)[:MOST_DRAWN]
    picture = spine(profile, rows) if has_ranges(rows) else indicator_dots(profile, rows)
    strip = domain_strip(profile, STRIP_WIDTH)
    day = _document_day(profile)
    return {
        "language": profile.language,
        "date": [day.year, day.month, day.day],
        "title": f"{profile.title}, {profile.period_text}",
        "headline": profile.headline,
        "facts": profile.survey_facts,
        "demonstration": profile.demonstration,
        "counts": _counts(profile),
        "picture": _printed_picture(picture, paper),
        "strip": _printed_picture(strip, paper),
        "chance": profile.chance_line,
        "table": _table(profile),
        "changes": _changes(profile),
        "changes_line": profile.changes_line,
        "method": profile.method,
        "flags": [f"[{letter}] {meaning}" for letter, meaning in profile.flags_used.items()],
        "notes": list(profile.notes),
        "citation": profile.citation,
        "licence": profile.licence,
        "run": profile.provenance.run_id,
        "address": address,
        "code": _code(profile, address),
        "words": _words(profile),
        "symbols": [
            [SYMBOLS[status], worded(STATUS_WORDS, status, profile.language), COLOURS[status]]
            for status in ("better", "similar", "worse")
        ],
    }


def _printed_picture(picture: Picture, paper: Paper) -> dict[str, str]:
    svg = to_svg(picture.plain)
    return {"svg": svg if paper.colour else without_colour(svg), "alt": picture.alt_text}


def _document_day(profile: CityProfile) -> date:
    """The day the file is dated: the round's last, so that the same run gives the same bytes."""
    return last_day_of(profile.period)


def _counts(profile: CityProfile) -> list[dict[str, Any]]:
    shown = ("better", "worse", "similar", "not_comparable")
    return [
        {
            "symbol": SYMBOLS.get(status, "[d]"),
            "word": worded(STATUS_WORDS, status, profile.language),
            "n": profile.counts[status],
            "colour": COLOURS[status],
        }
        for status in shown
    ]


def _table(profile: CityProfile) -> list[dict[str, Any]]:
    """The printed rows in the profile's order; core indicators first where not all fit."""
    by_role = sorted(profile.rows, key=lambda row: row.role != "core")
    kept = set(id(row) for row in by_role[:MOST_ROWS])
    return [_printed(row) for row in profile.rows if id(row) in kept]


def _printed(row: Row) -> dict[str, Any]:
    return {
        "domain": row.domain_title,
        "title": row.title,
        "unit": "" if row.percent else row.unit,
        "value": row.figure.value_text,
        "interval": row.figure.interval_text,
        "benchmark": row.verdict.benchmark_text,
        "symbol": SYMBOLS.get(row.verdict.status, ""),
        "word": row.verdict.word,
        "colour": COLOURS[row.verdict.status],
        "n": row.figure.n_text,
        "flags": row.figure.flag_text,
    }


def _changes(profile: CityProfile) -> list[str]:
    """Confirmed changes, clearest first; assessors' ratings of policies last."""
    policies = {row.indicator for row in profile.rows if row.evidence == "policy"}
    clear = [change for change in profile.changes if change.verdict.status in CLEAR]
    clear.sort(key=lambda c: (c.indicator in policies, -abs(c.verdict.z or 0.0)))
    template = translator(profile.language).gettext("{title}: {before}, now {after} ({word})")
    return [_change(change, template) for change in clear[:MOST_CHANGES]]


def _change(change: ChangeRow, template: str) -> str:
    return template.format(
        title=change.title,
        before=change.before.value_text,
        after=change.after.value_text,
        word=change.verdict.word.lower(),
    )


def _code(profile: CityProfile, address: str) -> str:
    """The address as a QR code; without one the run's id, so that nobody has to type it."""
    drawn = BytesIO()
    content = address or f"Urban Safety Monitor, run {profile.provenance.run_id}"
    segno.make(content, error="m").save(drawn, kind="svg", border=2, xmldecl=False)
    return drawn.getvalue().decode()


def _words(profile: CityProfile) -> dict[str, str]:
    say = translator(profile.language).gettext
    left_out = max(0, len(profile.rows) - MOST_ROWS)
    undrawn = max(0, len(core_rows(profile) or profile.rows) - MOST_DRAWN)
    return {
        "product": say("Urban Safety Monitor: city scorecard"),
        "document": say("{title}: safety scorecard").format(
            title=f"{profile.title}, {profile.period_text}"
        ),
        "glance": say("Core indicators at a glance, compared with {benchmark}").format(
            benchmark=profile.benchmark_name
        ),
        "domains": say("Domain scores, 0 to 100, with 95% interval"),
        "key": say("How to read this"),
        "key_text": say(
            "The mark is the city; its shape says whether it is better or worse than the "
            "benchmark. The line is the 95% interval. The grey bar spans all comparable cities, "
            "the darker part their middle half. Right is always better. A hollow mark with a "
            "dashed line is of low reliability [u]. Rows marked [d] keep their value and are not "
            "compared."
        ),
        "all": say("All indicators, compared with {benchmark}").format(
            benchmark=profile.benchmark_name
        ),
        "left_out": say("{n} further indicators are in the data file.").format(n=left_out)
        if left_out
        else "",
        "undrawn": say("({n} further ones are in the table)").format(n=undrawn) if undrawn else "",
        "indicator": say("Indicator"),
        "value": say("Value"),
        "interval": say("95% interval"),
        "benchmark": say("Benchmark"),
        "status": say("Status"),
        "n": say("n"),
        "flag": say("Flag"),
        "changed": say("What changed"),
        "method": say("Method"),
        "flags": say("Flags used"),
        "citation": say("Citation"),
        "run": say("Run {run}").format(run=profile.provenance.run_id),
        "page": say("Page {page} of {pages}"),
        "code": say("QR code: {content}").format(content=profile.provenance.run_id),
        "demo": say("DEMO") if profile.demonstration else "",
    }
