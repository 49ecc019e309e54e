"""Rules that hold a survey against what is known of its city."""

from collections.abc import Iterator
from dataclasses import replace
from difflib import get_close_matches

import pandas as pd

from urban_safety_monitor.catalogue.indicator import Text
from urban_safety_monitor.intake.known import ADULTS_IN_POPULATION, Known
from urban_safety_monitor.intake.periods import odd_periods
from urban_safety_monitor.intake.problems import Param, Problem
from urban_safety_monitor.intake.records import Records

NAMES_SHOWN = 12
MISSED = 0.01
"""Share of the interviews by which a file may differ from the number held."""
FIGURE = {
    "adults": Text(en="the adult population", es="la población adulta"),
    "population": Text(en="the whole population", es="la población total"),
}


def weights_and_population(records: Records) -> Iterator[Problem]:
    """Weights of a city's round that add up to far more or fewer people than live there."""
    if not {"area", "period", "weight_person"} <= set(records.frame):
        return
    main = records.mapped.part == records.mapped.part.iloc[0]
    main &= ~odd_periods(records.frame["period"])
    weighted = records.frame.loc[main, ["area", "period", "weight_person"]]
    for (area, _), weights in weighted.groupby(["area", "period"])["weight_person"]:
        known = records.known.people(str(area))
        if known is None:
            continue
        name, people = known
        low, high = (bound * people for bound in ADULTS_IN_POPULATION[name])
        if weights.isna().any():
            continue  # said by other rules, and a sum without them says nothing
        total = weights.sum()
        if not low <= total <= high:
            rows = pd.Series(main.index.isin(weights.index), main.index)
            words: dict[str, Param] = {
                "total": f"{total:,.0f}",
                "people": f"{people:,.0f}",
                "figure": FIGURE[name],
            }
            bounds = {"low": f"{low:,.0f}", "high": f"{high:,.0f}"}
            yield from records.problems("USM-W05", rows, ["weight_person"], **words, **bounds)


def unknown_districts(records: Records) -> Iterator[Problem]:
    """District codes that the city's map does not have."""
    if not {"area", "district"} <= set(records.frame):
        return
    for area, districts in records.frame.groupby("area")["district"]:
        codes = records.known.districts(str(area))
        if not codes:
            continue
        unknown = districts.notna() & ~districts.isin(codes)
        mask = unknown.reindex(records.frame.index, fill_value=False)
        for problem in records.problems("USM-G02", mask, ["district"], area=str(area)):
            named = districts[unknown].value_counts()
            yield replace(
                problem,
                found=", ".join(f"{code} ({n})" for code, n in named.head(NAMES_SHOWN).items()),
                expected=_listed(codes),
                suggestion=", ".join(_suggestions(list(named.index), codes)),
            )


def interviews_and_rows(records: Records) -> Iterator[Problem]:
    """Fewer or more interviews of a city's round in the file than were held."""
    if not {"area", "period"} <= set(records.frame):
        return
    main = records.mapped.part == records.mapped.part.iloc[0]
    places = records.frame.loc[main, ["area", "period"]]
    for (area, period), rows in places.groupby(["area", "period"]):
        held = records.known.interviews(str(area), str(period))
        if held is None or abs(len(rows) - held) <= MISSED * held:
            continue
        for place, _, _ in records.mapped.places(main, []):
            params: dict[str, Param] = {"held": held, "n": len(rows), "area": str(area)}
            yield Problem("USM-S06", params, replace(place, rows=()))


def other_maps(records: Records) -> Iterator[Problem]:
    """Districts of another version of the map than the city's, or than most rows'."""
    if not {"area", "boundary_version"} <= set(records.frame):
        return
    for area, versions in records.frame.groupby("area")["boundary_version"]:
        named = versions.dropna()
        if named.empty:
            continue
        right = records.known.boundary(str(area)) or str(named.mode().iloc[0])
        other = (versions.notna() & (versions != right)).reindex(
            records.frame.index, fill_value=False
        )
        for problem in records.problems("USM-G05", other, ["boundary_version"], version=right):
            yield replace(problem, found=records.values_shown("boundary_version", other))


def other_than_chosen(records: Records) -> Iterator[Problem]:
    """Records of another city or round than the one the file was said to be of."""
    for column, code in (("area", "USM-G09"), ("period", "USM-D07")):
        said = records.known.chosen.get(column)
        if said is None or column not in records.frame:
            continue
        found = records.frame[column]
        other = found.notna() & (found != said)
        if column == "period":
            other &= ~odd_periods(found)  # said by another rule
        for problem in records.problems(code, other, [column], said=said):
            yield replace(problem, found=records.values_shown(column, other))


def unknown_areas(records: Records) -> Iterator[Problem]:
    """Cities nobody knows, or given by name, where it was not said which one it should be."""
    known = records.known
    if "area" not in records.frame or known.areas.empty or "area" in known.chosen:
        return
    for area, code in odd_areas(records.frame["area"], records.known).items():
        mask = records.frame["area"].eq(area).fillna(False).astype(bool)
        for problem in records.problems(code, mask, ["area"]):
            yield replace(problem, found=records.values_shown("area", mask))


def odd_areas(areas: pd.Series, known: Known) -> dict[str, str]:
    """For areas not on the list, the problem: a name instead of a code, or an unknown code.

    A code is odd only among others that are known: a source may cover more places than the list.
    """
    listed = set(known.areas["area"])
    there = [str(area) for area in areas.dropna().unique()]
    strange = [area for area in there if area not in listed]
    named = [area for area in strange if any(letter.islower() for letter in area)]
    few = 2 * len(strange) <= len(there)
    return {
        area: "USM-G07" if area in named else "USM-G06" for area in strange if few or area in named
    }


def dates_outside_fieldwork(records: Records) -> Iterator[Problem]:
    """Interviews before the first or after the last day of the survey's fieldwork."""
    if not {"area", "period", "interview_date"} <= set(records.frame):
        return
    for (area, period), days in records.frame.groupby(["area", "period"])["interview_date"]:
        fieldwork = records.known.fieldwork(str(area), str(period))
        if fieldwork is None:
            continue
        first, last = fieldwork
        dates = pd.to_datetime(days, errors="coerce")
        outside = (dates < first) | (dates > last)
        mask = outside.reindex(records.frame.index, fill_value=False)
        words = {"first": f"{first:%Y-%m-%d}", "last": f"{last:%Y-%m-%d}"}
        for problem in records.problems("USM-D03", mask, ["interview_date"], **words):
            yield replace(problem, found=records.values_shown("interview_date", mask))


def _listed(codes: list[str]) -> Text:
    more = ", …" if len(codes) > NAMES_SHOWN else ""
    return Text(en=", ".join(codes[:NAMES_SHOWN]) + more)


def _suggestions(found: list[str], codes: list[str]) -> Iterator[str]:
    """For codes with one likely meaning: letters for digits, a lost leading zero or prefix."""
    for code in found:
        plain = code.upper().replace("O", "0").replace("I", "1").replace("L", "1")
        ends = [c for c in codes if c.endswith(("-" + code, "-" + code.zfill(2)))]
        same = [c for c in codes if c in {plain, code.zfill(len(c))}]
        near = same or ends or get_close_matches(code, codes, n=2, cutoff=0.8)
        if len(near) == 1:
            yield f"{code} → {near[0]}"
