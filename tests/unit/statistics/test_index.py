from dataclasses import replace

import numpy as np
import pytest

from urban_safety_monitor.statistics.index import Index
from urban_safety_monitor.statistics.treatment import UNTREATED, Treatment

INDEX = Index(
    values=np.array([[10.0, 30, 50], [20, np.nan, 90], [40, 50, 10]]),
    goalposts=np.array([[0.0, 0, 100], [100, 100, 0]]),
    importance=np.array([1.0, 3, 1, 1, 1, 1]),
    parent=np.array([3, 3, 4, 5, 5, -1]),
    aggregation=("arithmetic", "arithmetic", "geometric"),
)


def test_each_component_comes_of_its_parts_by_its_own_method():
    indicators, domains, overall = np.split(INDEX.nodes(), [3, 5], axis=1)
    np.testing.assert_allclose(indicators, [[10, 30, 50], [20, np.nan, 10], [40, 50, 90]])
    np.testing.assert_allclose(domains, [[25, 50], [20, 10], [47.5, 90]])
    np.testing.assert_allclose(overall[:, 0], np.sqrt([25 * 50, 200, 47.5 * 90]))


def test_parts_of_a_component_may_be_of_any_level():
    index = replace(INDEX, parent=np.array([3, 3, 4, 4, -1]), importance=np.ones(5))
    index = replace(index, aggregation="arithmetic")
    np.testing.assert_allclose(index.overall(), [(20 + 50) / 2, (20 + 10) / 2, (45 + 90) / 2])


def test_what_is_not_to_be_scored_counts_for_nothing_above():
    hidden = np.zeros((3, 6), dtype=bool)
    hidden[0, 3] = hidden[1, 5] = True
    found = replace(INDEX, unscored=hidden)
    np.testing.assert_allclose(found.overall(), [50, np.nan, np.sqrt(47.5 * 90)])
    drawn = replace(found, values=INDEX.values[:, :, None] * np.ones(2)).overall()
    np.testing.assert_allclose(drawn[:, 1], found.overall())


def test_each_indicator_may_have_a_method_of_its_own():
    index = replace(INDEX, normalisation=("goalposts", "rank", "min_max"), scale=(1.0, 100.0))
    expected = [[10.9, 1, 50.5], [20.8, np.nan, 1], [40.6, 100, 100]]
    np.testing.assert_allclose(index.indicators(), expected)


def test_extreme_values_are_treated_where_said_so():
    values = np.append(np.arange(1.0, 11), 100)[:, None] * np.ones(2)
    index = Index(
        values=values,
        goalposts=np.array([[0.0, 0], [100, 100]]),
        importance=np.ones(3),
        parent=np.array([2, 2, -1]),
        treatment=(Treatment("winsorise"), UNTREATED),
    )
    np.testing.assert_array_equal(index.prepared()[-1], [10, 100])
    np.testing.assert_array_equal(index.indicators()[-1], [10, 100])


def test_what_is_missing_is_imputed_only_where_said_so():
    filled = replace(INDEX, imputed_within=np.array([0, 0, 1]))
    np.testing.assert_allclose(filled.indicators()[1], [20, 30, 10])
    none = replace(filled, imputed=np.array([True, False, True]))
    np.testing.assert_allclose(none.indicators()[1], [20, np.nan, 10])


def test_alternatives_side_by_side_are_what_each_is_alone():
    goalposts = np.stack([INDEX.goalposts, INDEX.goalposts * 1.2], axis=-1)
    importance = np.stack([INDEX.importance, INDEX.importance[::-1]], axis=-1)
    values = np.stack([INDEX.values, INDEX.values + 1], axis=-1)
    for change in (
        {"goalposts": goalposts},
        {"importance": importance},
        {"values": values},
        {"values": values, "importance": importance, "goalposts": goalposts},
    ):
        together = replace(INDEX, **change).overall()
        for number in (0, 1):
            alone = {name: part[..., number] for name, part in change.items()}
            expected = replace(INDEX, **alone).overall()
            np.testing.assert_allclose(together[:, number], expected)


@pytest.mark.parametrize("how", ["median", "mazziotta_pareto", "copeland", "benefit_of_the_doubt"])
def test_every_aggregation_serves_every_component(how):
    filled = replace(INDEX, aggregation=how, imputed_within=np.zeros(3, dtype=int))
    overall = filled.overall()
    drawn = replace(filled, values=INDEX.values[:, :, None] * np.ones(2)).overall()
    np.testing.assert_allclose(drawn, np.stack([overall, overall], axis=-1))
