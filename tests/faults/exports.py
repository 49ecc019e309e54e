"""Faults of exports of survey programs: KoboToolbox and ODK Central."""

from dataclasses import replace

from tests.faults.bank import Fault, planter
from tests.faults.sheets import CSV, XLSX, Sheet

FAULTS: list[Fault] = []
fault = planter(FAULTS, "Exports of survey programs")

WHY = "SPSS names begin with a letter and hold no slash"
EXPORTED = {"only": (CSV, XLSX), "why_only": WHY}
INTERVIEW = ("sex", "age", "place_home", "place_street", "hh_vehicle")


def kobo_columns(sheet: Sheet) -> Sheet:
    """With the columns KoboToolbox adds and the names of groups before the questions."""
    numbers = [f"{n:04}" for n in range(len(sheet.frame))]
    frame = sheet.frame.rename(columns={name: f"interview/{name}" for name in INTERVIEW}).assign(
        _id=[81234500 + int(n) for n in numbers],
        _uuid=[f"3f2a91b0-77aa-4c1e-9d2b-00000000{n}" for n in numbers],
        _submission_time="2026-03-02T18:11:09",
        _validation_status=None,
        _submitted_by="field_team_3",
        __version__="vK3nQ8",
        _index=[int(n) + 1 for n in numbers],
    )
    return replace(sheet, frame=frame.astype(object))


def odk_columns(sheet: Sheet) -> Sheet:
    """With the columns ODK Central adds and the names of groups before the questions."""
    keys = [f"uuid:3f2a91b0-77aa-4c1e-9d2b-00000000{n:04}" for n in range(len(sheet.frame))]
    frame = sheet.frame.rename(columns={name: f"interview-{name}" for name in INTERVIEW})
    frame.insert(0, "SubmissionDate", "2026-03-02T18:11:09.102Z")
    added = {"meta-instanceID": keys, "KEY": keys, "SubmitterID": 31, "SubmitterName": "Team 3"}
    frame = frame.assign(**added, Status=None, ReviewState=None, DeviceID="collect:9rTq", Edits=0)
    return replace(sheet, frame=frame.astype(object))


@fault("USM-V12", "interview/place_home", base="small", **EXPORTED)
def unknown_code_in_a_group(sheet: Sheet):
    """An unknown code in a question of a group."""
    return kobo_columns(sheet).put("interview/place_home", (3,), 77), (3,)


@fault("USM-K06", "_validation_status", base="small", **EXPORTED)
def rejected_in_kobo(sheet: Sheet):
    """Interviews that KoboToolbox marks as not approved are in the file."""
    return kobo_columns(sheet).put("_validation_status", (5, 6), "Not approved"), (5, 6)


@fault("USM-K06", "ReviewState", base="small", **EXPORTED)
def rejected_in_odk(sheet: Sheet):
    """Interviews that ODK Central marks as rejected are in the file."""
    return odk_columns(sheet).put("ReviewState", (9,), "rejected"), (9,)


@fault("USM-X01", "_geolocation", base="small", **EXPORTED)
def point_of_the_interview(sheet: Sheet):
    """The points where people were interviewed."""
    return kobo_columns(sheet).put("_geolocation", (0, 1), "-29.85868 31.02184"), (0, 1)


@fault("USM-X01", "phonenumber", base="small", **EXPORTED)
def phone_of_the_device(sheet: Sheet):
    """Phone numbers that the device added."""
    return kobo_columns(sheet).put("phonenumber", (0, 1), "0831234567"), (0, 1)


@fault("USM-C04", "a/place_home", "b/place_home", base="small", **EXPORTED)
def question_in_two_groups(sheet: Sheet):
    """The same question stands in two groups."""
    sheet = kobo_columns(sheet)
    names = {"interview/place_home": "a/place_home", "interview/place_street": "b/place_home"}
    return sheet.renamed(**names), ()
