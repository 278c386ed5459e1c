"""Which data sets there are: those of the catalogue, and the user's own."""

import difflib
from collections.abc import Mapping
from types import MappingProxyType

from a2q.datasets.card import DatasetCard
from a2q.datasets.cards.citation import CITATION_CARDS
from a2q.datasets.cards.co_occurrence import CO_OCCURRENCE_CARDS
from a2q.datasets.cards.embedded import EMBEDDED_CARDS
from a2q.datasets.cards.generated import GENERATED_CARDS
from a2q.datasets.cards.graphs import GRAPH_CARDS
from a2q.datasets.cards.heterophily import HETEROPHILY_CARDS
from a2q.datasets.cards.inductive import INDUCTIVE_CARDS
from a2q.datasets.errors import DatasetError
from a2q.datasets.importers import import_store as keeping

_CARDS = (
    *CITATION_CARDS,
    *EMBEDDED_CARDS,
    *CO_OCCURRENCE_CARDS,
    *HETEROPHILY_CARDS,
    *INDUCTIVE_CARDS,
    *GENERATED_CARDS,
    *GRAPH_CARDS,
)

CATALOGUE: Mapping[str, DatasetCard] = MappingProxyType({card.name: card for card in _CARDS})
"""Every data set but the user's own, by name, in the order to offer them."""

DEFAULT = "torch-imports"
"""The set to start with on a machine that has nothing else."""


def listing() -> dict[str, DatasetCard]:
    """Return every data set by name: the catalogue, then the user's own graphs on this machine, newest first."""
    return {**CATALOGUE, **{own.card.name: own.card for own in keeping.here()}}


def card(name: str) -> DatasetCard:
    """Return the card of the data set called `name`, also of an own graph that was deleted: its runs stay readable.

    Raises:
        DatasetError: when there is none; the message lists those there are and the nearest.

    Source: ours.
    """
    if name in CATALOGUE:
        return CATALOGUE[name]
    if keeping.is_own(name):
        return keeping.imported(name).card
    offered = listing()
    near = difflib.get_close_matches(name.lower(), offered, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise DatasetError(f"There is no data set {name!r}; {hint}choose one of {', '.join(offered)}.")
