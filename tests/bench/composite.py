"""Time and peak memory of the uncertainty analysis of a composite index.

`python -m tests.bench.composite` prints three runs: a small one of ASEM's size (51 units, 49
indicators on four levels, 1,000 replications, next to COINr where R has it), a large one (500
cities, 68 indicators, 10,000 draws of every estimate), and the large one at half its cities and
half its draws, to see that cost grows with both and no faster. All values are made up.
"""

import resource
import shutil
import subprocess
import time
from collections.abc import Callable

import numpy as np

from urban_safety_monitor.statistics.index import Index
from urban_safety_monitor.statistics.uncertainty import (
    Factors,
    NormalDraws,
    balanced_choices,
    dirichlet_importance,
    evaluate,
    spread,
)

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


def made_index(units: int, children: tuple[int, ...], rng: np.random.Generator) -> Index:
    """An index whose levels have `children` nodes, shared as evenly as can be among parents."""
    above = (*children[1:], 1)
    parents = [np.sort(np.arange(k) % up) for k, up in zip(children, above, strict=True)]
    goalposts = np.stack([np.zeros(children[0]), np.full(children[0], 100.0)])
    return Index(
        values=rng.uniform(5, 95, (units, children[0])),
        goalposts=goalposts,
        importance=np.ones(sum(children)),
        parents=parents,
        aggregation=("arithmetic",) * len(children),
    )


def small() -> None:
    """ASEM's size: values, importance, normalisation, aggregation and goalposts uncertain."""
    rng = np.random.default_rng(1)
    index = made_index(51, (49, 8, 2), rng)
    methods = ["arithmetic", "geometric", "harmonic"]
    errors = np.full(index.values.shape, 2.0)
    factors: Factors = {
        "values": NormalDraws(index.values, errors, 1000, seed=4),
        "importance": dirichlet_importance(index.importance, index.parents, 50, 1000, rng),
        "normalisation": ["goalposts", "min_max", "z_score"],
        "aggregation": [(how,) * 3 for how in methods],
        "goalposts": index.goalposts * rng.uniform(0.9, 1.1, (100, 1, 49)),
    }
    analyse(index, factors, 1000, rng)


def large(cities: int, draws: int) -> None:
    """Every estimate drawn anew each time, scores and rank intervals of all cities."""
    rng = np.random.default_rng(2)
    index = made_index(cities, (68, 17, 6), rng)
    errors = rng.uniform(0.5, 4, index.values.shape)
    analyse(index, {"values": NormalDraws(index.values, errors, draws, seed=3)}, draws, rng)


def analyse(index: Index, factors: Factors, replications: int, rng: np.random.Generator) -> None:
    """Scores and ranks with their intervals, as the product computes them."""
    scores = evaluate(index, factors, balanced_choices(factors, replications, rng))
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
    measured("51 units x 49 indicators x 1,000 replications", small)
    coinr()
    measured("250 cities x 68 indicators x 10,000 draws", lambda: large(250, 10_000))
    measured("500 cities x 68 indicators x 5,000 draws", lambda: large(500, 5_000))
    measured("500 cities x 68 indicators x 10,000 draws", lambda: large(500, 10_000))
