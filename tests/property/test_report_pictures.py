"""Laws of the pictures: right is better, nothing leaves the frame, limits and status agree."""

from dataclasses import replace

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from urban_safety_monitor.report.charts.funnel import LEVELS, funnel
from urban_safety_monitor.report.charts.spine import EDGE, spine_marks
from urban_safety_monitor.report.records import (
    CityComparison,
    CityProfile,
    CityRow,
    Figure,
    Row,
    Spread,
    Verdict,
)
from urban_safety_monitor.tables.run import Provenance

NUMBER = st.floats(min_value=-1e6, max_value=1e6, allow_nan=False, width=32)
ERROR = st.floats(min_value=0.1, max_value=1e3, allow_nan=False)

PROVENANCE = Provenance("run", "1", "sha", {}, {}, demonstration=True)


def figure(value: float, error: float = 1.0) -> Figure:
    return Figure(
        value=value,
        lower=value - 1.96 * error,
        upper=value + 1.96 * error,
        standard_error=error,
        n=800.0,
        n_effective=600.0,
        obs_status="A",
        conf_status="",
        flags=(),
        value_text=f"{value:.1f}",
        interval_text=f"{value - 1.96 * error:.1f} to {value + 1.96 * error:.1f}",
        n_text="800",
    )


def verdict(value: float, error: float, against: float, higher_is_better: bool) -> Verdict:
    z = (value - against) / error
    good = (z > 0) == higher_is_better
    status = "similar" if abs(z) <= LEVELS["95%"] else "better" if good else "worse"
    return Verdict(
        benchmark="country_median",
        benchmark_value=against,
        benchmark_text=f"{against:.1f}",
        difference=value - against,
        z=z,
        status=status,
        symbol="",
        word=status,
        reason_key="",
        reason="",
    )


def row(own: float, error: float, others: list[float], higher_is_better: bool) -> Row:
    """A row with its range over the cities, and their middle one as the benchmark."""
    values = sorted([own, *others])
    low, high = values[0], values[-1]
    first, middle, third = (values[round(q * (len(values) - 1))] for q in (0.25, 0.5, 0.75))
    return Row(
        indicator="i",
        title="An indicator",
        unit="percent",
        domain="d",
        domain_title="A domain",
        role="core",
        evidence="objective_survey",
        percent=False,
        higher_is_better=higher_is_better,
        figure=figure(own, error),
        verdict=verdict(own, error, middle, higher_is_better),
        spread=Spread(low, first, middle, third, high, len(values)),
        sentence="",
    )


def profile_of(*rows: Row) -> CityProfile:
    texts = dict.fromkeys(CityProfile.__dataclass_fields__, "")
    lists = dict.fromkeys(("domains", "evidence", "changes", "notes", "peers"), ())
    fields = texts | lists | {"language": "en", "rows": rows, "provenance": PROVENANCE}
    return CityProfile(**fields)  # type: ignore[arg-type]


@given(
    own=NUMBER,
    error=ERROR,
    others=st.lists(NUMBER, min_size=4, max_size=12),
    higher_is_better=st.booleans(),
)
def test_on_the_spine_right_is_better_and_nothing_leaves_the_frame(
    own: float, error: float, others: list[float], higher_is_better: bool
) -> None:
    drawn = row(own, error, others, higher_is_better)
    mark = spine_marks(profile_of(drawn), [drawn])[1]
    assert -1 <= mark["x"] <= 1
    assert -EDGE <= mark["from"] <= mark["x"] <= mark["to"] <= EDGE
    bars = sorted([mark["low"], mark["high"]])
    middle_half = sorted([mark["quartile_1"], mark["quartile_3"]])
    assert -1 <= bars[0] <= middle_half[0] <= middle_half[1] <= bars[1] <= 1
    if mark["status"] == "better":
        assert mark["x"] > 0
    if mark["status"] == "worse":
        assert mark["x"] < 0


@given(own=NUMBER, error=ERROR, others=st.lists(NUMBER, min_size=4, max_size=12))
def test_turning_the_direction_mirrors_the_spine(
    own: float, error: float, others: list[float]
) -> None:
    upwards, downwards = (row(own, error, others, better) for better in (True, False))
    one = spine_marks(profile_of(upwards), [upwards])[1]
    other = spine_marks(profile_of(downwards), [downwards])[1]
    assert one["x"] == -other["x"]
    assert (one["from"], one["to"]) == (-other["to"], -other["from"])


@settings(max_examples=40)
@given(
    values=st.lists(st.tuples(st.floats(1, 99), st.floats(0.1, 20)), min_size=8, max_size=15),
    against=st.floats(2, 98),
    percent=st.booleans(),
)
def test_funnel_limits_status_and_interval_never_contradict_each_other(
    values: list[tuple[float, float]], against: float, percent: bool
) -> None:
    assume(all(abs(value - against) > 1e-6 for value, _ in values))
    rows = tuple(
        CityRow(
            area=f"c{i}",
            title=f"City {i}",
            figure=figure(value, error),
            verdict=verdict(value, error, against, True),
            comparable=True,
            rank_lower=None,
            rank_upper=None,
        )
        for i, (value, error) in enumerate(values)
    )
    texts = dict.fromkeys(CityComparison.__dataclass_fields__, "")
    comparison = replace(
        CityComparison(**texts),  # type: ignore[arg-type]
        language="en",
        rows=rows,
        percent=percent,
        benchmark_value=against,
        provenance=PROVENANCE,
    )
    variance = against * (100 - against) if percent else 1.0
    for mark, shown in zip(funnel(comparison).marks, rows, strict=True):
        limit = LEVELS["95%"] * (variance / mark["x"]) ** 0.5
        far = abs(mark["y"] - against)
        if abs(far - limit) > 1e-9 * limit:
            assert (far > limit) == mark["outside"] == (shown.verdict.status != "similar")
