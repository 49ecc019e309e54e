"""Files of what is shown: the same values, flags and reasons, with run and mark in each row."""

from io import BytesIO

import pandas as pd
import pytest

from tests.unit.report import factory
from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.report import shown
from urban_safety_monitor.report.comparison import compare_cities
from urban_safety_monitor.report.history import history
from urban_safety_monitor.report.overview import overview
from urban_safety_monitor.report.scores import city_order
from urban_safety_monitor.report.view import View
from urban_safety_monitor.report.weights import own_weights
from urban_safety_monitor.tables.run import Results


def read(content: bytes) -> pd.DataFrame:
    table = pd.read_csv(BytesIO(content), encoding="utf-8-sig", keep_default_na=False)
    assert set(table["run"]) == {"0123456789abcdef"}
    assert set(table["demonstration"]) == {"Demonstration data, not a description of any real city"}
    return table


@pytest.mark.parametrize("indicator", ["safe_night", "safe_day", "sexual_violence_prev"])
def test_comparison(results: Results, catalogue: Catalogue, indicator: str) -> None:
    compared = compare_cities(results, catalogue, indicator, factory.PERIOD, country="xx")
    table = read(shown.comparison_csv(compared)).set_index("area")
    for row in compared.rows:
        said = table.loc[row.area]
        numbers = [said[name] for name in ("value", "lower", "upper", "n")]
        figure = (row.figure.value, row.figure.lower, row.figure.upper, row.figure.n)
        assert [float(n) if n != "" else None for n in numbers] == pytest.approx(list(figure))
        assert (said["status"], said["status_reason"]) == (row.verdict.status, row.verdict.reason)
        assert said["flags"] == " ".join(row.figure.flags)


def test_overview_and_comparison_agree(results: Results, catalogue: Catalogue) -> None:
    compared = compare_cities(results, catalogue, "safe_day", factory.PERIOD, country="xx")
    everything = overview(results, catalogue, factory.PERIOD, country="xx")
    one, every = read(shown.comparison_csv(compared)), read(shown.overview_csv(everything))
    cells = len(everything.lines) * len(everything.lines[0].cells)
    assert len(every) == cells
    same = every[every["indicator"] == "safe_day"].reset_index(drop=True)
    common = [name for name in one if name in same]
    pd.testing.assert_frame_equal(
        one[common].astype(str), same[common].astype(str), check_dtype=False
    )


def test_history_says_why_a_series_breaks(results: Results, catalogue: Catalogue) -> None:
    table = read(shown.history_csv(history(results, catalogue, "unsafe_city", country="xx")))
    broken = table[table["break_reason"] != ""]
    assert list(broken["area"]) == ["c0"] and list(broken["flags"]) == ["b"]
    assert len(table) == 16


def test_order_and_own_weights(results: Results, catalogue: Catalogue) -> None:
    view = View(results, catalogue, "en")
    order = read(shown.order_csv(city_order(view, "overall", factory.PERIOD, "xx")))
    assert not {"rank", "place"} & set(order) and (order["rank_lower_other_weights"] == 1).all()
    own = read(shown.own_weights_csv(own_weights(view, factory.PERIOD, "xx", {"governance": 0.0})))
    assert len(own) == 8 and {"score", "own_weights_score", "own_weights_lower"} <= set(own)
