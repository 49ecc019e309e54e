"""Templates: whatever a value holds, it stays text."""

import pytest
from jinja2 import UndefinedError

from urban_safety_monitor.ui.parts import filled
from urban_safety_monitor.ui.visit import Visit

ENGLISH = Visit(language="en", run_id="")


def test_values_never_become_html() -> None:
    hostile = "<script>alert('1')</script>"
    html = filled("nothing", ENGLISH, title=hostile, text=f"{hostile}\n<b>line</b>")
    assert "<script>" not in html and "<b>" not in html
    assert html.count("&lt;script&gt;") == 2


def test_a_forgotten_value_is_a_fault_and_not_a_gap() -> None:
    with pytest.raises(UndefinedError):
        filled("nothing", ENGLISH, title="only a title")
