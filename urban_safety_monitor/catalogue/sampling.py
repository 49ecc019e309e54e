"""How a survey's sample was drawn, as far as its columns do not say: replicates, kept units.

Stratum, primary sampling unit (PSU) and the sizes of populations are columns of the records
themselves (`stratum`, `psu`, `psus_in_stratum` or `psu_fraction`, `certainty`; of a second stage
`ssu`, `ssus_in_psu` or `ssu_fraction`).
"""

from typing import Literal, Self

from pydantic import Field, model_validator

from urban_safety_monitor.catalogue.conditions import Declaration

Method = Literal["jackknife", "brr", "fay", "bootstrap", "successive-difference", "other"]


class Replicates(Declaration):
    """Replicate weights that errors are estimated from: a file's own, or made from its PSUs.

    With `columns`, a name in which `*` stands for the replicate's number, they are read from the
    file; `combined = false` says that these are factors to the weight. Otherwise they are made:
    `number` of them for a bootstrap, out of `seed`. `kept` is the factor that the units left out
    keep (Fay's method).

    The squared deviations of replicate estimates are multiplied by `scale` and by `rscales` (one
    for all, or one a replicate). Where a file does not say so, `scale` is 1/R of R replicates for
    brr and bootstrap, 1/(R (1 - kept)^2) for fay, (R - 1)/R for a jackknife without rscales and 1
    for one with, 4/R for successive differences. `degrees_of_freedom` are what the source gives.
    """

    method: Method
    columns: str | None = None
    combined: bool = True
    number: int = Field(default=500, ge=2)
    seed: int = Field(default=0, ge=0)
    kept: float = Field(default=0.0, ge=0, lt=1)
    scale: float | None = Field(default=None, gt=0)
    rscales: tuple[float, ...] = ()
    degrees_of_freedom: float | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _holds(self) -> Self:
        if self.columns is not None and self.columns.count("*") != 1:
            raise ValueError("columns: one * stands for the replicate's number")
        if (self.method == "fay") != (self.kept > 0):
            raise ValueError("kept: above 0 for fay, and for nothing else")
        given = self.columns is not None
        if not given and self.method in ("successive-difference", "other"):
            raise ValueError(f"method {self.method}: cannot be made; name the file's columns")
        if self.method == "other" and self.scale is None:
            raise ValueError("method other: give its scale")
        if not given and (self.scale is not None or self.rscales or self.degrees_of_freedom):
            raise ValueError("scale, rscales and degrees_of_freedom belong to a file's columns")
        return self

    def counts(self, replicates: int) -> tuple[float, ...]:
        """What the squared deviation of each of a file's replicates is multiplied by.

        Raises:
            ValueError: there are other numbers of replicates and rscales.
        """
        each = self.rscales if len(self.rscales) > 1 else (self.rscales or (1.0,)) * replicates
        if len(each) != replicates:
            raise ValueError(f"{len(each)} rscales for {replicates} columns {self.columns}")
        usual = {
            "jackknife": 1.0 if self.rscales else (replicates - 1) / replicates,
            "brr": 1 / replicates,
            "fay": 1 / (replicates * (1 - self.kept) ** 2),
            "bootstrap": 1 / replicates,
            "successive-difference": 4 / replicates,
        }
        scale = self.scale if self.scale is not None else usual[self.method]
        return tuple(scale * one for one in each)


class SampleDesign(Declaration):
    """What a recipe says of a source's sample.

    `same_units` says that PSUs have the same names in every round: rounds that share units then
    share error, and a change between them is known better.
    """

    replicates: Replicates | None = None
    same_units: bool = False
