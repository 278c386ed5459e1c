"""Which datasets there are: those of the catalogue, and the user's own."""

import difflib
from collections.abc import Iterator, Mapping

from a2q.datasets.card import DatasetCard
from a2q.datasets.errors import DatasetError
from a2q.datasets.importers import import_store as keeping
from a2q.datasets.sets.citation import CITATION_SETS
from a2q.datasets.sets.co_occurrence import CO_OCCURRENCE_SETS
from a2q.datasets.sets.embedded import EMBEDDED_SETS
from a2q.datasets.sets.generated import GENERATED_SETS
from a2q.datasets.sets.graphs import GRAPH_SETS
from a2q.datasets.sets.heterophily import HETEROPHILY_SETS
from a2q.datasets.sets.inductive import INDUCTIVE_SETS
from a2q.datasets.spec import DatasetSpec

_REGISTERED: tuple[DatasetSpec, ...] = (
    *CITATION_SETS,
    *EMBEDDED_SETS,
    *CO_OCCURRENCE_SETS,
    *HETEROPHILY_SETS,
    *INDUCTIVE_SETS,
    *GENERATED_SETS,
    *GRAPH_SETS,
)

SPECS: dict[str, DatasetSpec] = {spec.card.name: spec for spec in _REGISTERED}
"""Every dataset but the user's own, by name, in the order to offer them: the one place where they are registered."""


class _Cards(Mapping[str, DatasetCard]):
    """The cards of what is registered."""

    def __getitem__(self, name: str) -> DatasetCard:
        return SPECS[name].card

    def __iter__(self) -> Iterator[str]:
        return iter(SPECS)

    def __len__(self) -> int:
        return len(SPECS)


CATALOGUE: Mapping[str, DatasetCard] = _Cards()
"""The card of every dataset but the user's own, by name, in the order to offer them."""

DEFAULT = "torch-imports"
"""The set to start with on a machine that has nothing else."""


def listing() -> dict[str, DatasetCard]:
    """Return every dataset by name: the catalogue, then the user's own graphs on this machine, newest first."""
    return {**CATALOGUE, **{own.card.name: own.card for own in keeping.here()}}


def card(name: str) -> DatasetCard:
    """Return the card of the dataset called `name`, also of an own graph that was deleted: its runs stay readable.

    Raises:
        DatasetError: when there is none; the message lists those there are and the nearest.
    """
    if name in CATALOGUE:
        return CATALOGUE[name]
    if keeping.is_own(name):
        return keeping.imported(name).card
    offered = listing()
    near = difflib.get_close_matches(name.lower(), offered, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise DatasetError(f"There is no dataset {name!r}; {hint}choose one of {', '.join(offered)}.")


def known_card(name: str) -> DatasetCard | None:
    """Return the card of the dataset called `name`; None where there is none, as of an own graph whose folder was
    removed."""
    try:
        return card(name)
    except DatasetError:
        return None
