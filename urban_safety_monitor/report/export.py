"""A city's figures as files: PDF to print, XLSX to read, CSV and JSON to compute with.

All are written from one profile, so their numbers are the same. No file leaves without its
flags, method, licence, run id and demonstration mark.
"""

import csv
import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict
from io import StringIO
from pathlib import Path

from urban_safety_monitor.errors import DataError
from urban_safety_monitor.report.paper import PLAIN, Paper
from urban_safety_monitor.report.records import CityProfile, FullProfile, Row
from urban_safety_monitor.report.scorecard import scorecard_pdf
from urban_safety_monitor.report.shown import figure_cells
from urban_safety_monitor.report.workbook import profile_workbook
from urban_safety_monitor.tables.csv_text import Cell, guarded

FORMATS = ("pdf", "xlsx", "csv", "json")


def scorecard_files(
    profile: FullProfile,
    directory: Path,
    *,
    formats: Sequence[str] = FORMATS,
    address: str = "",
    paper: Paper = PLAIN,
) -> list[Path]:
    """Write the scorecard of a city in each format; the paths of the files, in that order.

    Args:
        profile: the city; its language is the files' language.
        directory: where the files go; made if it is not there.
        formats: some of pdf, xlsx, csv and json.
        address: where the figures are published, for the QR code of the PDF.
        paper: what the PDF is printed on.

    Raises:
        DataError: a format is not known, or the PDF cannot show the city's name.
    """
    unknown = [name for name in formats if name not in FORMATS]
    if unknown:
        raise DataError(f"format {name!r}: known are {', '.join(FORMATS)}" for name in unknown)
    directory.mkdir(parents=True, exist_ok=True)
    return [_written(profile, directory, name, address, paper) for name in formats]


def scorecard_bytes(
    profile: FullProfile, name: str, address: str = "", paper: Paper = PLAIN
) -> bytes:
    """The scorecard in one format, for a download button."""
    match name:
        case "pdf":
            return scorecard_pdf(profile, address, paper)
        case "xlsx":
            return profile_workbook(profile)
        case "csv":
            return profile_csv(profile)
        case _:
            return profile_json(profile)


def file_name(profile: CityProfile, extension: str) -> str:
    """City, period, content and language, as in guadalajara_2026-Q1_scorecard_en.pdf."""
    plain = unicodedata.normalize("NFKD", profile.title).encode("ascii", "ignore").decode()
    city = _hyphenated(plain.lower()) or _hyphenated(profile.area.lower())
    period = _hyphenated(profile.period)
    return f"{city}_{period}_scorecard_{profile.language}.{extension}"


def profile_csv(profile: CityProfile) -> bytes:
    """One indicator a row, with flags and provenance as columns; UTF-8 with a byte order mark."""
    text = StringIO(newline="")
    rows = [_record(profile, row) for row in profile.rows]
    writer = csv.DictWriter(text, fieldnames=list(rows[0]) if rows else ["indicator"])
    writer.writeheader()
    writer.writerows({key: guarded(cell) for key, cell in row.items()} for row in rows)
    return text.getvalue().encode("utf-8-sig")


def profile_json(profile: FullProfile) -> bytes:
    """The whole profile, every number in full and as text."""
    content = json.dumps(asdict(profile), ensure_ascii=False, indent=1, allow_nan=False)
    return content.encode()


def _written(profile: FullProfile, directory: Path, name: str, address: str, paper: Paper) -> Path:
    """Write under a temporary name and rename: a file is whole or not there."""
    path = directory / file_name(profile, name)
    part = path.with_suffix(f".{name}.part")
    part.write_bytes(scorecard_bytes(profile, name, address, paper))
    part.replace(path)
    return path


def _hyphenated(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-")


def _record(profile: CityProfile, row: Row) -> dict[str, Cell]:
    place: dict[str, Cell] = {
        "area": profile.area,
        "city": profile.title,
        "country": profile.country,
        "period": profile.period,
        "domain": row.domain,
        "indicator": row.indicator,
        "title": row.title,
        "unit_of_measure": row.unit,
    }
    evidence: dict[str, Cell] = {
        "evidence": row.evidence,
        "role": row.role,
    }
    return place | figure_cells(row.figure, row.verdict) | evidence | _provenance(profile)


def _provenance(profile: CityProfile) -> dict[str, Cell]:
    return {
        "run": profile.provenance.run_id,
        "program_version": profile.provenance.version,
        "catalogue_sha256": profile.provenance.catalogue_sha256,
        "method": profile.method,
        "licence": profile.licence,
        "demonstration": profile.demonstration,
    }
