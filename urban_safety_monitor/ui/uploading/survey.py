"""Step 1: which city and round a file is of, and what is known of its fieldwork."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd
import streamlit as st

from urban_safety_monitor.fieldwork.city import City, city_in
from urban_safety_monitor.intake.known import Known
from urban_safety_monitor.report.numbers import date_text, period_text
from urban_safety_monitor.report.view import alphabetical
from urban_safety_monitor.ui import state
from urban_safety_monitor.ui.controls import select
from urban_safety_monitor.ui.parts import show
from urban_safety_monitor.ui.sources import Surroundings, surroundings
from urban_safety_monitor.ui.visit import Visit

OTHER = "other"
YEARS_OFFERED = 4


@dataclass(frozen=True)
class Survey:
    """A city's round as its official tells of it; what is not told is None.

    `area` is empty as long as another city has no name.
    """

    area: str
    title: str
    period: str
    first_day: date | None = None
    last_day: date | None = None
    planned: int | None = None
    held: int | None = None

    def in_words(self, language: str) -> str:
        """City and round."""
        return f"{self.title}, {period_text(self.period, language)}"

    @property
    def chosen(self) -> dict[str, str]:
        """City and round by the columns that a file may have for them."""
        return {"area": self.area, "period": self.period}

    def known(self) -> Known:
        """What a check can hold the file against."""
        around = surroundings()
        if self.first_day is None and self.held is None:
            return Known(areas=around.areas)
        facts = {
            "area": self.area,
            "period": self.period,
            "first_day": self.first_day,
            "last_day": self.last_day,
            "interviews": self.held,
        }
        return Known(areas=around.areas, surveys=pd.DataFrame([facts]))

    def city(self) -> City:
        """The city with its districts, as far as they are known."""
        around = surroundings()
        if self.area in set(around.cities["area"]):
            return city_in(around.areas, self.area)
        return City(self.area, self.title, {})


def choose_survey(visit: Visit, today: date) -> Survey:
    """Ask for city, round and the facts of fieldwork."""
    area, title, period = _choose_place(visit, today)
    with st.expander(visit.say("Facts of the survey (optional): the file is held against them")):
        texts = _ask_facts(visit, area, period)
        st.caption(visit.say("Write days as year-month-day, for example 2026-02-09."))
        facts, troubles = facts_from(texts, visit)
        if troubles:
            show("upload_troubles", visit, troubles=troubles)
    return Survey(area, title, period, **facts)


def _choose_place(visit: Visit, today: date) -> tuple[str, str, str]:
    around = surroundings()
    titles = _titles(around, visit)
    seen = state.latest("city")
    area, _ = state.chosen("for", titles, seen if seen in titles else around.first)
    title = titles[area]
    periods = _periods(around, area, today, visit.language)
    period, _ = state.chosen("round", periods, _last_quarter(today))
    with st.container(key="controls", horizontal=True, vertical_alignment="bottom"):
        select(visit.say("City"), "for", titles)
        if area == OTHER:
            area, title = _another_city(visit, around)
        select(visit.say("Round"), "round", periods)
    if area and area not in titles:
        st.caption(visit.say("Code of the city, as in the column city_id: {area}", area=area))
    return area, title, period


def _another_city(visit: Visit, around: Surroundings) -> tuple[str, str]:
    named = st.text_input(
        visit.say("Name of the city"), key="other-city", persist_state="session", max_chars=60
    )
    title = (named or "").strip()
    known = {str(city.title).casefold(): str(city.area) for city in around.cities.itertuples()}
    return known.get(title.casefold(), code_of(title)), title


def code_of(title: str) -> str:
    """The code a city without one goes by: capitals, digits and hyphens of its name."""
    plain = unicodedata.normalize("NFKD", title)
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return re.sub(r"[^A-Z0-9]+", "-", letters.upper()).strip("-")


def _titles(around: Surroundings, visit: Visit) -> dict[str, str]:
    cities = sorted(around.cities.itertuples(), key=lambda city: alphabetical(str(city.title)))
    named = {str(city.area): f"{city.title} ({city.country})" for city in cities}
    return {**named, OTHER: visit.say("Another city")}


def _periods(around: Surroundings, area: str, today: date, language: str) -> dict[str, str]:
    """Rounds of the city that are known, and all quarters and years of late."""
    years = range(today.year, today.year - YEARS_OFFERED, -1)
    offered = {f"{year}{part}" for year in years for part in ("-Q1", "-Q2", "-Q3", "-Q4", "")}
    offered |= set(around.surveys.loc[around.surveys["area"] == area, "period"])
    return {period: period_text(period, language) for period in sorted(offered, reverse=True)}


def _last_quarter(today: date) -> str:
    return f"{today.year}-Q{(today.month + 2) // 3}"


def _ask_facts(visit: Visit, area: str, period: str) -> dict[str, str]:
    """The facts as typed; what is known of the round already stands there."""
    known = surroundings().survey(area, period)
    labels = {
        "first_day": visit.say("First day of fieldwork"),
        "last_day": visit.say("Last day of fieldwork"),
        "planned": visit.say("Interviews planned"),
        "held": visit.say("Interviews done"),
    }
    with st.container(key="facts", horizontal=True, vertical_alignment="bottom"):
        return {
            name: st.text_input(
                label,
                known.get(name, ""),
                key=f"fact-{name}-{area}-{period}",
                persist_state="session",
                max_chars=20,
            )
            for name, label in labels.items()
        }


def can_be_chosen(visit: Visit, area: str, period: str, today: date) -> bool:
    """Whether step 1 offers this city and round."""
    around = surroundings()
    return area in set(around.cities["area"]) and period in _periods(
        around, area, today, visit.language
    )


def facts_from(texts: Mapping[str, str], visit: Visit) -> tuple[dict, list[str]]:
    """Facts out of typed texts, and what cannot be read or cannot be true; that is left out."""
    facts: dict[str, date | int | None] = {}
    troubles = []
    for name, text in texts.items():
        facts[name], trouble = _day(text, visit) if "day" in name else _number(text, visit)
        troubles += [trouble] if trouble else []
    first, last = (facts.get(name) for name in ("first_day", "last_day"))
    if (first is None) != (last is None) and not troubles:
        troubles.append(visit.say("Give the first and the last day of fieldwork, or neither."))
    if first and last and first > last:  # type: ignore[operator]
        said = visit.say(
            "The first day of fieldwork, {first}, is after the last day, {last}.",
            first=date_text(first, visit.language),  # type: ignore[arg-type]
            last=date_text(last, visit.language),  # type: ignore[arg-type]
        )
        troubles.append(said)
    if troubles:
        facts |= {"first_day": None, "last_day": None}
    return facts, troubles


def _day(text: str, visit: Visit) -> tuple[date | None, str]:
    if not text.strip():
        return None, ""
    try:
        return date.fromisoformat(text.strip()), ""
    except ValueError:
        said = visit.say(
            "{given}: write the day as year-month-day, for example 2026-02-09.", given=text
        )
        return None, said


def _number(text: str, visit: Visit) -> tuple[int | None, str]:
    digits = re.sub(r"[ ,.\u00a0]", "", text)
    if not digits:
        return None, ""
    if not re.fullmatch(r"[0-9]{1,9}", digits):
        return None, visit.say(
            "{given}: write a number of interviews, for example 1310.", given=text
        )
    return int(digits), ""
