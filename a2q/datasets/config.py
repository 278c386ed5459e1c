"""Which dataset a run is on, as it is written to a run's file."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    SerializerFunctionWrapHandler,
    ValidationInfo,
    field_validator,
    model_serializer,
    model_validator,
)

from a2q.datasets.catalogue import CATALOGUE, card, known_card
from a2q.datasets.errors import DatasetError
from a2q.datasets.importers.import_store import is_own

STORED = "stored"
"""Context of a validation that reads what was checked when it was stored: an own graph may be gone since."""


@dataclass(frozen=True)
class Option:
    """A number that a set's card may offer to choose.

    Args:
        title: name in forms.
        help: one sentence for the user.
        low, high: the least and the greatest value allowed; their kind (int or float) is the option's.
        default: what is taken where nothing is chosen.
        lacking: what a set without this option has instead, as in "Cora has one size and no seed".
    """

    title: str
    help: str
    low: float
    high: float
    default: float
    lacking: str = "one size and no seed"

    @property
    def whole(self) -> bool:
        """Whether only whole numbers are allowed."""
        return isinstance(self.low, int)


_ITS_OWN = "a shape of its own"

OPTIONS: Mapping[str, Option] = MappingProxyType(
    {
        "nodes": Option("Nodes", "Size of the generated graph.", 50, 2_000_000, 2708),
        "graph_seed": Option("Graph seed", "The graph follows it.", 0, 2**31 - 1, 0),
        "exponent": Option(
            "Exponent",
            "Of the power law that expected degrees follow; below 3 a few hubs hold much of the edges.",
            *(2.05, 5.0, 2.5),
            _ITS_OWN,
        ),
        "homophily": Option(
            "Homophily", "Share of edges between nodes of one class; 1/7 is chance.", 0.0, 1.0, 0.8, _ITS_OWN
        ),
        "label_rate": Option(
            "Label rate", "Share of each class that is trained with, at least one node.", 0.001, 0.5, 0.05, _ITS_OWN
        ),
        "feature_sparsity": Option(
            "Feature sparsity", "Share of features that are 0, on average.", 0.5, 0.998, 0.99, _ITS_OWN
        ),
        "split_seed": Option(
            "Split seed", "The drawn split follows it.", 0, 2**31 - 1, 0, "a split of its own that no seed changes"
        ),
    }
)
"""By the name of the setting in `DatasetConfig`."""


# Settings that runs have stored from the first are always written; those that came later only where they are chosen,
# so that a run's fingerprint stays what it was.
_ALWAYS_WRITTEN = frozenset({"name", "nodes", "graph_seed", "fold"})


class DatasetConfig(BaseModel):
    """The name of a dataset and what can be chosen of it. Goes to JSON and back.

    Args:
        name: a name in the catalogue.
        nodes, graph_seed, exponent, homophily, label_rate, feature_sparsity: of a generated graph; limits and
            defaults are in `a2q.datasets.config.OPTIONS`, None takes the default.
        fold: which fold to test on, or which of the published splits to take, from 0; None is 0. Only for a set
            that has several.
        split_seed: seed the split is drawn from; None is 0. Only for a set without a split of its own.

    Raises:
        pydantic.ValidationError: with a sentence for the user.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    nodes: int | None = None
    graph_seed: int | None = None
    fold: int | None = None
    exponent: float | None = None
    homophily: float | None = None
    label_rate: float | None = None
    feature_sparsity: float | None = None
    split_seed: int | None = None

    def option(self, name: str) -> float:
        """The value of an option: the chosen one, else its default."""
        chosen = getattr(self, name)
        return OPTIONS[name].default if chosen is None else float(chosen)

    @model_serializer(mode="wrap")
    def _without_what_is_not_chosen(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {name: value for name, value in write(self).items() if name in _ALWAYS_WRITTEN or value is not None}

    @field_validator("name")
    @classmethod
    def _is_known(cls, name: str, info: ValidationInfo) -> str:
        if info.context == STORED and is_own(name):
            return name
        try:
            return card(name).name
        except DatasetError as error:
            raise ValueError(str(error)) from None

    @model_validator(mode="after")
    def _fits_the_set(self) -> Self:
        chosen = known_card(self.name)
        if chosen is None:
            return self
        for name, option in OPTIONS.items():
            value = getattr(self, name)
            if value is None:
                continue
            if name not in chosen.options:
                raise ValueError(
                    f"{name} is {value}, but {chosen.title} has {option.lacking}: leave {name} out, "
                    f"or choose {_having(name)}."
                )
            if not option.low <= value <= option.high:
                raise ValueError(
                    f"{name} is {_said(value)}; it can be from {_said(option.low)} to {_said(option.high)}."
                )
        return self

    @model_validator(mode="after")
    def _is_a_fold_of_the_set(self) -> Self:
        chosen = known_card(self.name)
        if self.fold is None or chosen is None:
            return self
        if chosen.folds is None:
            raise ValueError(
                f"fold is {self.fold}, but {chosen.title} has one split and no folds: "
                f"leave fold out, or choose {', '.join(name for name, other in CATALOGUE.items() if other.folds)}."
            )
        if not 0 <= self.fold < chosen.folds:
            raise ValueError(f"fold is {self.fold}; the folds of {chosen.title} are 0 to {chosen.folds - 1}.")
        return self


def as_config(dataset: str | DatasetConfig) -> DatasetConfig:
    """Return the config itself, or that of the dataset of this name.

    Raises:
        DatasetError: when there is no such set.
    """
    return dataset if isinstance(dataset, DatasetConfig) else DatasetConfig(name=card(dataset).name)


def _having(option: str) -> str:
    return ", ".join(name for name, other in CATALOGUE.items() if option in other.options)


def _said(value: float) -> str:
    return f"{value:,}"
