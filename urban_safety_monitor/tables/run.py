"""`Results`: all tables of one run together with where they came from."""

from dataclasses import dataclass, fields
from typing import Any

import pandas as pd
from pandera.typing.pandas import DataFrame

from urban_safety_monitor.tables.inputs import Areas, Differences, Surveys
from urban_safety_monitor.tables.results import Comparisons, Estimates, Robustness, Scores


@dataclass(frozen=True)
class Provenance:
    """What a run was made from; the run id is the hash of all of it, so it repeats exactly.

    `inputs` maps each input file's name to its SHA-256; `options` holds what was chosen.
    """

    run_id: str
    version: str
    catalogue_sha256: str
    inputs: dict[str, str]
    options: dict[str, Any]
    demonstration: bool


@dataclass(frozen=True)
class Results:
    """Everything a run produced. Cells withheld to protect people are already without numbers.

    `quality` has one row per area, period and finding of the design and the answers.
    `peers` has one row per area and peer, with the reasons in words' parameters.
    """

    provenance: Provenance
    areas: DataFrame[Areas]
    surveys: DataFrame[Surveys]
    differences: DataFrame[Differences]
    estimates: DataFrame[Estimates]
    scores: DataFrame[Scores]
    comparisons: DataFrame[Comparisons]
    robustness: DataFrame[Robustness]
    quality: pd.DataFrame
    peers: pd.DataFrame

    def tables(self) -> dict[str, pd.DataFrame]:
        """Each table by its name."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name != "provenance"}
