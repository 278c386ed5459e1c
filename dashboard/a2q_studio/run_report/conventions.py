"""What every number in a report means, in the words of the glossary."""

from a2q_studio.glossary import tip

_TERMS = (
    "test accuracy",
    "mean absolute error",
    "paper's protocol",
    "average bits",
    "compression ratio",
    "full bits per value",
    "full compression",
    "effective bits",
    "step size",
    "aggregation value",
    "quantization error",
    "clipped share",
    "in-degree",
    "seed",
    "spread over seeds",
    "Pareto front",
)

CONVENTIONS: dict[str, str] = {name: tip(name) for name in _TERMS}
"""Each term that a report uses and what it means here."""

SEEDS = (
    "Means over seeds are given as mean ± sample standard deviation (n − 1); n counts finished seeds in the run store."
)
