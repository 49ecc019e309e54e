"""Pictures as data: what is drawn says what the table says, and nothing else."""

import json
import math
from dataclasses import replace
from typing import Any

import altair as alt
import pandas as pd
import pytest

from tests.unit.report import factory
from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.report import wording
from urban_safety_monitor.report.charts.change import change_plot
from urban_safety_monitor.report.charts.choropleth import choropleth, wound
from urban_safety_monitor.report.charts.dots import domain_strip, dot_whisker, indicator_dots
from urban_safety_monitor.report.charts.funnel import LEVELS, can_funnel, funnel
from urban_safety_monitor.report.charts.multiples import small_multiples
from urban_safety_monitor.report.charts.ranks import rank_intervals
from urban_safety_monitor.report.charts.rug import TINTS, rug
from urban_safety_monitor.report.charts.spine import EDGE, has_ranges, spine
from urban_safety_monitor.report.charts.style import (
    COLOURS,
    HOLLOW,
    SHAPES,
    Picture,
    to_png,
    to_svg,
)
from urban_safety_monitor.report.comparison import compare_cities
from urban_safety_monitor.report.districts import district_map, mapped, outlines_of
from urban_safety_monitor.report.history import history
from urban_safety_monitor.report.overview import overview
from urban_safety_monitor.report.palette import LIGHT
from urban_safety_monitor.report.profile import city_profile
from urban_safety_monitor.report.records import CityComparison, CityProfile
from urban_safety_monitor.report.scores import city_order
from urban_safety_monitor.report.view import View
from urban_safety_monitor.tables.boundaries import Boundaries
from urban_safety_monitor.tables.checks import checked
from urban_safety_monitor.tables.run import Results


def layers(picture: Picture, mark: str) -> list[dict[str, Any]]:
    """The picture's layers of one kind of mark, each with its data."""
    spec = picture.chart.to_dict()
    found = []
    for layer in spec["layer"]:
        if layer["mark"]["type"] == mark:
            data = layer["data"]
            values = data["values"] if "values" in data else spec["datasets"][data["name"]]
            found.append(layer | {"values": values})
    return found


def status_layers(picture: Picture) -> list[dict[str, Any]]:
    return [
        layer
        for layer in layers(picture, "point")
        if layer["values"] and "status" in layer["values"][0] and layer["mark"].get("fill")
    ]


def comparison_of(results: Results, indicator: str, **options: Any) -> CityComparison:
    return compare_cities(
        results, factory.catalogue(), indicator, factory.PERIOD, country="xx", **options
    )


@pytest.fixture
def pictures(results: Results, catalogue: Catalogue, profile_in: CityProfile) -> list[Picture]:
    """One of each kind, in each language."""
    language = profile_in.language
    comparison = comparison_of(results, "safe_night", language=language)
    everywhere = comparison_of(results, "safe_day", language=language)
    order = city_order(View(results, catalogue, language), "overall", factory.PERIOD, "xx")
    return [
        spine(profile_in, profile_in.rows[:15]),
        dot_whisker(comparison, own="c1"),
        indicator_dots(profile_in, profile_in.rows[:15]),
        domain_strip(profile_in),
        change_plot(profile_in, profile_in.changes),
        funnel(everywhere),
        rank_intervals(order),
        rug(overview(results, catalogue, factory.PERIOD, country="xx", language=language)),
        small_multiples(history(results, catalogue, "safe_day", country="xx", language=language)),
    ]


def test_every_picture_has_headline_source_run_mark_and_words(pictures: list[Picture]) -> None:
    for picture in pictures:
        drawn = json.dumps(picture.chart.to_dict(), ensure_ascii=False)
        assert picture.headline
        assert picture.alt_text.endswith((".", "Almeda")) and len(picture.alt_text) > 40
        assert picture.chart.to_dict()["description"] == picture.alt_text
        assert "0123456789abcdef" in drawn
        assert "DEMO" in drawn.upper()
        assert "95%" in picture.subtitle or "95%" in picture.headline


def test_every_picture_is_drawn_offline(pictures: list[Picture]) -> None:
    for picture in pictures:
        svg = to_svg(picture.chart)
        assert svg.startswith("<svg")
        assert "Noto Sans" in svg
        assert "NaN" not in svg
        assert "http" not in svg.replace("http://www.w3.org/", "")


def test_png(profile: CityProfile) -> None:
    assert to_png(domain_strip(profile).plain, 1.0).startswith(b"\x89PNG")


