"""How often 95 % intervals of a share hold the true one: ours beside the peers' defaults.

`python -m tests.bench.coverage` draws 20,000 samples of each of 192 designs (seeded, some
minutes) and prints Markdown tables. All samples come from endless populations, so the share is
known and no finite population correction enters:

* clusters: PSUs of ten persons, alike enough within (beta-binomial) to give the design effect;
* pairs: the same clusters, two in each stratum, which halves the degrees of freedom;
* weights: persons drawn singly, with ten weights as uneven as those of a log-normal distribution
  that gives it (Kish), which have nothing to do with the answer.

A design effect of 1 is a simple random sample. Counts are whole numbers, so that coverage swings
up and down with the share for every interval; each design is therefore drawn twice, with the share
as it is named, and with shares around it, whose average coverage is free of that (Brown, Cai and
DasGupta, Statistical Science 16 (2001), 101-133). For simple samples the binomial distribution
tells exactly whether any interval from counts could do better.

Samples are drawn as counts of each kind of cluster, and the variance is that of
`linearisation.covariances` for such counts; the first draw of each design is checked against it. A
share of 0 or 1 takes the design effect the survey's shares usually have, as the program does; here
that is the true one.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

from urban_safety_monitor.statistics import share_intervals
from urban_safety_monitor.statistics.design_effect import Settled, settled, weighting_effect
from urban_safety_monitor.statistics.intervals import (
    Interval,
    effective_size,
    symmetric,
    wilson,
    wilson_student,
)
from urban_safety_monitor.statistics.linearisation import Design, covariances, ratios

Floats = NDArray[np.float64]

SEED, SAMPLES, CLUSTER, WEIGHTS = 2026, 20_000, 10, 10
SHARES = (0.01, 0.02, 0.05, 0.1, 0.3, 0.5)
SIZES = (100, 300, 1000, 5000)
EFFECTS = {"clusters": (1.0, 1.5, 2.0, 3.0), "pairs": (2.0,), "weights": (1.5, 2.0, 3.0)}
AS_NAMED = (1.0,)
AROUND = tuple(1.25 ** ((2 * np.arange(20) - 19) / 20))  # even on the log scale, in 20 steps
LEVELS = 94.0, 96.0
ENOUGH = 5  # effective events from which an interval can be expected to hold its level


class Sample(NamedTuple):
    """Samples of one design: estimates, their variances, and what they rest on."""

    share: Floats
    variance: Floats
    df: float
    n: int
    effect: float


class Kinds(NamedTuple):
    """Kinds of independent draws: what each holds and how likely it is.

    `yes` and `all` are weighted totals of the PSUs (kinds, PSUs of a draw).
    """

    yes: Floats
    all: Floats
    chance: Floats


def kinds_of(design: str, share: float, effect: float) -> Kinds:
    if design == "weights":
        weights = uneven_weights(effect)[:, None]
        chance = np.repeat([1 - share, share], WEIGHTS) / WEIGHTS
        return Kinds(np.vstack([0 * weights, weights]), np.vstack([weights, weights]), chance)
    if effect == 1:
        return Kinds(column(0, 1), column(1, 1), np.array([1 - share, share]))
    alike = (effect - 1) / (CLUSTER - 1)
    parts = np.array([share, 1 - share]) * (1 - alike) / alike
    yes = np.arange(CLUSTER + 1.0)
    chance = stats.betabinom.pmf(yes, CLUSTER, *parts)
    if design == "pairs":
        both = np.array(list(product(yes, yes)))
        return Kinds(both, np.full_like(both, CLUSTER), np.outer(chance, chance).ravel())
    return Kinds(yes[:, None], np.full((len(yes), 1), CLUSTER), chance)


def uneven_weights(effect: float) -> Floats:
    """Ten weights at the middle of each tenth of a log-normal distribution with that effect."""
    normal = stats.norm.ppf((np.arange(WEIGHTS) + 0.5) / WEIGHTS)
    sigma = optimize.brentq(lambda s: weighting_effect(np.exp(s * normal)) - effect, 0, 5)
    return np.exp(sigma * normal)


def column(*values: float) -> Floats:
    return np.array(values, dtype=float)[:, None]


def draw(
    design: str, share: float, effect: float, n: int, *, samples: int, rng: np.random.Generator
) -> Sample:
    kinds = kinds_of(design, share, effect)
    of_draw = kinds.yes.shape[1] * (1 if effect == 1 or design == "weights" else CLUSTER)
    draws = n // of_draw
    counts = rng.multinomial(draws, kinds.chance / kinds.chance.sum(), size=samples)
    found = counts @ kinds.yes.sum(axis=1) / (counts @ kinds.all.sum(axis=1))
    total = counts @ kinds.all.sum(axis=1)
    squares = np.zeros(samples)
    for power, residual in enumerate(residual_squares(kinds)):
        squares += counts @ residual * (-found) ** power
    paired = kinds.yes.shape[1] == 2
    variance = squares / total**2 * (2 if paired else draws / (draws - 1))
    made = Sample(found, np.maximum(variance, 0), draws - (not paired), n, effect)
    check(counts[0], kinds, made)
    return made


def residual_squares(kinds: Kinds) -> tuple[Floats, Floats, Floats]:
    """Squares of (yes - share x all) around the stratum's mean, as a polynomial in -share."""
    yes, everybody = kinds.yes, kinds.all
    if yes.shape[1] == 2:  # the mean of all draws of one stratum is 0 anyway
        yes, everybody = (x - x.mean(axis=1, keepdims=True) for x in (yes, everybody))
    products = yes**2, 2 * yes * everybody, everybody**2
    return tuple(product.sum(axis=1) for product in products)


