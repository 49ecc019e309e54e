"""Small catalogues and surveys for tests: a handful of declarations, some ten rows."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.catalogue.checklist import ChecklistForm
from urban_safety_monitor.catalogue.codebook import Disaggregation, Variable
from urban_safety_monitor.catalogue.framework import Framework
from urban_safety_monitor.catalogue.indicator import Indicator
from urban_safety_monitor.tables import (
    Administrative,
    Areas,
    Checklist,
    Differences,
    Estimates,
    Surveys,
)

SEX = {
    "id": "sex",
    "title": "Sex",
    "categories": [
        {"id": "man", "title": "Men", "when": {"column": "sex", "is_in": [1]}},
        {"id": "woman", "title": "Women", "when": {"column": "sex", "is_in": [2]}},
        {
            "id": "other",
            "title": "Other",
            "when": {"column": "sex", "is_in": [3]},
            "optional": True,
        },
    ],
}
DISTRICT = {"id": "district", "title": "District", "column": "district"}

KEY = ["indicator", "area", "period", "disaggregation", "category"]


def _typed(model: type[Any], frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with the table's types; that it holds is for the code under test to see."""
    columns = model.to_schema().columns
    return frame.astype({name: column.dtype.type for name, column in columns.items()})


def share(column: str, codes: Sequence[int] = (1,), answers: Sequence[int] = (1, 2)) -> dict:
    """A proportion among those who answered."""
    return {
        "kind": "proportion",
        "of": {"column": column, "is_in": codes},
        "among": [{"column": column, "is_in": answers}],
    }


def posts(scores_0: float | str, scores_100: float | str, **given: Any) -> dict:
    return {"scores_0": scores_0, "scores_100": scores_100, "reason": "For a test.", **given}


def indicator(name: str, measure: Mapping[str, Any], **given: Any) -> Indicator:
    """An indicator with as little declared as will do."""
    fields = {
        "id": name,
        "title": name,
        "component": "part",
        "evidence": "objective_survey",
        "unit_of_measure": "percent",
        "definition": name,
        "measure": measure,
    }
    return Indicator.model_validate(fields | given)


def component(name: str, level: str, **given: Any) -> dict:
    return {"id": name, "title": name, "level": level, **given}


PART = component("part", "domain")


def catalogue(
    *indicators: Indicator,
    groups: Sequence[Mapping[str, Any]] = (SEX, DISTRICT),
    components: Sequence[Mapping[str, Any]] = (PART,),
    checklists: Sequence[Mapping[str, Any]] = (),
    variables: Sequence[Mapping[str, Any]] = (),
    **framework: Any,
) -> Catalogue:
    """A catalogue of these declarations; further fields are the framework's."""
    forms = [ChecklistForm.model_validate(form) for form in checklists]
    return Catalogue(
        framework=Framework.model_validate({"title": "T", "components": components, **framework}),
        codebook={v["name"]: Variable.model_validate(v) for v in variables},
        disaggregations={g["id"]: Disaggregation.model_validate(g) for g in groups},
        indicators={i.id: i for i in indicators},
        checklists={form.id: form for form in forms},
        recipes={},
        published={},
        sha256="0" * 64,
    )


def survey(
    columns: Mapping[str, Any], area: str = "A", period: str = "2026", **design: Any
) -> pd.DataFrame:
    """One survey's records; a missing answer is None. Each record its own PSU unless told."""
    frame = pd.DataFrame({name: _answers(values) for name, values in columns.items()})
    people = [str(number) for number in range(len(frame))]
    given = {"stratum": "1", "psu": people, "weight_person": 1.0} | design
    frame = frame.assign(area=area, period=period, person=people, **given)
    texts = ["area", "period", "person", "stratum", "psu"]
    return frame.astype(dict.fromkeys(texts, "str") | {"weight_person": float})


def _answers(values: Any) -> Any:
    missing = any(value is None for value in values)
    return pd.array(list(values), dtype="Int64") if missing else list(values)


def administrative(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Recorded figures: `series` and `value` are enough."""
    usual = {
        "area": "A",
        "period": "2026",
        "disaggregation": "total",
        "category": "total",
        "standard_error": np.nan,
        "source": "office",
        "obs_status": "A",
    }
    columns = list(Administrative.to_schema().columns)
    frame = pd.DataFrame([usual | dict(row) for row in rows], columns=columns)
    return _typed(Administrative, frame)


def answers(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Checklist answers: `item` and `answer` are enough."""
    usual = {
        "area": "A",
        "period": "2026",
        "checklist": "city",
        "assessor": "reviewer",
        "evidence": "a page",
    }
    columns = list(Checklist.to_schema().columns)
    return _typed(Checklist, pd.DataFrame([usual | dict(row) for row in rows], columns=columns))


def areas(names: Sequence[str], country: str = "MX", **context: Any) -> pd.DataFrame:
    """Cities of one country, with context variables."""
    frame = pd.DataFrame({"area": list(names)}).assign(
        title=list(names), country=country, level="city", parent=None, boundary_version=None
    )
    return _typed(Areas, frame.assign(**context))


def differences(rows: Sequence[tuple[str, str, str, str]] = ()) -> pd.DataFrame:
    """Marks as (indicator, area, period, obs_status)."""
    frame = pd.DataFrame(list(rows), columns=["indicator", "area", "period", "obs_status"])
    return _typed(Differences, frame.assign(reason_en="why", reason_es="por qué"))


def surveys(pairs: Sequence[tuple[str, str]]) -> pd.DataFrame:
    frame = pd.DataFrame(list(pairs), columns=["area", "period"]).assign(
        mode="face_to_face",
        first_day="2026-01-01",
        last_day="2026-02-01",
        interviews=10,
        demonstration=True,
    )
    return _typed(Surveys, frame)


def estimates(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Estimates as given; what is not named is missing, normal and for everybody."""
    usual = {
        "indicator": "one",
        "area": "A",
        "period": "2026",
        "disaggregation": "total",
        "category": "total",
        "obs_status": "A",
        "conf_status": "",
    }
    columns = list(Estimates.to_schema().columns)
    frame = pd.DataFrame([usual | dict(row) for row in rows], columns=columns)
    return _typed(Estimates, frame)
