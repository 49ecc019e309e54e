"""`Boundaries`: outlines of districts, kept as GeoJSON geometry beside the figures."""

import pandera.pandas as pa
from pandera.typing.pandas import Series


class Boundaries(pa.DataFrameModel):
    """The outline of an area; `geometry` is a GeoJSON polygon in longitude and latitude."""

    area: Series[str] = pa.Field(unique=True)
    geometry: Series[str]

    class Config:
        """Conversion."""

        coerce = True
        strict = True
