"""Values before they are part of a run: in words, domain by domain, withheld ones without any."""

import pandas as pd

from urban_safety_monitor.catalogue import load_catalogue
from urban_safety_monitor.report.preview import preview
from urban_safety_monitor.tables import Estimates, checked

NUMBERS = ["value", "standard_error", "lower", "upper", "degrees_of_freedom", "n"]
NUMBERS += ["n_effective", "design_effect", "psus"]


def estimates() -> pd.DataFrame:
    shown = dict.fromkeys(NUMBERS, 1.0) | {"value": 36.8, "lower": 31.6, "upper": 42.3, "n": 298.0}
    nothing = dict.fromkeys(NUMBERS)
    rows = [
        {"indicator": "police_trust", "disaggregation": "total", **nothing, "conf_status": "C"},
        {"indicator": "safe_night", "disaggregation": "total", **shown, "conf_status": ""},
        {"indicator": "safe_night", "disaggregation": "sex", **shown, "conf_status": ""},
    ]
    table = pd.DataFrame(rows).assign(area="MX-PUE", period="2026-Q1", obs_status="u")
    table["category"] = table["disaggregation"].replace({"sex": "female"})
    columns = list(Estimates.to_schema().columns)
    return checked(Estimates, table[columns])


def test_values_of_everybody_stand_by_domain_with_their_flags() -> None:
    found = preview(estimates(), load_catalogue(), "es")
    assert [row.indicator for row in found.rows] == ["safe_night", "police_trust"]
    safe, trust = (row.figure for row in found.rows)
    assert (safe.text, safe.n_text, safe.flags) == ("36.8% (de 31.6 a 42.3)", "298", ("u",))
    assert (trust.text, trust.n_text, trust.flags) == ("", "", ("c",))
    assert [title for title, _ in found.domains] == ["Percepción y temor", "Justicia y policía"]
    assert set(found.flags) == {"u", "c"}


def test_one_city_and_round_can_be_taken_out() -> None:
    found = preview(estimates(), load_catalogue())
    assert len(found.of("MX-PUE", "2026-Q1").rows) == 2
    assert found.of("MX-PUE", "2025-Q1").rows == ()
