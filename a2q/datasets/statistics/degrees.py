"""In-degrees and the power law that may be behind them."""

import math

import numpy as np

from a2q.datasets.statistics.flat import Flat
from a2q.datasets.statistics.record import Degrees, PowerLaw
from a2q.datasets.statistics.seeding import seeded_igraph

_FEWEST_NODES = 50
_FEWEST_VALUES = 5
_MOST_NODES = 200_000
# What a fit takes grows with nodes times different in-degrees; so many of it is spent on interval and plausibility.
_WORK = 300_000_000
_FEWEST_FITS, _MOST_FITS = 10, 100


def degrees(flat: Flat) -> Degrees:
    """Return how in-degrees are distributed."""
    values, counts = np.unique(flat.in_degree, return_counts=True)
    fit = power_law(flat.in_degree)
    return Degrees(
        values=tuple(values.tolist()),
        counts=tuple(counts.tolist()),
        mean=float(flat.in_degree.mean()),
        median=float(np.median(flat.in_degree)),
        fit=None if isinstance(fit, str) else fit,
        no_fit=fit if isinstance(fit, str) else "",
    )


def power_law(in_degree: np.ndarray) -> PowerLaw | str:
    """Return the power law fitted to in-degrees of 1 and more, or a sentence that says why there is none.

    Source: Clauset et al., SIAM Review 2009, through igraph; the interval is ours: fits to nodes drawn anew.
    """
    import igraph

    rng = np.random.default_rng(0)
    observed = in_degree[in_degree > 0]
    if observed.size < _FEWEST_NODES or np.unique(observed).size < _FEWEST_VALUES:
        return (
            f"No power law is fitted: {observed.size:,} nodes with {np.unique(observed).size} different in-degrees "
            f"are too few; it takes {_FEWEST_NODES} nodes and {_FEWEST_VALUES} in-degrees."
        )
    if observed.size > _MOST_NODES:
        observed = rng.choice(observed, _MOST_NODES, replace=False)
    fits = min(_MOST_FITS, max(_FEWEST_FITS, _WORK // (observed.size * np.unique(observed).size)))
    # igraph draws from a generator of its own, which would make the plausibility another each time.
    with seeded_igraph():
        # It draws 0.25 / precision² graphs from the fit to judge it by.
        found = igraph.power_law_fit(observed.tolist(), method="discrete", p_precision=math.sqrt(0.25 / fits))
        exponents = [
            igraph.power_law_fit(rng.choice(observed, observed.size).tolist(), method="discrete", p_precision=0.5).alpha
            for _ in range(fits)
        ]
    low, high = np.nanpercentile(exponents, [2.5, 97.5])
    if not math.isfinite(found.alpha):
        return "No power law is fitted: no exponent makes one likely."
    tail = int((observed >= found.xmin).sum())
    return PowerLaw(
        exponent=found.alpha,
        start=int(found.xmin),
        error=(found.alpha - 1) / math.sqrt(tail),
        low=float(low),
        high=float(high),
        distance=found.D,
        plausibility=found.p,
        tail=tail,
        nodes=int(observed.size),
    )
