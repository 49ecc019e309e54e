"""What a check of a framework shows, beside what is plain to see in the values."""

import numpy as np
import pandas as pd
import pytest

from tests.factories import catalogue, component, indicator, posts, share
from urban_safety_monitor.pipeline.coherence import coherence
from urban_safety_monitor.pipeline.score import score

DECLARED = catalogue(
    *(
        indicator(name, share("x"), component=where, goalposts=posts(0, 100))
        for name, where in {"a": "d1", "b": "d1", "c": "d2"}.items()
    ),
    components=[
        component("all", "overall"),
        component("d1", "domain", parent="all", importance=3),
        component("d2", "domain", parent="all"),
    ],
)
VALUES = {"a": [10.0, 20, 30, 40], "b": [20.0, 40, 60, 80], "c": [40.0, 30, 20, np.nan]}


@pytest.fixture(scope="module")
def found():
    units = pd.DataFrame({"area": list("ABCD"), "period": "2026", "group": "MX 2026"})
    draws = {name: np.array(values)[:, None] for name, values in VALUES.items()}
    return coherence(score(draws, units, DECLARED))


def test_components_agree_or_not(found):
    rows = found.components.set_index("component")
    assert list(rows.index) == ["d1", "all"]  # d2 has one part alone
    # Variances 500/3 and 2000/3; of the sum 1500: 2 (1 - 2500 / 4500)
    assert rows.loc["d1", "cronbach_alpha"] == pytest.approx(2 * (1 - 2500 / 4500))
    assert rows.loc["d1", "first_component_explains"] == pytest.approx(1)
    assert rows["smallest_correlation"].tolist() == pytest.approx([1, -1])
    assert rows["areas"].tolist() == [4, 3]


def test_parts_count_for_what_they_are_given_and_what_they_turn_out_to(found):
    rows = found.parts.set_index("part")
    assert rows["importance"].to_dict() == pytest.approx(
        {"a": 0.5, "b": 0.5, "c": 1, "d1": 0.75, "d2": 0.25}
    )
    assert rows["effective_importance"].to_dict() == pytest.approx(
        {"a": 0.375, "b": 0.375, "c": 0.25, "d1": 0.75, "d2": 0.25}
    )
    assert rows.loc[["a", "b"], "pca_importance"].tolist() == pytest.approx([0.5, 0.5])
    assert rows.loc["c", "with_component"] == pytest.approx(1)
    assert rows.loc["c", "with_whole"] == pytest.approx(-1)
    assert (rows["main_effect"].dropna() <= 1 + 1e-12).all()


def test_every_pair_of_parts_has_its_correlation(found):
    rows = found.correlations
    assert rows[["component", "part", "other"]].values.tolist() == [
        ["d1", "a", "b"],
        ["all", "d1", "d2"],
    ]
    assert rows["correlation"].tolist() == pytest.approx([1, -1])
    assert rows["areas"].tolist() == [4, 3]