def check(counts: NDArray[np.int64], kinds: Kinds, made: Sample) -> None:
    """Stop where the first sample's variance is not what the kernel makes of its PSUs."""
    yes, everybody = (np.repeat(x, counts, axis=0) for x in (kinds.yes, kinds.all))
    draws, psus = yes.shape
    stratum = np.repeat(np.arange(draws if psus == 2 else 1), psus if psus == 2 else draws)
    design = Design(stratum, np.bincount(stratum), np.zeros(stratum[-1] + 1), "fail")
    cell = np.zeros(yes.size, dtype=np.intp)
    influence = ratios(yes.reshape(-1, 1), everybody.reshape(-1, 1), cell, 1).influence
    kernel = covariances(influence, influence, cell, 1, design)[0, 0]
    np.testing.assert_allclose(made.variance[0], kernel, rtol=1e-9, atol=1e-15)


class Precision(NamedTuple):
    """What intervals are made from, each (samples,)."""

    share: Floats
    variance: Floats
    n: Floats
    df: Floats
    size: Floats
    settled: Settled


def precision(sample: Sample, usual: float) -> Precision:
    n, df, effect = (np.full(len(sample.share), float(x)) for x in (sample.n, sample.df, usual))
    own = n / effective_size(sample.share, sample.variance)
    return Precision(
        share=sample.share,
        variance=sample.variance,
        n=n,
        df=df,
        size=n / np.where(np.isnan(own), effect, own),
        settled=settled(sample.share, n, own, df, effect),
    )


METHODS: dict[str, Callable[[Precision], Interval]] = {
    "Wilson, normal": lambda p: wilson(p.share, p.size),
    "Wilson, Student": lambda p: wilson_student(p.share, p.size, p.df),
    "Wilson, settled": lambda p: wilson_student(
        p.share, p.n / p.settled.effect, p.settled.degrees_of_freedom
    ),
    "symmetric, normal": lambda p: symmetric(
        p.share, np.sqrt(p.variance), np.full(len(p.share), np.inf)
    ),
    "symmetric, Student": lambda p: symmetric(p.share, np.sqrt(p.variance), p.df),
    "logit": lambda p: share_intervals.logit(p.share, p.variance, p.df),
    "Korn-Graubard": lambda p: share_intervals.korn_graubard(
        p.share, np.minimum(p.size, p.n), p.n, p.df
    ),
}


class Cell(NamedTuple):
    """One design and how many percent of its intervals hold the share, by method."""

    design: str
    share: float
    n: int
    effect: float
    df: float
    coverage: list[float]

    @property
    def events(self) -> float:
        """Effective number of the rarer answer."""
        return self.n * self.share / self.effect


def covered(precise: Precision, share: float, methods: Sequence[str]) -> list[float]:
    limits = (METHODS[method](precise) for method in methods)
    return [100 * float(np.mean((low <= share) & (share <= high))) for low, high in limits]


