"""What the lesson is taught on: a few runs of one graph, the sample runs or somebody's own on Cora."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from a2q.experiments.bundle.bundle import Bundle
from a2q.experiments.store import Run
from a2q.methods.a2q import A2QConfig
from a2q_studio.pages.learn.lesson.layer import LayerInput

MAIN, EVEN_DEGREES, ATTENTION = "gin", "gcn", "gat"
"""Roles: the network whose bits follow in-degree most, one where they hardly do, and the one that turns it round."""


@dataclass(frozen=True)
class Teaching:
    """The runs of the lesson.

    Attributes:
        source: one sentence on what they are, printed on every step.
        bundles: runs by role.
        penalties: runs that differ by their penalty λ, by λ, rising; at least one.
    """

    source: str
    bundles: Mapping[str, Bundle]
    penalties: Mapping[float, Bundle]

    @cached_property
    def _layers(self) -> dict[str, LayerInput]:
        return {}

    def layer(self, bundle: Bundle) -> LayerInput:
        """The last quantized input of a run; computed once."""
        if bundle.run.id not in self._layers:
            self._layers[bundle.run.id] = LayerInput.of(bundle)
        return self._layers[bundle.run.id]

    @property
    def main(self) -> LayerInput:
        """Of the run that most steps look at."""
        return self.layer(self.bundles[MAIN])


def a2q_settings(run: Run) -> A2QConfig:
    """What a run of A²Q was quantized with.

    Raises:
        ValueError: it is a run of another method.
    """
    settings = run.config.quantization
    if not isinstance(settings, A2QConfig):
        raise ValueError(f"Run {run.id} is of the method {run.config.method}; the lesson needs one of a2q.")
    return settings
