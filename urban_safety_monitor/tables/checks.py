"""The one place outside intake where a frame is held against its table's model."""

from typing import TypeVar

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors
from pandera.typing.pandas import DataFrame

from urban_safety_monitor.errors import DataError

Table = TypeVar("Table", bound=pa.DataFrameModel)


def checked(model: type[Table], frame: pd.DataFrame) -> DataFrame[Table]:
    """Return the frame with the model's columns and types, or raise with every problem.

    Args:
        model: a table of this package.
        frame: candidate; types are converted where that loses nothing.

    Raises:
        DataError: a column is missing, unknown, of another type, or a key is repeated.
    """
    try:
        return model.validate(frame.copy(deep=False), lazy=True, inplace=True)
    except SchemaErrors as error:
        cases = error.failure_cases
        groups = cases.groupby(["column", "check"], dropna=False, sort=False)["index"]
        raise DataError(
            f"table {model.__name__}, column {column}: {check} fails in {len(rows)} rows"
            for (column, check), rows in groups
        ) from error


def empty(model: type[Table]) -> DataFrame[Table]:
    """A table of the model without rows."""
    return checked(model, pd.DataFrame(columns=list(model.to_schema().columns)))