def cells(
    factors: Sequence[float] = AS_NAMED,
    *,
    sizes: Sequence[int] = SIZES,
    wrong: float = 1.0,
    methods: Sequence[str] = tuple(METHODS),
) -> Iterator[Cell]:
    """All designs, each with shares that are the named one times some factors.

    The usual design effect is taken `wrong` times as large as it is.
    """
    rng = np.random.default_rng(SEED)
    for design, effects in EFFECTS.items():
        for effect, share, n in product(effects, SHARES, sizes):
            held = []
            for one in share * np.array(factors):
                sample = draw(design, one, effect, n, samples=SAMPLES // len(factors), rng=rng)
                precise = precision(sample, max(1.0, effect * wrong))
                held.append(covered(precise, one, methods))
            mean = np.mean(held, axis=0).tolist()
            yield Cell(design, share, n, effect, sample.df, mean)


def possible(share: float, n: int) -> bool:
    """Whether a 95 % interval from counts can hold a share in 94 to 96 % of simple samples.

    An interval with limits that rise with the count holds a share for a run of counts.
    """
    most = int(stats.binom.isf(1e-12, n, share))
    below = np.r_[0.0, stats.binom.cdf(np.arange(most), n, share), 1.0] * 100
    chance = below[None, :] - below[:, None]
    return bool(((chance >= LEVELS[0]) & (chance <= LEVELS[1])).any())


def row(*texts: object) -> str:
    return f"| {' | '.join(map(str, texts))} |"


def summary(
    found: list[Cell], enough: float, methods: Sequence[str] = tuple(METHODS)
) -> Iterator[str]:
    chosen = np.array([cell.coverage for cell in found if cell.events >= enough])
    yield row("interval", "lowest", "mean", "highest", "below 94", "94 to 96", "above 96")
    yield row(*["---"] * 7)
    for name, values in zip(methods, chosen.T, strict=True):
        below, above = (values < LEVELS[0]).sum(), (values > LEVELS[1]).sum()
        spread = (f"{value:.1f}" for value in (values.min(), values.mean(), values.max()))
        yield row(name, *spread, below, len(values) - below - above, above)


def swing() -> Iterator[str]:
    """Where the binomial distribution leaves no interval from counts between 94 and 96 %."""
    yield row("n", *(f"{100 * share:g} %" for share in SHARES))
    yield row(*["---"] * (1 + len(SHARES)))
    for n in SIZES:
        named = [possible(share, n) for share in SHARES]
        none = [np.mean([not possible(share * f, n) for f in AROUND]) for share in SHARES]
        told = (
            f"{100 * part:.0f} %{'' if can else ', itself'}"
            for part, can in zip(none, named, strict=True)
        )
        yield row(n, *told)


def table(named: list[Cell], around: list[Cell]) -> Iterator[str]:
    chosen = "Wilson, settled"
    yield row("design", "deff", "share", "n", "df", "events", *METHODS, f"{chosen}, around")
    yield row(*["---"] * (7 + len(METHODS)))
    place = list(METHODS).index(chosen)
    for cell, mean in zip(named, around, strict=True):
        values = (f"{value:.1f}" for value in (*cell.coverage, mean.coverage[place]))
        facts = cell.design, f"{cell.effect:g}", f"{100 * cell.share:g} %", cell.n, cell.df
        yield row(*facts, f"{cell.events:.1f}", *values)


def summaries(found: list[Cell], title: str) -> None:
    some = sum(cell.events >= ENOUGH for cell in found)
    print(f"{title}, all {len(found)} designs:", *summary(found, 0), "", sep="\n")
    print(
        f"{title}, the {some} designs with {ENOUGH} or more effective events:",
        *summary(found, ENOUGH),
        "",
        sep="\n",
    )


def main() -> None:
    """Print the summaries and the whole table."""
    named, around = list(cells()), list(cells(AROUND))
    summaries(named, "Shares as named")
    summaries(around, "Shares around the named one")
    print("Shares around the named one that no interval from counts can hold:", *swing(), sep="\n")
    for wrong in (1 / 1.4, 1.4):
        print(f"\nThe same with the usual design effect taken {wrong:.2f} times as large:")
        settled_only = ["Wilson, settled"]
        found = list(cells(AROUND, wrong=wrong, methods=settled_only))
        print(*summary(found, ENOUGH, settled_only), sep="\n")
    print("", *table(named, around), sep="\n")


if __name__ == "__main__":
    main()
