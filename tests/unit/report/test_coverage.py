"""Which cities and rounds there are, and which of them somebody means."""

import pytest

from urban_safety_monitor.errors import DataError
from urban_safety_monitor.report.coverage import Coverage, Place


@pytest.fixture
def towns() -> Coverage:
    places = (
        Place("AA-1", "Alfa", "AA", "Aland", {"2026-Q1": "2026 Q1", "2024-Q1": "2024 Q1"}),
        Place("AA-2", "Río Beta", "AA", "Aland", {"2025-Q1": "2025 Q1"}),
        Place("BB-1", "Gamma", "BB", "Bland", {"2026-Q1": "2026 Q1"}),
    )
    return Coverage("en", places, {"AA": "Aland", "BB": "Bland"}, "AA-1", "")


@pytest.mark.parametrize("asked", ["AA-2", "aa-2", "Río Beta", " río beta "])
def test_a_city_is_known_by_its_id_and_name(towns: Coverage, asked: str) -> None:
    assert towns.place(asked).area == "AA-2"


def test_the_nearest_name_is_offered(towns: Coverage) -> None:
    with pytest.raises(DataError, match=r"“Gama”.*Did you mean Gamma"):
        towns.place("Gama")
    with pytest.raises(DataError, match=r"“Elsewhere” has results\.$"):
        towns.place("Elsewhere")


def test_rounds_of_a_country_are_those_of_any_city_latest_first(towns: Coverage) -> None:
    assert list(towns.periods_of("AA")) == ["2026-Q1", "2025-Q1", "2024-Q1"]
    assert [place.area for place in towns.of_country("BB")] == ["BB-1"]
