"""Every worked example of the catalogue, computed by hand, in every engine."""

import pandas as pd
import pytest

from urban_safety_monitor.catalogue import load_catalogue
from urban_safety_monitor.engines import psu_totals
from urban_safety_monitor.pipeline.estimate import estimate

CATALOGUE = load_catalogue()
EXAMPLES = [
    pytest.param(indicator, example, id=f"{indicator.id}: {example.name}")
    for indicator in CATALOGUE.indicators.values()
    for example in indicator.examples
]


def microdata(rows) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows)).convert_dtypes()
    frame["weight_person"] = frame["weight"].astype(float)
    frame["weight_household"] = frame["weight"].astype(float)
    texts = frame[["stratum", "psu"]].astype("str")
    people = [str(number) for number in range(len(frame))]
    return frame.drop(columns="weight").assign(
        area="X", period="2026", person=people, **{name: texts[name] for name in texts}
    )


@pytest.mark.parametrize(("indicator", "example"), EXAMPLES)
def test_example_gives_value_and_standard_error(indicator, example):
    totals = psu_totals(microdata(example.rows), CATALOGUE, [indicator])
    row = estimate(totals, [indicator]).estimates.iloc[0]
    if example.value is None:
        assert pd.isna(row["value"])
        return
    assert row["value"] == pytest.approx(example.value, rel=1e-9)
    if example.standard_error is None:
        return
    assert row["standard_error"] == pytest.approx(example.standard_error, rel=1e-9)


def test_every_scored_survey_indicator_has_an_example_with_its_error():
    without = [
        i.id
        for i in CATALOGUE.indicators.values()
        if i.from_survey and i.scored and not any(e.standard_error for e in i.examples)
    ]
    assert without == []
