"""Released figures as SDMX: the data as SDMX-CSV 2.0, its structure as SDMX-ML 3.0.

Dimensions are REF_AREA, INDICATOR, DISAGGREGATION, CATEGORY and TIME_PERIOD; the rest describes
the observation. Codes of the two status lists are those of the tables, as Eurostat keeps them.
Source: SDMX 3.0 technical specifications (sdmx.org).
"""

from collections.abc import Iterable
from datetime import UTC, datetime, time

import pandas as pd
from pysdmx.io import write_sdmx
from pysdmx.io.format import Format
from pysdmx.io.pd import PandasDataset
from pysdmx.model import (
    Code,
    Codelist,
    Component,
    Components,
    Concept,
    ConceptScheme,
    DataStructureDefinition,
    DataType,
    Organisation,
    Role,
)
from pysdmx.model.message import Header

from urban_safety_monitor.report.numbers import last_day_of
from urban_safety_monitor.report.release.columns import Column, ReleasedTable
from urban_safety_monitor.report.view import View

AGENCY, VERSION = "USM", "1.0"

DIMENSIONS = {
    "area": "REF_AREA",
    "indicator": "INDICATOR",
    "disaggregation": "DISAGGREGATION",
    "category": "CATEGORY",
    "period": "TIME_PERIOD",
}
"""Time comes last, as the standard wants it."""

MEASURE = {"value": "OBS_VALUE"}
ATTRIBUTES = {
    "standard_error": "STANDARD_ERROR",
    "lower": "CONF_LOWER",
    "upper": "CONF_UPPER",
    "degrees_of_freedom": "DEGREES_OF_FREEDOM",
    "n": "SAMPLE_SIZE",
    "n_effective": "SAMPLE_SIZE_EFFECTIVE",
    "design_effect": "DESIGN_EFFECT",
    "psus": "SAMPLE_PSUS",
    "unit_of_measure": "UNIT_MEASURE",
    "obs_status": "OBS_STATUS",
    "conf_status": "CONF_STATUS",
    "flags": "FLAGS",
    "demonstration": "COMMENT_OBS",
}
ROLES = {
    **dict.fromkeys(DIMENSIONS, Role.DIMENSION),
    **dict.fromkeys(MEASURE, Role.MEASURE),
    **dict.fromkeys(ATTRIBUTES, Role.ATTRIBUTE),
}
IDS = DIMENSIONS | MEASURE | ATTRIBUTES

NAMES = {"area": "city", "indicator": "title"}
"""Columns that name the codes of another column; elsewhere a code is its own name."""

CODED = ("area", "indicator", "disaggregation", "category", "obs_status", "conf_status")

TEXTS = ("unit_of_measure", "flags", "demonstration")

FREE = "F"
"""SDMX writes F (free for publication) where the tables leave the confidentiality status empty."""


def sdmx_data(view: View, figures: ReleasedTable) -> bytes:
    """The figures as SDMX-CSV."""
    rows = _rows(figures)
    structure = _structure(_concepts(view, figures.columns), _codelists(rows))
    cells = rows[list(IDS)].rename(columns=IDS).astype(object)
    data = PandasDataset(structure=structure.to_schema(), data=cells.where(cells.notna(), ""))
    return str(write_sdmx(data, Format.DATA_SDMX_CSV_2_0_0)).encode()


def sdmx_structure(view: View, figures: ReleasedTable) -> bytes:
    """What the figures' columns and codes mean, as SDMX-ML."""
    rows = _rows(figures)
    lists, concepts = _codelists(rows), _concepts(view, figures.columns)
    described = [*lists.values(), concepts, _structure(concepts, lists)]
    header = _header(view, rows["period"].max())
    return str(write_sdmx(described, Format.STRUCTURE_SDMX_ML_3_0, header=header)).encode()


def _rows(figures: ReleasedTable) -> pd.DataFrame:
    return figures.rows.assign(conf_status=figures.rows["conf_status"].replace("", FREE))


def _codelists(rows: pd.DataFrame) -> dict[str, Codelist]:
    return {name: _codelist(name, rows) for name in CODED}


def _header(view: View, last: str) -> Header:
    """A header that is the same every time; demonstration data is marked as a test message."""
    provenance = view.results.provenance
    return Header(
        id=f"USM_{provenance.run_id}",
        test=provenance.demonstration,
        prepared=datetime.combine(last_day_of(last), time(), UTC),
        sender=Organisation(id=AGENCY),
    )


def _codelist(name: str, rows: pd.DataFrame) -> Codelist:
    named = dict(zip(rows[name], rows[NAMES.get(name, name)], strict=True))
    codes = [Code(id=code, name=title) for code, title in sorted(named.items())]
    return Codelist(
        id=f"CL_{IDS[name]}", name=IDS[name], agency=AGENCY, version=VERSION, items=codes
    )


def _concepts(view: View, columns: Iterable[Column]) -> ConceptScheme:
    meanings = {column.name: view.words.gettext(column.meaning) for column in columns}
    urn = f"urn:sdmx:org.sdmx.infomodel.conceptscheme.Concept={AGENCY}:CS_FIGURES({VERSION})."
    return ConceptScheme(
        id="CS_FIGURES",
        name="Figures",
        agency=AGENCY,
        version=VERSION,
        items=[Concept(id=IDS[n], name=meanings[n], urn=urn + IDS[n]) for n in IDS],
    )


def _structure(concepts: ConceptScheme, lists: dict[str, Codelist]) -> DataStructureDefinition:
    of = dict(zip(IDS, concepts.items, strict=True))
    components = [
        Component(
            id=identifier,
            required=ROLES[name] is Role.DIMENSION,
            role=ROLES[name],
            concept=of[name],
            local_codes=lists.get(name),
            local_dtype=None if name in lists else _type_of(name),
            attachment_level="O" if ROLES[name] is Role.ATTRIBUTE else None,
        )
        for name, identifier in IDS.items()
    ]
    return DataStructureDefinition(
        id="FIGURES",
        name="Urban Safety Monitor: figures",
        agency=AGENCY,
        version=VERSION,
        components=Components(components),
    )


def _type_of(name: str) -> DataType:
    if name == "period":
        return DataType.PERIOD
    return DataType.STRING if name in TEXTS else DataType.DOUBLE
