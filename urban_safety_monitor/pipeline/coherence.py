"""Does a framework hang together on these values? Correlations, alpha, components, importance.

Everything is over all units with a score, whatever their group, and of the scores as they enter
their parent. Source: OECD/JRC, Handbook on Constructing Composite Indicators (2008), step 4.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from urban_safety_monitor.pipeline.score import Scored
from urban_safety_monitor.statistics.coherence import (
    correlations,
    cronbach_alpha,
    principal_components,
)
from urban_safety_monitor.statistics.importance import (
    effective_importance,
    main_effects,
    pca_importance,
    within_parent,
)

Floats = NDArray[np.float64]


class Coherence(NamedTuple):
    """A row per component, per part of a component, and per pair of parts of one component."""

    components: pd.DataFrame
    parts: pd.DataFrame
    correlations: pd.DataFrame


def coherence(scored: Scored) -> Coherence:
    """Look at every component with two parts or more.

    Returns:
        `components`: areas that have all parts, Cronbach's alpha, the share of variance that the
        first principal component explains, the smallest correlation of two parts. `parts`: the
        importance among siblings, the effective one in the whole, that which principal components
        suggest, correlations with the parent and the whole, the main effect on the whole, the
        loading on the parent's first component. `correlations`: of each two parts, and the number
        of areas that have both. What cannot be known from these values is missing.
    """
    points = np.stack([scored.scores[name][:, 0] for name in scored.tree.names], axis=1)
    several = [(n, c) for n, c in scored.tree.nodes() if len(scored.tree.parts(n)) > 1]
    return Coherence(
        pd.DataFrame([_component(scored, points, node) for node, _ in several]),
        pd.concat([_parts(scored, points, node) for node, _ in scored.tree.nodes()]),
        pd.concat(
            [_pairs(scored, points, node) for node, _ in several] or [pd.DataFrame()],
            ignore_index=True,
        ),
    )


def _component(scored: Scored, points: Floats, node: int) -> dict[str, object]:
    scores = points[:, scored.tree.parts(node)]
    matrix = correlations(scores)
    pairs = matrix[np.triu_indices(len(matrix), 1)]
    return {
        "component": scored.tree.names[node],
        "parts": len(matrix),
        "areas": int((~np.isnan(scores)).all(axis=1).sum()),
        "cronbach_alpha": cronbach_alpha(scores),
        "first_component_explains": principal_components(scores).explained[0],
        "smallest_correlation": np.nan if np.isnan(pairs).all() else np.nanmin(pairs),
    }


def _parts(scored: Scored, points: Floats, node: int) -> pd.DataFrame:
    tree, index = scored.tree, scored.groups[0].index
    parts = tree.parts(node)
    scores, whole = points[:, parts], points[:, -1]
    found = principal_components(scores)
    return pd.DataFrame(
        {
            "component": tree.names[node],
            "part": [tree.names[part] for part in parts],
            "importance": within_parent(index.importance[parts], np.zeros(len(parts), dtype=int)),
            "effective_importance": effective_importance(index.importance, tree.parent)[parts],
            "pca_importance": pca_importance(scores) if len(parts) > 1 else 1.0,
            "with_component": _with(scores, points[:, node]),
            "with_whole": _with(scores, whole),
            "main_effect": main_effects(scores, whole),
            "first_loading": found.loadings[:, 0],
        }
    )


def _with(scores: Floats, other: Floats) -> Floats:
    return np.asarray(correlations(np.column_stack([scores, other]))[:-1, -1])


def _pairs(scored: Scored, points: Floats, node: int) -> pd.DataFrame:
    parts = scored.tree.parts(node)
    scores = points[:, parts]
    known = (~np.isnan(scores)).astype(int)
    first, second = np.triu_indices(len(parts), 1)
    names = np.array([scored.tree.names[part] for part in parts], dtype=object)
    return pd.DataFrame(
        {
            "component": scored.tree.names[node],
            "part": names[first],
            "other": names[second],
            "correlation": correlations(scores)[first, second],
            "areas": (known.T @ known)[first, second],
        }
    )