def test_real_data_carry_no_mark(catalogue: Catalogue) -> None:
    real = factory.make_results(demonstration=False)
    profile = city_profile(real, catalogue, "c0", factory.PERIOD)
    assert "emonstration" not in to_svg(spine(profile, profile.rows[:3]).chart)


def test_spine_marks_have_the_status_of_the_table(profile: CityProfile) -> None:
    picture = spine(profile, profile.rows)
    status = {row.title: row.verdict.status for row in profile.rows}
    drawn = {}
    for layer in status_layers(picture):
        for value in layer["values"]:
            drawn[value["title"]] = value["status"]
            assert layer["mark"]["shape"] == SHAPES[value["status"]]
            assert layer["mark"]["stroke"] == COLOURS[value["status"]]
            assert (layer["mark"]["fill"] == "#FFFFFF") == (value["status"] in HOLLOW)
    assert drawn == {title: status[title] for title in drawn}
    assert set(drawn.values()) == {"better", "worse", "no_status"}


def test_status_is_told_by_shape_alone_in_grey_print() -> None:
    told = {status: (SHAPES[status], status in HOLLOW) for status in wording.SYMBOLS}
    assert told == {
        "better": ("triangle-up", False),
        "worse": ("triangle-down", False),
        "similar": ("circle", False),
        "higher": ("diamond", False),
        "lower": ("diamond", True),
    }
    assert "".join(wording.SYMBOLS.values()) == "▲▼●◆◇"


def test_spine_puts_better_right_and_worse_left(profile: CityProfile) -> None:
    marks = [mark for mark in spine(profile, profile.rows).marks if mark["drawn"]]
    assert len(marks) > 40
    for mark in marks:
        if mark["status"] == "better":
            assert mark["x"] > 0
            assert mark["from"] > 0
        if mark["status"] == "worse":
            assert mark["x"] < 0
            assert mark["to"] < 0
        assert -EDGE <= mark["from"] <= mark["x"] <= mark["to"] <= EDGE


@pytest.mark.parametrize("indicator", ["safe_night", "sexual_violence_prev", "ipv_prev_women"])
def test_spine_draws_nothing_for_what_has_no_status(profile: CityProfile, indicator: str) -> None:
    mark = next(m for m in spine(profile, profile.rows).marks if m.get("indicator") == indicator)
    row = next(row for row in profile.rows if row.indicator == indicator)
    assert not mark["drawn"]
    assert "x" not in mark
    assert mark["value"] == row.figure.text


def test_spine_draws_low_reliability_hollow_and_dashed(profile: CityProfile) -> None:
    picture = spine(profile, profile.rows)
    dashed = [
        layer for layer in layers(picture, "rule") if layer["mark"].get("strokeDash") == [4, 3]
    ]
    mark = next(m for m in picture.marks if m.get("indicator") == "robbery_prev")
    assert mark["hollow"] and mark["drawn"]
    assert [value["y"] for layer in dashed for value in layer["values"]] == [mark["y"]]


def test_spine_never_ranges_fewer_than_five_cities(catalogue: Catalogue) -> None:
    few = city_profile(factory.make_results(number=4), catalogue, "c0", factory.PERIOD)
    five = city_profile(factory.make_results(number=5), catalogue, "c0", factory.PERIOD)
    assert not has_ranges(few.rows)
    assert not any(mark["drawn"] for mark in spine(few, few.rows).marks)
    assert has_ranges(five.rows)


def test_spine_leaves_context_undrawn(profile: CityProfile) -> None:
    context = {row.indicator for row in profile.rows if row.role == "context"}
    drawn = {m["indicator"] for m in spine(profile, profile.rows).marks if m["drawn"]}
    assert context and not context & drawn


def test_dot_whisker_has_text_for_what_cannot_be_compared(results: Results) -> None:
    picture = dot_whisker(comparison_of(results, "safe_night"))
    marks = {mark["area"]: mark for mark in picture.marks}
    assert not marks["c0"]["drawn"]
    assert marks["c0"]["word"] == "Not comparable"
    assert marks["c0"]["value"] == "34.0% (31.6 to 36.4)"
    assert sum(len(layer["values"]) for layer in status_layers(picture)) == 7


def test_dot_whisker_shows_the_benchmark_with_its_number(results: Results) -> None:
    comparison = comparison_of(results, "safe_day")
    texts = [
        value.get("label")
        for layer in layers(dot_whisker(comparison), "text")
        for value in layer["values"]
    ]
    assert f"the country median {comparison.benchmark_text}" in texts


