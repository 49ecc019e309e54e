"""The city a questionnaire is made for, with its own district codes."""

from dataclasses import dataclass

import pandas as pd
from pandera.typing.pandas import DataFrame

from urban_safety_monitor.tables import Areas


@dataclass(frozen=True)
class City:
    """A city; `districts` gives each code's name, `boundary_versions` the maps they are of."""

    area: str
    title: str
    districts: dict[str, str]
    boundary_versions: tuple[str, ...] = ()


def city_in(areas: DataFrame[Areas], area: str) -> City:
    """The city with this code, from the table of areas that has it."""
    own = areas[(areas["level"] == "district") & (areas["parent"] == area)]
    versions = own["boundary_version"].dropna().unique()
    titles = areas.set_index("area")["title"]
    return City(
        area,
        str(titles[area]),
        dict(zip(own["area"], own["title"], strict=True)),
        tuple(map(str, versions)),
    )


def relabelled(interviews: pd.DataFrame, city: City) -> pd.DataFrame:
    """Made interviews with the codes of this city in place of those they were made with.

    Each district is replaced by one of the city's; a city without any counts as one district.
    """
    codes = list(city.districts) or [city.area]
    old = interviews["district_id"].dropna().unique()
    new = {district: codes[number % len(codes)] for number, district in enumerate(old)}
    version = city.boundary_versions[0] if city.boundary_versions else "1"
    return interviews.assign(
        city_id=city.area,
        district_id=interviews["district_id"].map(new),
        boundary_version=version,
    )
