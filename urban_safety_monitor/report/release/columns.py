"""The columns of released tables: name, type and meaning, declared once for every format."""

from dataclasses import dataclass

import pandas as pd

from urban_safety_monitor.report.wording import message


@dataclass(frozen=True)
class Column:
    """A column; `type` is one of string, number and boolean, as the Data Package names them."""

    name: str
    type: str
    meaning: str


@dataclass(frozen=True)
class ReleasedTable:
    """A table with its declared columns, in this order; `key` identifies a row."""

    name: str
    title: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    rows: pd.DataFrame


def text(name: str, meaning: str) -> Column:
    """A column of texts."""
    return Column(name, "string", meaning)


def number(name: str, meaning: str) -> Column:
    """A column of numbers; a missing one is empty, and never 0."""
    return Column(name, "number", meaning)


AREA = text("area", message("Code of the city"))
CITY = text("city", message("Name of the city"))
COUNTRY = text("country", message("Country (ISO 3166-1)"))
PERIOD = text("period", message("Period the figure is of"))
DEMONSTRATION = text(
    "demonstration", message("Said in every row of demonstration data; empty for real figures")
)
INTERVAL = (
    number("lower", message("Lower end of the 95% interval")),
    number("upper", message("Upper end of the 95% interval")),
)

FIGURES = (
    AREA,
    CITY,
    COUNTRY,
    PERIOD,
    text("indicator", message("Code of the indicator")),
    text("title", message("Title of the indicator")),
    text("unit_of_measure", message("What the value counts")),
    text("disaggregation", message("Kind of groups; “total” for everybody")),
    text("category", message("Group of people; “total” for everybody")),
    number("value", message("The estimate; empty where withheld or not collected")),
    number("standard_error", message("Standard error, in the unit of the value")),
    *INTERVAL,
    number("degrees_of_freedom", message("Degrees of freedom of the standard error")),
    number("n", message("People asked, recorded events or assessors")),
    number("n_effective", message("Effective sample size")),
    number("design_effect", message("Variance against simple random sampling with replacement")),
    number("psus", message("Primary sampling units that contribute")),
    text("obs_status", message("Observation status; letters in flags.csv")),
    text("conf_status", message("Confidentiality status: C is withheld to protect people")),
    text("flags", message("All letters that explain the value")),
    DEMONSTRATION,
)

SCORES = (
    AREA,
    CITY,
    COUNTRY,
    PERIOD,
    text("component", message("Code of the indicator, domain, class of evidence or whole")),
    text("level", message("What the component is")),
    number("score", message("Score from 0 to 100; empty where too much is missing")),
    *INTERVAL,
    number("coverage", message("Share of the importance that was there")),
    text("missing", message("Core indicators that were not there")),
    number("rank_lower", message("Lowest plausible rank in the country, by sampling")),
    number("rank_upper", message("Highest plausible rank in the country, by sampling")),
    DEMONSTRATION,
)

SPANS = (
    AREA,
    CITY,
    COUNTRY,
    PERIOD,
    text("choice", message("Choice of method that was made differently")),
    number("lower", message("Smallest overall score under these choices")),
    number("upper", message("Largest overall score under these choices")),
    number("rank_lower", message("Lowest rank under these choices")),
    number("rank_upper", message("Highest rank under these choices")),
    DEMONSTRATION,
)

COMPARISONS = (
    AREA,
    CITY,
    COUNTRY,
    PERIOD,
    text("indicator", message("Code of the indicator")),
    text("benchmark", message("What the value is compared with; a group: with the rest")),
    number("benchmark_value", message("Value of the benchmark")),
    number("difference", message("Value less benchmark")),
    number("z", message("Difference in standard errors")),
    number("p_value", message("Probability of such a difference by chance alone")),
    number("p_adjusted", message("The same, adjusted for the number of comparisons")),
    text("status", message("better, worse, similar, higher, lower, not_comparable or no_status")),
    text("reason", message("Why")),
    DEMONSTRATION,
)

INDICATORS = (
    text("indicator", message("Code of the indicator")),
    text("title", message("Title of the indicator")),
    text("definition", message("What it counts, and among whom")),
    text("unit_of_measure", message("What the value counts")),
    text("domain", message("Domain of the framework")),
    text("evidence", message("Class of evidence")),
    text("role", message("core and extended indicators enter scores; context does not")),
    text("direction", message("Which way is better")),
    text("references", message("Sources of the definition")),
    number("version", message("Version of the definition")),
)

AREAS = (
    AREA,
    CITY,
    COUNTRY,
    text("boundary_version", message("Version of the boundary")),
    DEMONSTRATION,
)

SURVEYS = (
    AREA,
    CITY,
    COUNTRY,
    PERIOD,
    text("mode", message("How people were interviewed")),
    text("first_day", message("First day of the interviews")),
    text("last_day", message("Last day of the interviews")),
    number("interviews", message("Interviews")),
    DEMONSTRATION,
)

FLAGS = (
    text("flag", message("Letter")),
    text("meaning", message("Meaning of the letter")),
)