def test_dot_whisker_orders_by_name_or_from_the_best(results: Results) -> None:
    more_is_worse = comparison_of(results, "bribery_prev")
    by_name = [mark["title"] for mark in dot_whisker(more_is_worse).marks]
    by_value = [mark["x"] for mark in dot_whisker(more_is_worse, by_value=True).marks]
    assert by_name[0] == "Ágave"
    assert by_value == sorted(by_value)


def test_dot_whisker_pages(results: Results) -> None:
    comparison = comparison_of(results, "safe_day")
    many = replace(comparison, rows=comparison.rows * 5)
    assert len(dot_whisker(many).marks) == 30
    assert len(dot_whisker(many, page=1).marks) == 10


def test_domain_strip_shows_a_domain_without_score_as_words(profile: CityProfile) -> None:
    marks = {mark["component"]: mark for mark in domain_strip(profile).marks}
    assert not marks["justice_police"]["drawn"]
    assert marks["justice_police"]["value"].startswith("Not scored")
    assert marks["violence_crime"]["drawn"]


def test_change_is_grey_unless_confirmed(results: Results, catalogue: Catalogue) -> None:
    changed = city_profile(results, catalogue, "c1", factory.PERIOD)
    marks = change_plot(changed, changed.changes).marks
    lines = layers(change_plot(changed, changed.changes), "rule")
    for line in lines:
        for value in line["values"]:
            assert line["mark"]["color"] == COLOURS[value["status"]]
    order = [mark["status"] == "similar" for mark in marks]
    assert order == sorted(order)


def test_change_across_a_break_is_words(profile: CityProfile) -> None:
    changes = [change for change in profile.changes if change.indicator == "unsafe_city"]
    (mark,) = change_plot(profile, changes).marks
    assert not mark["drawn"]
    assert mark["word"] == "Not comparable"


def test_funnel_needs_eight_cities_and_one_benchmark(results: Results) -> None:
    assert can_funnel(comparison_of(results, "safe_day"))
    assert not can_funnel(comparison_of(results, "safe_night"))  # one of eight is [d]
    assert not can_funnel(comparison_of(results, "safe_day", benchmark="previous"))


@pytest.mark.parametrize("indicator", ["safe_day", "homicide_rate", "incivilities_mean"])
def test_funnel_limits_agree_with_the_status(results: Results, indicator: str) -> None:
    comparison = comparison_of(results, indicator)
    status = {row.area: row.verdict.status for row in comparison.rows}
    against = comparison.benchmark_value
    variance = against * (100 - against) if comparison.percent else 1.0
    for mark in funnel(comparison).marks:
        limit = LEVELS["95%"] * (variance / mark["x"]) ** 0.5
        assert (abs(mark["y"] - against) > limit) == (status[mark["area"]] != "similar")
        assert mark["outside"] == (status[mark["area"]] != "similar")


def test_a_complete_count_has_no_place_in_a_funnel(results: Results) -> None:
    comparison = comparison_of(results, "safe_day")
    first, *others = comparison.rows
    exact = replace(first, verdict=replace(first.verdict, z=math.inf))
    marks = funnel(replace(comparison, rows=(exact, *others))).marks
    assert {mark["area"] for mark in marks} == {row.area for row in others}


def test_rank_bars_are_never_a_single_point(results: Results, catalogue: Catalogue) -> None:
    order = city_order(View(results, catalogue, "en"), "overall", factory.PERIOD, "xx")
    bars = layers(rank_intervals(order), "bar")
    assert len(bars) == 2
    assert all(v["to"] - v["from"] >= 0.8 for layer in bars for v in layer["values"])


def test_a_picture_is_a_plain_altair_chart(profile: CityProfile) -> None:
    assert isinstance(domain_strip(profile).chart, alt.LayerChart)


def test_rug_cells_have_the_status_of_the_table(results: Results, catalogue: Catalogue) -> None:
    found = overview(results, catalogue, factory.PERIOD, country="xx")
    (tints,) = layers(rug(found), "rect")
    drawn = {(v["area"], v["indicator"]): v["status"] for v in tints["values"]}
    for row in comparison_of(results, "safe_night").rows:
        assert drawn[row.area, "safe_night"] == row.verdict.status
    assert len(drawn) == len(found.lines) * len(found.lines[0].cells)
    assert set(drawn.values()) <= set(TINTS)
    symbols = {
        (v["x"], v["y"])
        for layer in layers(rug(found), "text")
        for v in layer["values"]
        if "symbol" in v
    }
    told = [v for v in tints["values"] if v["symbol"]]
    assert {(v["x"], v["y"]) for v in told} == symbols


