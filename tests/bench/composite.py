"""Time and peak memory of the uncertainty analysis of a composite index.

`python -m tests.bench.composite` prints: an index of ASEM's size (51 units, 49 indicators on
four levels) with 1,000 replications of all six sources of uncertainty, alone (next to COINr, where
R has it) and with the whole analysis;
what a run of the pipeline does with 500 cities, at two numbers of draws; a large one (500 cities,
68 indicators, 10,000 draws of every estimate), and that at half its cities and half its draws, to
see that cost grows with both and no faster. All values are made up, a tenth are missing.
"""

import resource
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.catalogue.framework import Framework
from urban_safety_monitor.pipeline.robustness import robustness
from urban_safety_monitor.pipeline.score import Scored, score, score_table
from urban_safety_monitor.pipeline.uncertainty import Effort, analyse, cases
from urban_safety_monitor.statistics.uncertainty import (
    NormalDraws,
    balanced_choices,
    evaluate,
    spread,
)

Floats = NDArray[np.float64]

COINR = """
suppressMessages(library(COINr))
coin <- build_example_coin(quietly = TRUE)
l_winmax <- list(Address = "$Log$Treat$global_specs$f1_para$winmax", Distribution = 1:5,
                 Type = "discrete")
norm_alts <- list(list(f_n = "n_minmax", f_n_para = list(c(1, 100))),
                  list(f_n = "n_zscore", f_n_para = list(c(10, 2))))
l_norm <- list(Address = "$Log$Normalise$global_specs", Distribution = norm_alts,
               Type = "discrete")
w_nom <- coin$Meta$Weights$Original
noise <- data.frame(Level = c(2, 3), NoiseFactor = c(0.25, 0.25))
noisy <- get_noisy_weights(w = w_nom, noise_specs = noise, Nrep = 100)
l_weights <- list(Address = "$Log$Aggregate$w", Distribution = noisy, Type = "discrete")
specs <- list(Winmax = l_winmax, Normalisation = l_norm, Weights = l_weights)
seconds <- system.time(suppressMessages(
  get_sensitivity(coin, SA_specs = specs, N = 1000, SA_type = "UA", dset = "Aggregated",
                  iCode = "Index", quietly = TRUE)))["elapsed"]
cat(seconds)
"""


def made_catalogue(children: tuple[int, ...]) -> Catalogue:
    """A framework of three levels over as many indicators, shared as evenly as can be."""
    levels = ("indicator", "subdomain", "domain", "overall")
    sizes = (*children, 1)
    names = [[f"{level}_{n}" for n in range(k)] for level, k in zip(levels, sizes, strict=True)]
    parent = {
        own: above[n % len(above)]
        for level, above in pairwise(names)
        for n, own in enumerate(level)
    }
    components = [
        {"id": name, "title": name, "level": level, "parent": parent.get(name)}
        for level, own in zip(levels[1:], names[1:], strict=True)
        for name in own
    ]
    posts = {"scores_0": 0, "scores_100": 100, "reason": "Made up."}
    entries = [{"id": n, "component": parent[n], "goalposts": posts} for n in names[0]]
    framework = Framework.model_validate(
        {"title": "Made up", "components": components, "indicators": entries}
    )
    return Catalogue(framework, {}, {}, {}, {}, {}, {}, sha256="")


def made_draws(
    units: int, draws: int, catalogue: Catalogue
) -> tuple[dict[str, Floats], pd.DataFrame]:
    """Draws of every indicator in every unit, a tenth of the values missing."""
    rng = np.random.default_rng(1)
    found = {}
    for member in catalogue.members:
        point = rng.uniform(5, 95, units)
        point[rng.random(units) < 0.1] = np.nan
        noise = rng.standard_normal((units, 1 + draws)) * rng.uniform(0.5, 4, units)[:, None]
        noise[:, 0] = 0
        found[member.id] = point[:, None] + noise
    table = pd.DataFrame({"area": [f"A{n:04}" for n in range(units)], "period": "2026"})
    return found, table.assign(country="XX", group="XX 2026")


