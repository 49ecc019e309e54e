"""One indicator over the cities of a country: lines, funnel, table; the order behind a click."""

from functools import partial

from urban_safety_monitor.report.charts.dots import CITIES_A_PAGE, dot_whisker
from urban_safety_monitor.report.charts.funnel import FEWEST_CITIES
from urban_safety_monitor.report.records import CityComparison
from urban_safety_monitor.report.shown import comparison_csv
from urban_safety_monitor.ui.comparing.choice import Choice
from urban_safety_monitor.ui.comparing.frame import head, page_of, tools
from urban_safety_monitor.ui.lines import city_lines
from urban_safety_monitor.ui.parts import draw, show
from urban_safety_monitor.ui.sources import comparison_of, funnel_of
from urban_safety_monitor.ui.visit import Visit

FEWEST_IN_A_RANGE = 5


def one_indicator(visit: Visit, choice: Choice) -> None:
    """Show the cities' values of the indicator in the address."""
    comparison = comparison_of(
        visit.run_id,
        choice.indicator,
        choice.period,
        country=choice.country,
        areas=choice.areas,
        benchmark=choice.benchmark,
        language=visit.language,
    )
    there = sum(row.comparable for row in comparison.rows)
    head(visit, choice, comparison, title=comparison.title, alone=there < 2)
    page = page_of(visit, [row.title for row in comparison.rows], CITIES_A_PAGE)
    picture = partial(dot_whisker, comparison, own=choice.own, page=page)
    name = f"{comparison.indicator}_{comparison.country}_{comparison.period}"
    tools(visit, choice, name, picture, partial(comparison_csv, comparison))
    show(
        "compare_rows",
        visit,
        comparison=comparison,
        cities=city_lines(comparison, page),
        own=choice.own,
        few=there if 2 <= there < FEWEST_IN_A_RANGE else 0,
    )
    _funnel(visit, comparison)
    ranked = [row for row in comparison.rows if row.rank_lower is not None]
    show("compare_order", visit, comparison=comparison, ranked=ranked)


def _funnel(visit: Visit, comparison: CityComparison) -> None:
    picture = funnel_of(comparison)
    tested = sum(row.verdict.z is not None for row in comparison.rows)
    if picture is not None:
        show("compare_funnel", visit, picture=picture)
        draw(picture, "chart")
    elif tested < FEWEST_CITIES:
        said = visit.say(
            "A funnel needs {fewest} cities or more; {n} can be tested here.",
            fewest=FEWEST_CITIES,
            n=tested,
        )
        show("compare_funnel", visit, picture=None, fewest=said)
