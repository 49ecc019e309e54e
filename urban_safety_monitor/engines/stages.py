"""What design columns of records mean, before anything is summed: certainty, fractions, stages.

A primary sampling unit (PSU) taken with certainty is no sample of PSUs: its secondary units (SSUs)
were what was drawn, so it is a stratum of its own with these as PSUs; without a second stage it is
a stratum all of whose PSUs are there. Where both stages have known sizes, the rows to sum by are
the SSUs, and a table tells which PSU each is of.

Source: Lohr, Sampling (2010), ch. 5 and 9; Särndal, Swensson and Wretman (1992), ch. 4.3.
"""

from dataclasses import dataclass, replace

import pandas as pd

from urban_safety_monitor.tables.totals import PsuTotals

STRATUM = ["area", "period", "stratum"]
BETWEEN = "/"
"""Joins the names of a PSU and of its SSU."""


@dataclass(frozen=True)
class Staged:
    """Records whose `psu` is what is summed by; `second_stage` is that of `PsuTotals`."""

    records: pd.DataFrame
    second_stage: pd.DataFrame | None = None

    def told(self, totals: PsuTotals) -> PsuTotals:
        """Totals of these records with both stages: strata then count PSUs, not SSUs."""
        if self.second_stage is None:
            return totals
        first = self.second_stage.groupby(STRATUM)["first"].nunique().rename("first")
        strata = totals.psus.join(first, on=STRATUM)
        psus = strata["psus"].where(strata["first"].isna(), strata["first"]).astype("int64")
        strata = strata.assign(psus=psus).drop(columns="first")
        return replace(totals, psus=strata, second_stage=self.second_stage)


def staged(records: pd.DataFrame, *, second_stage: bool = True) -> Staged:
    """Records of surveys by what their design columns say; unchanged where there are none.

    Args:
        records: Microdata with any of `psu_fraction`, `certainty`, `ssu`, `ssus_in_psu` and
            `ssu_fraction`.
        second_stage: whether SSUs may become the units summed by.
    """
    columns = set(records.columns)
    if "certainty" in columns:
        records = _certain(records)
    if "psu_fraction" in columns:
        records = _in_population(records, STRATUM, "psu", ("psus_in_stratum", "psu_fraction"))
    sizes = {"ssus_in_psu", "ssu_fraction"} & columns
    if not (second_stage and "ssu" in columns and sizes and "psus_in_stratum" in records):
        return Staged(records)
    return _two_stages(records)


def _certain(records: pd.DataFrame) -> pd.DataFrame:
    """PSUs taken with certainty as strata; what was drawn inside them becomes their PSUs."""
    certain = records["certainty"].eq(1).fillna(False)
    stratum = records["stratum"] + ": " + records["psu"]
    changed = {"stratum": records["stratum"].mask(certain, stratum)}
    population = records.get("psus_in_stratum", pd.Series(float("nan"), records.index))
    if "ssu" not in records:
        changed["psus_in_stratum"] = population.mask(certain, 1.0)
        return records.assign(**changed)
    drawn = certain & records["ssu"].notna()
    inside = records.get("ssus_in_psu", pd.Series(float("nan"), records.index))
    changed["psu"] = records["psu"].mask(drawn, records["ssu"])
    changed["psus_in_stratum"] = population.mask(certain, 1.0).mask(drawn, inside)
    changed["ssu"] = records["ssu"].mask(drawn)
    if "ssu_fraction" in records:
        share = records.get("psu_fraction", pd.Series(float("nan"), records.index))
        changed["psu_fraction"] = share.mask(drawn, records["ssu_fraction"])
    return records.assign(**changed)


def _in_population(
    records: pd.DataFrame, of: list[str], unit: str, columns: tuple[str, str]
) -> pd.DataFrame:
    """The number of units in the population, where only the share sampled is told."""
    number, share = columns
    sampled = records.groupby(of)[unit].transform("nunique")
    told = records.get(number, pd.Series(float("nan"), records.index)).astype(float)
    fraction = records[share].where(records[share] > 0).astype(float)
    return records.assign(**{number: told.fillna(sampled / fraction)})


def _two_stages(records: pd.DataFrame) -> Staged:
    inside = [*STRATUM, "psu"]
    if "ssu_fraction" in records:
        columns = ("ssus_in_psu", "ssu_fraction")
        records = _in_population(records, inside, "ssu", columns)
    # Of a first stage not known to be finite, nothing within PSUs is added.
    drawn = records["ssu"].notna() & records["psus_in_stratum"].notna()
    if not drawn.any():
        return Staged(records)
    unit = records["psu"].mask(drawn, records["psu"] + BETWEEN + records["ssu"])
    rows = records.loc[drawn, [*STRATUM, "ssus_in_psu"]].assign(
        psu=unit[drawn], first=records.loc[drawn, "psu"]
    )
    listed = rows.drop_duplicates(inside)[[*inside, "first", "ssus_in_psu"]]
    return Staged(records.assign(psu=unit), listed.reset_index(drop=True))
