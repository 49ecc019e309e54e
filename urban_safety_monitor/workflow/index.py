"""A composite index from finished values: no survey, just figures per area."""

from pathlib import Path

import pandas as pd
from pandera.typing.pandas import DataFrame

from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.errors import DataError
from urban_safety_monitor.pipeline.score import Scored, score, score_table
from urban_safety_monitor.tables import Scores


def score_values(path: Path, catalogue: Catalogue) -> DataFrame[Scores]:
    """A composite index from finished values: one row per area, one column per indicator.

    The first column names the area; a column `period` is optional.

    Raises:
        DataError: the file is no table of numbers, or has no column of a scored indicator.
    """
    scored = scored_values(_read_values(path), catalogue)
    return score_table(scored, catalogue)


def scored_values(values: pd.DataFrame, catalogue: Catalogue) -> Scored:
    """Score finished values: columns area, period and one per indicator."""
    units = values[["area", "period"]].assign(group=values["period"])
    known = [i.id for i in catalogue.indicators.values() if i.scored and i.id in values]
    if not known:
        raise DataError("values: no column is the id of a scored indicator of the catalogue")
    draws = {name: values[[name]].to_numpy(dtype=float) for name in known}
    return score(draws, units, catalogue)


def _read_values(path: Path) -> pd.DataFrame:
    try:
        frame = pd.read_csv(path)
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: cannot be read as a CSV table: {error}") from error
    frame = frame.rename(columns={frame.columns[0]: "area"})
    if "period" not in frame:
        frame["period"] = ""
    texts = [c for c in frame.columns.drop(["area", "period"]) if frame[c].dtype.kind not in "fiu"]
    return frame.astype({"area": "str", "period": "str"}).drop(columns=texts)
