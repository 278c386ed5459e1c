"""Which data set a run is on, as it is written to a run's file."""

from typing import Self

from pydantic import BaseModel, ConfigDict, field_validator, model_validator

from data.catalogue import CATALOGUE, card
from data.errors import DatasetError

DEFAULT_NODES = 2708
FEWEST_NODES = 50
MOST_NODES = 2_000_000


class DatasetConfig(BaseModel):
    """The name of a data set and what can be chosen of it. Goes to JSON and back.

    Args:
        name: a name in the catalogue.
        nodes: number of nodes, 50 to 2,000,000; None is 2,708 (as Cora has). Only for a sizable set.
        graph_seed: seed the graph is drawn from, 0 or more; None is 0. Only for a sizable set.
        fold: which fold to test on, 0 to 9; None is 0. Only for a cross-validated set.

    Raises:
        pydantic.ValidationError: with a sentence for the user.

    Source: ours.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    nodes: int | None = None
    graph_seed: int | None = None
    fold: int | None = None

    @field_validator("name")
    @classmethod
    def _is_known(cls, name: str) -> str:
        try:
            return card(name).name
        except DatasetError as error:
            raise ValueError(str(error)) from None

    @model_validator(mode="after")
    def _fits_the_set(self) -> Self:
        chosen = card(self.name)
        sizable = ", ".join(name for name, other in CATALOGUE.items() if other.sizable)
        for field, value in {"nodes": self.nodes, "graph_seed": self.graph_seed}.items():
            if value is not None and not chosen.sizable:
                raise ValueError(
                    f"{field} is {value}, but {chosen.title} has one size and no seed: "
                    f"leave {field} out, or choose {sizable}."
                )
        if self.nodes is not None and not FEWEST_NODES <= self.nodes <= MOST_NODES:
            raise ValueError(
                f"nodes is {self.nodes:,}; a generated graph can have {FEWEST_NODES} to {MOST_NODES:,} nodes."
            )
        if self.graph_seed is not None and self.graph_seed < 0:
            raise ValueError(f"graph_seed is {self.graph_seed}; a seed is a whole number of 0 or more.")
        return self

    @model_validator(mode="after")
    def _is_a_fold_of_the_set(self) -> Self:
        chosen = card(self.name)
        if self.fold is None:
            return self
        if chosen.folds is None:
            folded = ", ".join(name for name, other in CATALOGUE.items() if other.folds)
            raise ValueError(
                f"fold is {self.fold}, but {chosen.title} has one split and no folds: "
                f"leave fold out, or choose {folded}."
            )
        if not 0 <= self.fold < chosen.folds:
            raise ValueError(f"fold is {self.fold}; the folds of {chosen.title} are 0 to {chosen.folds - 1}.")
        return self


def as_config(dataset: str | DatasetConfig) -> DatasetConfig:
    """Return the config itself, or that of the data set of this name.

    Raises:
        DatasetError: when there is no such set.
    """
    return dataset if isinstance(dataset, DatasetConfig) else DatasetConfig(name=card(dataset).name)
