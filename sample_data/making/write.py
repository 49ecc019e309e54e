"""Writes the whole demonstration data below a folder."""

from pathlib import Path

import pandas as pd

from urban_safety_monitor.fieldwork.practice import faulty, planted_faults

from . import checklists, notes, outlines, practice, records, tables
from .files import write_csv, write_parquet, write_text, write_workbook
from .plan import Plan
from .survey import survey


def write_everything(plan: Plan, folder: Path) -> None:
    """Write every file of the demonstration data, replacing what is there."""
    write_surveys(plan, folder)
    write_tables(plan, folder)
    write_practice(plan, folder / "practice")


def write_surveys(plan: Plan, folder: Path) -> None:
    """Write the answers of every city's rounds, and the table that describes the surveys."""
    (folder / "microdata").mkdir(exist_ok=True)
    rows = []
    for city in plan.cities:
        rounds = {period: survey(plan, city, period) for period in city.rounds}
        answers = pd.concat(rounds.values(), ignore_index=True)
        write_parquet(folder / tables.microdata_path(city), answers)
        rows += [tables.survey_row(city, period, frame) for period, frame in rounds.items()]
    write_csv(folder / "surveys.csv", pd.DataFrame(rows))


def write_tables(plan: Plan, folder: Path) -> None:
    """Write everything that needs no answers: areas, records, checklists, settings, README."""
    write_csv(folder / "areas.csv", tables.areas(plan))
    write_csv(folder / "differences.csv", tables.differences(plan))
    write_csv(folder / "administrative.csv", records.administrative(plan))
    write_csv(folder / "checklists.csv", checklists.city_checklists(plan))
    write_csv(folder / "checklists_national.csv", checklists.national_checklists(plan))
    write_text(folder / "districts.geojson", outlines.geojson(plan))
    write_text(folder / "demonstration.toml", tables.run_settings(plan))
    write_text(folder / "README.md", notes.readme(plan))


def write_practice(plan: Plan, folder: Path) -> None:
    """Write the files for practising an upload, with the list of their planted faults."""
    folder.mkdir(exist_ok=True)
    clean = practice.clean(plan)
    planted, faults = faulty(clean), planted_faults(clean)
    write_csv(folder / "example_clean.csv", clean)
    write_csv(folder / "example_ten_faults.csv", planted)
    write_workbook(folder / "example_ten_faults.xlsx", planted)
    write_csv(folder / "planted_faults.csv", faults.assign(demonstration=True))
    write_text(folder / "README.md", notes.practice_readme(faults))
