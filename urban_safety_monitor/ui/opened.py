"""What opens below the lines of a city profile, sent when a reader opens it.

A profile has dozens of lines and most are never opened: with all that is below them its page would
be three times as large. `static/lines.js` asks for what is opened and puts it in its place.
"""

from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from urban_safety_monitor.errors import DataError, MonitorError
from urban_safety_monitor.report.records import CityProfile
from urban_safety_monitor.report.wording import LOCALES
from urban_safety_monitor.report.writing import how_to_write
from urban_safety_monitor.ui.parts import filled
from urban_safety_monitor.ui.sources import catalogue, groups_of, profile_of
from urban_safety_monitor.ui.visit import Visit

PATH = "opened"

SCRIPT = Path(__file__).resolve().parent / "static" / "lines.js"


@cache
def script() -> str:
    """The program that asks for what is opened."""
    return SCRIPT.read_text(encoding="utf-8")


def asked_of(profile: CityProfile) -> dict[str, str]:
    """What the address of anything that opens on this profile says."""
    return {
        "run": profile.provenance.run_id,
        "city": profile.area,
        "period": profile.period,
        "bench": profile.benchmark,
        "lang": profile.language,
    }


def opened(request: Request) -> Response:
    """The inside of the indicator that is asked for, or the table of all where none is."""
    try:
        return HTMLResponse(_inside(dict(request.query_params)))
    except KeyError as missing:
        return PlainTextResponse(f"the address lacks {missing}", status_code=404)
    except MonitorError as error:
        return PlainTextResponse(str(error), status_code=404)


def _inside(asked: dict[str, str]) -> str:
    language = asked["lang"]
    if language not in LOCALES:
        raise DataError(f"language {language!r}: not spoken; there are {', '.join(LOCALES)}")
    profile = profile_of(asked["run"], asked["city"], asked["period"], asked["bench"], language)
    visit = Visit(language, asked["run"])
    if "ind" not in asked:
        return filled("city_table", visit, profile=profile)
    row = next((row for row in profile.rows if row.indicator == asked["ind"]), None)
    if row is None:
        raise DataError(f"indicator {asked['ind']!r}: not in this run")
    return filled(
        "city_line",
        visit,
        profile=profile,
        row=row,
        definition=catalogue().indicators[row.indicator].definition.in_language(language),
        groups=[group for group in groups_of(profile) if group.indicator == row.indicator],
        change=next((c for c in profile.changes if c.indicator == row.indicator), None),
        writing=how_to_write(profile, row),
    )
