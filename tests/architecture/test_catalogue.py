"""No indicator without a source, no survey measure without a case worked by hand."""

from typing import get_args

from urban_safety_monitor.catalogue.load import load_catalogue
from urban_safety_monitor.catalogue.measures import SurveyMeasure


def test_every_indicator_has_a_reference() -> None:
    indicators = load_catalogue().indicators.values()
    assert [one.id for one in indicators if not one.references] == []


def test_every_survey_indicator_has_a_worked_example() -> None:
    indicators = load_catalogue().indicators.values()
    of_survey = [one for one in indicators if isinstance(one.measure, get_args(SurveyMeasure))]
    assert [one.id for one in of_survey if not one.examples] == []