def asem() -> tuple[Scored, Catalogue]:
    """Scores of an index of ASEM's size, with 1,000 draws of every value."""
    catalogue = made_catalogue((49, 8, 2))
    draws, units = made_draws(51, 1000, catalogue)
    return score(draws, units, catalogue), catalogue


def replications(scored: Scored, catalogue: Catalogue) -> None:
    """Six sources at once and nothing more: what COINr's analysis of uncertainty does."""
    (case,) = cases(scored, catalogue, 1, Effort.of(1000, 2))
    chosen = balanced_choices(case.factors, 1000, case.rng("replications"))
    assert not np.isnan(spread(evaluate(case.index, case.factors, chosen)).best_rank).any()


def whole(scored: Scored, catalogue: Catalogue) -> None:
    """All six sources at once and each alone, Sobol indices, pairs, leave-one-out."""
    found = analyse(scored, catalogue, 1, Effort.of(1000, 2))
    assert len(found.sensitivity) == 6
    assert len(found.order_changes) == 51 * 50 / 2


def pipeline(cities: int, draws: int) -> None:
    """What a run does with its draws: scores, their table, robustness, the whole analysis."""
    catalogue = made_catalogue((68, 17, 6))
    values, units = made_draws(cities, draws, catalogue)
    scored = score(values, units, catalogue)
    assert len(score_table(scored, catalogue)) == cities * (68 + 17 + 6 + 1)
    assert len(robustness(scored, catalogue, 1)) == cities * 9
    assert len(analyse(scored, catalogue, 1, Effort.of(draws, 8)).sensitivity) == 6


def large(cities: int, draws: int) -> None:
    """Every estimate drawn anew each time, scores and rank intervals of all cities."""
    rng = np.random.default_rng(2)
    catalogue = made_catalogue((68, 17, 6))
    values, units = made_draws(cities, 0, catalogue)
    (group,) = score(values, units, catalogue).groups
    index = replace(group.index, values=group.index.values[..., 0])
    errors = rng.uniform(0.5, 4, index.values.shape)
    factors = {"values": NormalDraws(index.values, errors, draws, seed=3)}
    scores = evaluate(index, factors, balanced_choices(factors, draws, rng))
    assert not np.isnan(spread(scores).best_rank).any()


def measured(name: str, run: Callable[[], None]) -> None:
    """Print how long a run takes and the most memory the process has had so far."""
    start, busy = time.perf_counter(), time.process_time()
    run()
    seconds, busy = time.perf_counter() - start, time.process_time() - busy
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{name:<50} {seconds:8.2f} s, {busy:.2f} of processor {peak:8.0f} MB peak so far")


def coinr() -> None:
    """COINr's own uncertainty analysis of ASEM, where R and COINr are installed."""
    name, rscript = "COINr: ASEM x 1,000 replications", shutil.which("Rscript")
    has = [rscript, "-e", 'quit(status = !requireNamespace("COINr", quietly = TRUE))']
    if rscript is None or subprocess.run(has, capture_output=True).returncode:
        print(f"{name:<50} not installed")
        return
    done = subprocess.run([rscript, "-e", COINR], capture_output=True, text=True, check=True)
    print(f"{name:<50} {float(done.stdout):8.2f} s")


if __name__ == "__main__":
    index = asem()
    measured("51 units x 49 indicators x 1,000 replications", lambda: replications(*index))
    measured("the same, whole analysis", lambda: whole(*index))
    coinr()
    measured("pipeline: 500 cities x 68 indicators x 500 draws", lambda: pipeline(500, 500))
    measured("pipeline: 500 cities x 68 indicators x 1,000 draws", lambda: pipeline(500, 1000))
    measured("250 cities x 68 indicators x 10,000 draws", lambda: large(250, 10_000))
    measured("500 cities x 68 indicators x 5,000 draws", lambda: large(500, 5_000))
    measured("500 cities x 68 indicators x 10,000 draws", lambda: large(500, 10_000))