def test_multiples_draw_no_line_over_a_break_or_a_gap(
    results: Results, catalogue: Catalogue
) -> None:
    def lines(indicator: str) -> int:
        picture = small_multiples(history(results, catalogue, indicator, country="xx"))
        rules = [v for layer in layers(picture, "rule") for v in layer["values"]]
        return sum("x2" in rule for rule in rules)

    assert lines("safe_day") == 8
    assert lines("unsafe_city") == 7  # broken in c0
    assert lines("sexual_violence_prev") == 7  # withheld in c0


def test_multiples_share_one_scale(results: Results, catalogue: Catalogue) -> None:
    picture = small_multiples(history(results, catalogue, "safe_day", country="xx"), own="c1")
    points = [v for layer in layers(picture, "point") for v in layer["values"]]
    heights = {}
    for point in points:
        value = float(point["text"].split("%")[0])
        heights.setdefault(value, set()).add(round(point["value_at"] % 154, 6))
    assert all(len(at) == 1 for at in heights.values())
    ordered = [at for _, at in sorted((v, min(at)) for v, at in heights.items())]
    assert ordered == sorted(ordered, reverse=True)


def square(x: float, *, clockwise: bool) -> dict[str, Any]:
    ring = [[x, 0.0], [x, 1.0], [x + 1, 1.0], [x + 1, 0.0], [x, 0.0]]
    return {"type": "Polygon", "coordinates": [ring if clockwise else ring[::-1]]}


def test_a_district_map_fills_classes_and_leaves_the_withheld_white(
    results: Results, catalogue: Catalogue
) -> None:
    placed = factory.with_districts(results)
    found = district_map(View(placed, catalogue, "en"), "c0", factory.PERIOD, "safe_day")
    codes = [region.row.category for region in found.regions]
    outlines = {code: square(i, clockwise=bool(i % 2)) for i, code in enumerate(codes)}
    picture = choropleth(found, outlines)
    (shapes,) = layers(picture, "geoshape")
    fills = {v["properties"]["category"]: v["properties"]["fill"] for v in shapes["values"]}
    for region in found.regions:
        withheld = region.row.figure.value is None
        assert (fills[region.row.category] == LIGHT["paper"]) == withheld
    assert any(region.row.figure.conf_status == "C" for region in found.regions)
    known = [(r.row.figure.value, r.step) for r in found.regions if r.step is not None]
    assert [step for _, step in sorted(known)] == sorted(step for _, step in known)
    assert "mercator" in json.dumps(picture.chart.to_dict())
    assert choropleth(found, {}).marks == picture.marks
    *solid, dashed = layers(picture, "rect")
    assert all(box["mark"]["strokeDash"] == [1, 0] for box in solid)
    assert dashed["mark"]["strokeDash"] == [4, 3]
    assert [box["fill"] for box in dashed["values"]] == [LIGHT["paper"]]


def test_only_what_has_figures_and_outlines_can_be_mapped(
    results: Results, catalogue: Catalogue
) -> None:
    placed = factory.with_districts(results)
    assert mapped(View(placed, catalogue, "en"), "c0", factory.PERIOD) == ()
    rows = [{"area": "c1", "geometry": json.dumps(square(0, clockwise=True))}]
    drawn = replace(placed, boundaries=checked(Boundaries, pd.DataFrame(rows)))
    assert mapped(View(drawn, catalogue, "en"), "c0", factory.PERIOD) == ("safe_day",)
    parents = drawn.areas.assign(
        parent=drawn.areas["parent"].mask(drawn.areas["area"] == "c1", "c0")
    )
    assert outlines_of(drawn, "c0") == {}
    inside = outlines_of(replace(drawn, areas=parents), "c0")
    assert inside == {"c1": square(0, clockwise=True)}


@pytest.mark.parametrize("clockwise", [True, False])
def test_outlines_run_the_way_the_drawing_library_takes_them(clockwise: bool) -> None:
    shape = wound(square(0, clockwise=clockwise))
    assert shape["coordinates"] == square(0, clockwise=True)["coordinates"]
    several = {
        "type": "MultiPolygon",
        "coordinates": [square(0, clockwise=clockwise)["coordinates"]],
    }
    assert wound(several)["coordinates"] == [shape["coordinates"]]
