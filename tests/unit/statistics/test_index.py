from dataclasses import replace

import numpy as np
import pytest

from urban_safety_monitor.statistics.index import Index

INDEX = Index(
    values=np.array([[10.0, 30, 50], [20, np.nan, 90], [40, 50, 10]]),
    goalposts=np.array([[0.0, 0, 100], [100, 100, 0]]),
    importance=np.array([1.0, 3, 1, 1, 1]),
    parents=[np.array([0, 0, 1]), np.array([0, 0])],
    aggregation=("arithmetic", "geometric"),
)


def test_each_level_comes_of_the_one_below_by_its_own_method():
    indicators, domains, overall = INDEX.levels()
    np.testing.assert_allclose(indicators, [[10, 30, 50], [20, np.nan, 10], [40, 50, 90]])
    np.testing.assert_allclose(domains, [[25, 50], [20, 10], [47.5, 90]])
    np.testing.assert_allclose(overall[:, 0], np.sqrt([25 * 50, 200, 47.5 * 90]))


def test_what_is_missing_is_imputed_only_where_said_so():
    filled = replace(INDEX, imputed_within=np.array([0, 0, 1]))
    np.testing.assert_allclose(filled.levels()[0][1], [20, 30, 10])


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


@pytest.mark.parametrize("how", ["median", "mazziotta_pareto", "copeland", "harmonic"])
def test_every_aggregation_serves_every_level(how):
    filled = replace(INDEX, aggregation=(how, how), imputed_within=np.zeros(3, dtype=int))
    overall = filled.overall()
    drawn = replace(filled, values=INDEX.values[:, :, None] * np.ones(2)).overall()
    np.testing.assert_allclose(drawn, np.stack([overall, overall], axis=-1))
