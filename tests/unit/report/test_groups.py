"""Who is affected differently, and the tables behind a profile's pictures."""

from io import BytesIO

import numpy as np
import pandas as pd

from tests.unit.report import factory
from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.report.groups import group_kinds
from urban_safety_monitor.report.profile import city_profile
from urban_safety_monitor.report.profile_tables import changes_csv, scores_csv
from urban_safety_monitor.report.records import CLEAR, FullProfile
from urban_safety_monitor.report.view import View
from urban_safety_monitor.tables.run import Results


def test_kinds_hold_every_clear_difference_and_count_what_is_withheld(
    results: Results, catalogue: Catalogue
) -> None:
    profile = city_profile(results, catalogue, "c7", factory.PERIOD, language="es")
    view = View(results, catalogue, "es")
    kinds = group_kinds(view, "c7", factory.PERIOD)
    assert [kind.kind for kind in kinds] == ["sex"]
    clear = [row for row in profile.groups if row.verdict.status in CLEAR]
    withheld = sum(row.figure.conf_status == "C" for row in profile.groups)
    assert list(kinds[0].clear) == clear and clear
    assert sum(n for _, n in kinds[0].withheld) == withheld > 0
    assert kinds[0].line.startswith(f"{len(clear)} ") and f"{withheld} " in kinds[0].line
    assert "[c]" in kinds[0].line


def test_changes_have_both_rounds_with_flags_and_the_tested_status(profile: FullProfile) -> None:
    table = pd.read_csv(BytesIO(changes_csv(profile))).set_index("indicator")
    assert len(table) == len(profile.changes)
    for change in profile.changes:
        row = table.loc[change.indicator]
        assert np.isclose(row["before_value"], change.before.value)
        assert np.isclose(row["value"], change.after.value)
        assert row["status"] == change.verdict.status
    assert "u" in set(table["flags"])


def test_scores_keep_evidence_apart_and_a_missing_score_empty(profile: FullProfile) -> None:
    table = pd.read_csv(BytesIO(scores_csv(profile))).set_index("component")
    assert {line.component for line in profile.evidence} <= set(table.index)
    assert np.isnan(table.at["justice_police", "score"])
    assert table.at["justice_police", "missing"].count(";") == 1
    assert table["demonstration"].str.contains("Demonstration").all()
