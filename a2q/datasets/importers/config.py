"""How to read an upload: what each column means, and what to do without."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class ImportConfig(BaseModel):
    """How to read an upload. Goes to JSON and back; the form and the command line are made of it.

    Of each column: None guesses it from the names, "" says that there is none.

    Raises:
        pydantic.ValidationError: with a sentence for the user.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str | None = Field(
        None, title="From", description="Column of the edge list that holds where an edge starts."
    )
    target: str | None = Field(None, title="To", description="Column of the edge list that holds where an edge ends.")
    node: str | None = Field(None, title="Node", description="Column of the node table that names the node.")
    label: str | None = Field(None, title="Label", description="Column with the class or value to predict.")
    split: str | None = Field(
        None, title="Split", description="Column that says train, validation or test, or the number of a fold."
    )
    graph: str | None = Field(
        None, title="Graph", description="Column that says which graph a node is of: whole graphs get the labels then."
    )
    features: tuple[str, ...] | None = Field(
        None, title="Features", description="Columns of numbers that describe a node; None: all that are left."
    )
    one_hot: tuple[str, ...] = Field(
        (),
        title="One-hot",
        description="Columns of categories (text): each value becomes a feature that is 1 where a node has it, else 0.",
    )
    task: Literal["classes", "values"] | None = Field(
        None, title="Predict", description="Classes, or values (a regression); None: as the labels look."
    )
    stand_in_labels: bool = Field(
        False,
        title="Classes by in-degree",
        description="Without labels: let low, middle and high in-degree stand in for classes.",
    )
    missing_features: Literal["degree", "constant"] = Field(
        "degree", title="Without features", description="What a node gets instead: its in-degree one-hot, or a 1."
    )
    directed: bool | None = Field(
        None, title="Directed", description="Whether an edge goes one way only; None: as the file says, else both ways."
    )
    seed: int = Field(0, ge=0, lt=2**31, title="Seed", description="Of the split that is drawn where none is given.")
    folds: int | None = Field(
        None,
        ge=3,
        le=100,
        title="Folds",
        description="Without a split: draw so many folds, each with the classes in the proportion of the whole; a run "
        "tests on one of them and validates on the one before.",
    )
    title: str = Field("", max_length=60, title="Title", description="The name to print; the file's without one.")
    header: bool | None = Field(
        None, title="Header", description="Whether the first line of a CSV names the columns; None: as it seems."
    )
    decimal: Literal["point", "comma"] | None = Field(
        None,
        title="Decimals",
        description="What stands before fractions in a CSV, as in 0.5 or 0,5; None: as the first rows look.",
    )
