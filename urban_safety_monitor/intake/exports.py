"""Exports of KoboToolbox and ODK Central: columns they add, and what these say of interviews.

Sources: KoboToolbox and ODK Central, documentation of their exports (names of the columns added).
"""

import re
from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from urban_safety_monitor.intake.problems import Problem
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
GROUPS = re.compile(r"[/.:-]")
"""What stands between the name of a group, a question and an option."""
YES_OR_NO = {"0", "1", "TRUE", "FALSE", "True", "False"}
REVIEWS = ("_validation_status", "ReviewState")
REJECTED = {"not approved", "no aprobado", "validation_status_not_approved", "rejected"}
FAST = 0.3
"""Share of the middle duration below which an interview is asked about."""


def without_system_columns(table: SourceTable, kept: set[str]) -> tuple[SourceTable, list[Problem]]:
    """The table without columns its survey program added, and a note that names them.

    Columns that repeat each single answer of a question with several are left out too. What was
    left out or aside is among the table's repairs, so that the report tells it.
    """
    there = set(table.frame)
    program = next((p for p, signs in SIGNS.items() if len(signs & there) > 1), None)
    if program is None:
        return table, []
    added = [name for name in table.frame if name in ADDED[program] and name not in kept]
    repeated = [name for name in _single_answers(table.frame) if name not in kept]
    names = ", ".join(map(str, added))
    note = table.problem("USM-K01", program=program, n=len(added), names=names)
    counts = {
        "export_added": len(added),
        "export_repeated": len(repeated),
        "export_groups": sum(_is_in_a_group(name, kept) for name in map(str, table.frame)),
    }
    told = tuple((key, {"program": program, "n": n}) for key, n in counts.items() if n)
    frame = table.frame.drop(columns=[*added, *repeated])
    rest = replace(table, frame=frame, repairs=(*table.repairs, *told))
    return rest, [note] if added else []


def _single_answers(frame: pd.DataFrame) -> Iterator[str]:
    """Columns of yes and no, one an option, beside the column that lists the options chosen."""
    for name in map(str, frame):
        ends = [separator.start() for separator in GROUPS.finditer(name)]
        whole = any(name[:end] in frame for end in ends)
        if whole and frame[name].dropna().astype(str).isin(YES_OR_NO).all():
            yield name


def _is_in_a_group(name: str, kept: set[str]) -> bool:
    return name not in kept and GROUPS.split(name)[-1] in kept


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
        yield table.problem(code, columns, table.frame.index[mask], **params)
