"""Exports of KoboToolbox and ODK Central: columns they add, and what these say of interviews.

Sources: KoboToolbox and ODK Central, documentation of their exports (names of the columns added).
"""

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from urban_safety_monitor.intake.problems import Param, Place, Problem
from urban_safety_monitor.intake.source import SourceTable

CODES = ("USM-K06", "USM-Q02")
DEVICE = {
    "start", "end", "today", "deviceid", "username", "phonenumber", "simserial", "subscriberid",
    "audit",
}  # fmt: skip
ADDED = {
    "KoboToolbox": DEVICE | {
        "_id", "_uuid", "_submission_time", "_validation_status", "_notes", "_status",
        "_submitted_by", "__version__", "_version_", "_tags", "_index", "_parent_index",
        "_parent_table_name", "_xform_id_string", "_attachments", "_geolocation",
        "formhub/uuid", "meta/instanceID", "meta/instanceName", "meta/rootUuid",
        "meta/deprecatedID", "rootUuid", "instanceID", "instanceName",
    },
    "ODK Central": DEVICE | {
        "SubmissionDate", "KEY", "PARENT_KEY", "SubmitterID", "SubmitterName", "Status",
        "AttachmentsPresent", "AttachmentsExpected", "ReviewState", "DeviceID", "Edits",
        "FormVersion", "meta-instanceID", "meta-instanceName", "meta-entity", "instanceID",
        "instanceName", "meta-audit",
    },
}  # fmt: skip
SIGNS = {
    "KoboToolbox": {"_uuid", "_submission_time", "_index", "formhub/uuid", "meta/rootUuid"},
    "ODK Central": {"SubmissionDate", "KEY", "SubmitterID", "meta-instanceID", "ReviewState"},
}
"""Columns of which two tell the program."""
REVIEWS = ("_validation_status", "ReviewState")
REJECTED = {"not approved", "no aprobado", "validation_status_not_approved", "rejected"}
FAST = 0.3
"""Share of the middle duration below which an interview is asked about."""


def without_system_columns(table: SourceTable, kept: set[str]) -> tuple[SourceTable, list[Problem]]:
    """The table without columns its survey program added, and a note that names them."""
    there = set(table.frame)
    program = next((p for p, signs in SIGNS.items() if len(signs & there) > 1), None)
    if program is None:
        return table, []
    added = [name for name in table.frame if name in ADDED[program] and name not in kept]
    params: dict[str, Param] = {
        "program": program,
        "n": len(added),
        "names": ", ".join(map(str, added)),
    }
    note = Problem("USM-K01", params, Place(table.name, table.sheet))
    return replace(table, frame=table.frame.drop(columns=added)), [note] if added else []


def doubtful_interviews(table: SourceTable) -> Iterator[Problem]:
    """Interviews the program marks as rejected, and those far shorter than the others."""
    for name in REVIEWS:
        if name in table.frame:
            rejected = table.frame[name].str.casefold().isin(REJECTED)
            yield from _at(table, "USM-K06", rejected, [name])
    if {"start", "end"} <= set(table.frame):
        minutes = _minutes(table.frame)
        middle = minutes[minutes > 0].median()
        params = {"minutes": f"{middle:.0f}"}
        yield from _at(table, "USM-Q02", minutes < FAST * middle, ["start", "end"], **params)


def _minutes(frame: pd.DataFrame) -> pd.Series:
    start, end = (
        pd.to_datetime(frame[name], errors="coerce", utc=True, format="ISO8601")
        for name in ("start", "end")
    )
    return (end - start).dt.total_seconds() / 60


def _at(
    table: SourceTable, code: str, mask: pd.Series, columns: list[str], **params: str
) -> Iterator[Problem]:
    if mask.any():
        place = table.place(columns, table.frame.index[mask])
        n_rows, n_total = int(mask.sum()), len(table.frame)
        yield Problem(code, dict(params), place, n_rows=n_rows, n_total=n_total)
