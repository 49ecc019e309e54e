"""How weights are made to meet what is known of the population."""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from urban_safety_monitor.catalogue.conditions import Declaration
from urban_safety_monitor.catalogue.sampling import Replicates


class Weighting(Declaration):
    """Trimming and calibration of one survey's person weights.

    `trim` holds weights between two multiples of their mean before anything else. `method` says
    how they come to meet `margins`, a CSV table of `margin`, `category` and `population`, and of
    `area` and `period` where it is about several surveys. A margin is a disaggregation, or a
    column: of answers with their codes as categories, or of numbers with an empty category, whose
    population is the number's total. Factors lie within `bounds` (linear and logit).

    Errors of calibrated estimates come from replicates that are each calibrated alike: a
    jackknife unless others are named, or those the file brings.
    """

    margins: Path | None = None
    method: Literal["post-stratify", "rake", "linear", "logit"] = "rake"
    bounds: tuple[float, float] | None = None
    trim: tuple[float, float] | None = None
    replicates: Replicates = Field(default=Replicates(method="jackknife"))

    @model_validator(mode="after")
    def _holds(self) -> Self:
        if self.margins is None and self.trim is None:
            raise ValueError("give margins to calibrate to, or bounds to trim to, or both")
        if self.bounds and not 0 <= self.bounds[0] < 1 < self.bounds[1]:
            raise ValueError("bounds: the first lies from 0 to below 1, the second above 1")
        if self.bounds and self.method not in ("linear", "logit"):
            raise ValueError("bounds: only for linear and logit")
        if self.method == "logit" and not self.bounds:
            raise ValueError("method logit: give its bounds")
        if self.trim and not 0 <= self.trim[0] < 1 < self.trim[1]:
            raise ValueError("trim: the first lies from 0 to below 1, the second above 1")
        if self.replicates.columns is not None:
            raise ValueError("replicates: a file's own are named in its recipe")
        return self
