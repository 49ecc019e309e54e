"""What a city knows: whether there is a figure, whose, how old, how reliable and of whom."""

from dataclasses import replace
from io import BytesIO

import pandas as pd
import pytest

from tests.unit.report import factory
from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.errors import DataError
from urban_safety_monitor.report.knowledge import (
    SELF_ASSESSMENT,
    Knowledge,
    KnowledgeSystem,
    knowledge_csv,
    knowledge_system,
)
from urban_safety_monitor.tables.run import Results


@pytest.fixture
def system(results: Results, catalogue: Catalogue) -> KnowledgeSystem:
    return knowledge_system(results, catalogue, factory.CITY)


def row(system: KnowledgeSystem, indicator: str) -> Knowledge:
    return next(row for row in system.rows if row.indicator == indicator)


def test_every_indicator_of_the_catalogue_has_a_row(
    system: KnowledgeSystem, catalogue: Catalogue
) -> None:
    assert sorted(row.indicator for row in system.rows) == sorted(catalogue.indicators)


def test_a_figure_has_holder_period_reliability_and_groups(system: KnowledgeSystem) -> None:
    found = row(system, "safe_day")
    assert (found.available, found.age, found.reliability) == ("yes", 0, "good")
    assert found.holder == "The city's household survey"
    assert found.period_text == "2026 Q1"
    assert found.groups == ("Sex",) and found.groups_asked > 1
    assert row(system, "homicide_rate").holder == "Police, courts and other authorities"


def test_low_reliability_is_said(system: KnowledgeSystem) -> None:
    assert row(system, "robbery_prev").reliability == "low"


def test_what_is_missing_in_the_last_round_is_as_old_as_its_last_figure(
    system: KnowledgeSystem,
) -> None:
    found = row(system, "ipv_prev_women")
    assert (found.available, found.period_text, found.age) == ("yes", "2024 Q1", 2)


def test_withheld_everywhere_is_not_the_same_as_not_there(
    results: Results, catalogue: Catalogue
) -> None:
    table = results.estimates
    last = table[table["period"] == factory.PERIOD]
    system = knowledge_system(replace(results, estimates=last), catalogue, factory.CITY)
    assert row(system, "sexual_violence_prev").available == "withheld"
    assert row(system, "ipv_prev_women").available == "no"
    assert row(system, "ipv_prev_women").age is None
    there = sum(row.available == "yes" for row in system.rows)
    assert system.line.startswith(f"{there} of {len(system.rows)} indicators have figures")


def test_an_unknown_city_is_refused(results: Results, catalogue: Catalogue) -> None:
    with pytest.raises(DataError, match="city 'nowhere'"):
        knowledge_system(results, catalogue, "nowhere")


def test_the_file_holds_the_table_and_the_answers(system: KnowledgeSystem) -> None:
    table = pd.read_csv(BytesIO(knowledge_csv(system, {"office": "partly"})))
    assert (table["part"] == "indicator").sum() == len(system.rows)
    asked = table[table["part"] == "self-assessment"].set_index("name")["answer"]
    assert list(asked.index) == list(SELF_ASSESSMENT)
    assert asked["office"] == "Partly" and asked.drop("office").isna().all()
    assert set(table["run"]) == {"0123456789abcdef"}
    assert table["demonstration"].str.contains("Demonstration").all()
