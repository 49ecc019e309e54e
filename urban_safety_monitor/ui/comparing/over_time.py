"""Over time: one indicator's rounds, city by city, on one scale."""

from functools import partial

from urban_safety_monitor.report.charts.multiples import (
    MOST,
    PANEL,
    TALL,
    panels,
    scale_texts,
    small_multiples,
)
from urban_safety_monitor.report.shown import history_csv
from urban_safety_monitor.ui.comparing.choice import Choice
from urban_safety_monitor.ui.comparing.frame import head, page_of, tools
from urban_safety_monitor.ui.parts import show
from urban_safety_monitor.ui.sources import history_of
from urban_safety_monitor.ui.visit import Visit


def over_time(visit: Visit, choice: Choice) -> None:
    """Show the rounds of the indicator in the address."""
    found = history_of(
        visit.run_id,
        choice.indicator,
        country=choice.country,
        areas=choice.areas,
        language=visit.language,
    )
    title = visit.say("{indicator}: over time", indicator=found.title)
    head(visit, choice, found, title=title)
    page = page_of(visit, [course.title for course in found.courses], MOST)
    picture = partial(small_multiples, found, choice.own, page)
    name = f"{found.indicator}_{found.country}_rounds"
    tools(visit, choice, name, picture, partial(history_csv, found))
    show(
        "compare_time",
        visit,
        found=found,
        panels=panels(found, page),
        scale=scale_texts(found),
        size=(PANEL, TALL),
        own=choice.own,
    )
