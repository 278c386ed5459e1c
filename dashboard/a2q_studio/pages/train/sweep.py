"""Several values of the memory penalty λ, one run for each."""

import math

import streamlit as st

from a2q.config import ConfigError
from a2q.experiments.run_config import RunConfig
from a2q.methods.a2q import A2QConfig

MOST_PENALTIES = 20


def ask_penalties(start: RunConfig, penalties: str, prefix: str) -> str:
    """A field for the penalties of a sweep, where the method has one; its text."""
    if not isinstance(start.quantization, A2QConfig):
        return ""
    return st.text_input(
        "Penalties λ of a sweep",
        penalties,
        key=f"{prefix}-sweep",
        placeholder="0.1, 0.5, 1",
        help="One run for each value; higher → fewer bits. Empty: one run with the penalty below.",
    )


def parse_penalties(text: str) -> list[float]:
    """``"0.1, 1, 5"`` as numbers, in order and without repeats; empty text is no sweep.

    Raises:
        ConfigError: anything else, or more than 20 values.
    """
    if not text.strip():
        return []
    try:
        values = [float(part) for part in text.split(",")]
    except ValueError:
        values = []
    if not values or not all(math.isfinite(value) and value >= 0 for value in values) or len(values) > MOST_PENALTIES:
        raise ConfigError(
            f"Penalties of the sweep are {text!r}; give up to {MOST_PENALTIES} numbers of 0 or more, such as 0.1, 1."
        )
    return list(dict.fromkeys(values))


def swept(config: RunConfig, penalties: list[float]) -> list[RunConfig]:
    """The config with each of the penalties; itself where there are none.

    Raises:
        ConfigError: a target is set, beside which the penalty would do nothing.
    """
    held = config.quantization
    if not penalties or not isinstance(held, A2QConfig):
        return [config]
    target = held.target_average_bits or held.target_kib
    if target is not None:
        raise ConfigError(
            f"A sweep of λ is asked for, but there is also a target ({target:g}), beside which λ does nothing; "
            "empty the target or the sweep."
        )
    return [
        config.model_copy(update={"quantization": A2QConfig(**held.model_dump() | {"penalty": penalty})})
        for penalty in penalties
    ]
