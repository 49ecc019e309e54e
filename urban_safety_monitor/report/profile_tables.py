"""What a profile's pictures show, as CSV with flags: scores, changes, and a map's districts."""

from collections.abc import Iterable

import pandas as pd

from urban_safety_monitor.report.districts import DistrictMap, Region
from urban_safety_monitor.report.records import CityProfile
from urban_safety_monitor.report.shown import Cells, figure_cells
from urban_safety_monitor.tables.csv_text import csv_text


def scores_csv(profile: CityProfile) -> bytes:
    """The scores by domain and by kind of evidence, from 0 to 100, with their intervals."""
    rows = (
        {
            "component": line.component,
            "title": line.title,
            "score": line.score,
            "lower": line.lower,
            "upper": line.upper,
            "coverage": line.coverage,
            "missing": "; ".join(line.missing),
            "note": line.note,
        }
        for line in (*profile.domains, *profile.evidence)
    )
    return _csv(profile, rows)


def changes_csv(profile: CityProfile) -> bytes:
    """Each indicator in the last round and in this one; the status is that of the change."""
    rows = (
        {"indicator": change.indicator, "title": change.title, "unit_of_measure": change.unit}
        | {f"before_{name}": cell for name, cell in figure_cells(change.before, None).items()}
        | figure_cells(change.after, change.verdict)
        for change in profile.changes
    )
    return _csv(profile, rows)


def districts_csv(districts: DistrictMap) -> bytes:
    """One indicator over districts, one a row; `class` counts from the lowest values, from 1."""
    rows = (
        _of_district(region) | {"indicator": districts.indicator} for region in districts.regions
    )
    return _csv(districts, rows)


def _of_district(region: Region) -> Cells:
    named: Cells = {
        "district": region.row.category,
        "title": region.row.category_title,
        "class": None if region.step is None else region.step + 1,
    }
    return named | figure_cells(region.row.figure, region.row.verdict)


def _csv(shown: CityProfile | DistrictMap, rows: Iterable[Cells]) -> bytes:
    """UTF-8 with a byte order mark, as spreadsheets want it."""
    table = pd.DataFrame(list(rows)).assign(
        area=shown.area,
        city=shown.title,
        period=shown.period,
        run=shown.provenance.run_id,
        demonstration=shown.demonstration,
    )
    return csv_text(table).encode("utf-8-sig")
