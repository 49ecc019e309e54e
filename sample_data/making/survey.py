"""The file of one survey: a city's answers in one round, in the columns of the questionnaire."""

import pandas as pd

from .answers import NOT_ASKED, answer_all
from .people import factor_scores, people
from .plan import City, Plan
from .sample import households

TEXTS = (
    "city_id", "round_id", "interview_date", "district_id", "boundary_version",
    "stratum", "psu", "hh_id", "person_id",
)  # fmt: skip
DESIGN = (
    *TEXTS, "weight_person", "weight_hh", "n_adults_hh", "urban_rural", "settlement_type",
    "mode", "interviewer_sex", "private_sensitive", "result_code", "sex", "age",
)  # fmt: skip
COMPLETE = 1


def survey(plan: Plan, city: City, period: str) -> pd.DataFrame:
    """One row per interview; whole numbers are Int8, empty where the question was skipped."""
    rng = plan.rng(city.area, period)
    homes = households(plan, city, period, rng)
    adults = people(plan, city, len(homes), rng)
    factors = factor_scores(plan, city, homes, adults, rng)
    private = homes["private_sensitive"].to_numpy()
    answers = answer_all(plan, city, period, private, rng, factors=factors)
    frame = pd.concat([_design(plan, city, period, homes), adults, pd.DataFrame(answers)], axis=1)
    columns = [*DESIGN, *plan.people["difficulty"]["items"], *answers]
    return _typed(frame[columns].drop(columns=list(city.not_asked)))


def _design(plan: Plan, city: City, period: str, homes: pd.DataFrame) -> pd.DataFrame:
    number = pd.Series(range(1, len(homes) + 1)).map("{:05d}".format)
    return homes.assign(
        city_id=city.area,
        round_id=period,
        district_id=homes["district"].map(dict(enumerate(city.district_ids()))),
        boundary_version=plan.boundary_version,
        stratum="S" + (homes["stratum"] + 1).astype(str),
        psu="U" + (homes["psu"] + 1).map("{:03d}".format),
        hh_id="H" + number,
        person_id="R" + number,
        n_adults_hh=homes["n_adults"],
        result_code=COMPLETE,
    )


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    weights = ["weight_person", "weight_hh"]
    coded = frame.columns.difference([*TEXTS, *weights], sort=False)
    codes = frame[coded].mask(frame[coded] == NOT_ASKED).astype("Int8")
    return frame.assign(**codes)
