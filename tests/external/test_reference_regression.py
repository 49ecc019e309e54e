"""R's intervals of shares that come out of a regression, repeated step by step.

`svyciprop(method = "logit")` and `"likelihood"` fit a logit model with nothing but a mean. The fit
is stopped early, and limits of the likelihood are read off straight lines between points of a
spline through at most 19 others. Ours are exact and differ by up to 4e-8 and 2e-3. That
nothing else differs is shown here: with R's own steps every row agrees to 1e-8.

Sources: R 4.2, `glm.fit`, `spline` (end conditions of Forsythe, Malcolm and Moler), `approx`;
package `survey` 4.1, `svyglm`, `MASSprofile_glm`, `confint_profile`.
"""

from dataclasses import dataclass

import numpy as np
import pytest
from scipy import special

from tests.external.test_reference_kernels import (
    columns_of,
    estimated,
    in_domain,
    reference,
    same,
    survey,
)
from urban_safety_monitor.statistics import share_intervals
from urban_safety_monitor.statistics.intervals import effective_size, student_quantile

pytestmark = pytest.mark.external

EPSILON = 1e-8  # relative change of the deviance at which R stops
STEPS = 10  # R looks at fewer points than this on either side


@dataclass(frozen=True)
class Model:
    """R's fit of a share: its logit, the variance of that, and what the profile is made from."""

    answers: np.ndarray
    weights: np.ndarray
    logit: float
    variance: float
    naive_variance: float
    dispersion: float

    def deviance(self, logit):
        chance = special.expit(logit)
        yes, no = (
            special.rel_entr(self.answers, chance),
            special.rel_entr(1 - self.answers, 1 - chance),
        )
        return 2 * np.sum(self.weights * (yes + no))


def fitted(row):
    """The model of one of R's rows, by iterated least squares from R's start to R's end."""
    made = survey(row.folder, row.design)
    above, _ = columns_of(made.records, row)
    known = in_domain(made.records, row) & ~np.isnan(above)
    y, weights = above[known], made.records["pw"].to_numpy(dtype=float)[known]
    weights = weights / weights.mean()
    model = Model(y, weights, np.nan, np.nan, np.nan, np.nan)
    logits = special.logit((weights * y + 0.5) / (weights + 1))
    before, change = model.deviance(logits), np.inf
    while change >= EPSILON:
        chance = special.expit(logits)
        working = weights * chance * (1 - chance)
        moved = logits + (y - chance) / (chance * (1 - chance))
        logits = np.full(len(y), np.average(moved, weights=working))
        deviance = model.deviance(logits)
        before, change = deviance, abs(deviance - before) / (abs(deviance) + 0.1)
    chance = special.expit(logits)
    influence = np.zeros(len(made.records))
    influence[known] = (y - chance) / (chance * (1 - chance)) * working / working.sum()
    spread = np.average((y - chance) ** 2 / (chance * (1 - chance)), weights=weights)
    return Model(
        y,
        weights,
        logits[0],
        made.precision(influence[:, None], known[:, None])[0][0],
        1 / working.sum(),
        spread * len(y) / (len(y) - 1),
    )


def profile(model, furthest):
    """Logits beside the estimate with the roots of their deviances, up to the first too far off."""
    step = furthest / 5 * np.sqrt(model.variance)
    lowest = model.deviance(model.logit)
    points = [(model.logit, 0.0)]
    for sign in (-1, 1):
        for number in range(1, STEPS):
            logit = model.logit + sign * number * step
            fallen = max((model.deviance(logit) - lowest) / model.dispersion, 0.0)
            points.append((logit, sign * np.sqrt(fallen)))
            if np.sqrt(fallen) >= furthest:
                break
    return np.array(sorted(points, key=lambda point: point[1])).T


def spline(x, y, at):
    """A cubic spline whose third derivative ends as that of the cubic through four end points."""
    width, slope = np.diff(x), np.diff(y) / np.diff(x)
    system, right = np.zeros((len(x), len(x))), np.zeros(len(x))
    inner = np.arange(1, len(x) - 1)
    system[inner, inner - 1], system[inner, inner + 1] = width[:-1], width[1:]
    system[inner, inner] = 2 * (width[:-1] + width[1:])
    right[inner] = 6 * np.diff(slope)
    for end, four in ((0, slice(4)), (-1, slice(-4, None))):
        system[end, [end - (end < 0), end + (end == 0)]] = -1, 1
        right[end] = width[end] * 6 * np.polyfit(x[four] - x[four][0], y[four], 3)[0]
    curve = np.linalg.solve(system, right)
    i = np.clip(np.searchsorted(x, at, side="right") - 1, 0, len(x) - 2)
    along, h = at - x[i], width[i]
    bend = (curve[i + 1] - curve[i]) / (6 * h)
    straight = slope[i] - h * (2 * curve[i] + curve[i + 1]) / 6
    return y[i] + along * (straight + along * (curve[i] / 2 + along * bend))


def logit_limits(model, quantile):
    half = quantile * np.sqrt(model.variance)
    return special.expit([model.logit - half, model.logit + half])


def likelihood_limits(model, quantile):
    slack = quantile * np.sqrt(model.variance / model.naive_variance)
    outside = special.ndtr(-slack) / 2
    furthest = np.sqrt(special.fdtri(1, len(model.answers) - 1, 1 - outside))
    logits, roots = profile(model, furthest)
    grid = np.linspace(logits[0], logits[-1], 3 * len(logits))
    return special.expit(np.interp([-slack, slack], spline(logits, roots, grid), grid))


@pytest.mark.parametrize(
    ("method", "limits", "count", "apart"),
    [("logit", logit_limits, 204, 1e-7), ("likelihood", likelihood_limits, 102, 1e-3)],
)
def test_with_rs_own_steps_every_limit_agrees(shared, method, limits, count, apart):
    folder = shared / "reference"
    table = reference(folder, "survey_estimates.csv")
    table = table[table["ci_method"].str.startswith(f"{method}_") & (table["flag"] == "")]
    assert len(table) == count
    for row in table.assign(folder=folder).itertuples():
        found = estimated(survey(folder, row.design), row)
        whole = row.ci_method.endswith("design")
        df = row.df_design if whole else found.df
        quantile = float(student_quantile(np.array(float(df))))
        same(limits(fitted(row), quantile), [row.ci_low, row.ci_high])
        ours = exact(method, found, np.array(float(df)))
        same(ours, [row.ci_low, row.ci_high], 0, apart)


def exact(method, found, df):
    """The limits this program gives."""
    share, variance = np.array(found.value), np.array(found.variance)
    if method == "logit":
        return share_intervals.logit(share, variance, df)
    size = effective_size(share, variance)
    return share_intervals.likelihood(share, size, np.array(float(found.n)), df)
