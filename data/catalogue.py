"""Which data sets there are, and what each is."""

import difflib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from pydantic import BaseModel, ConfigDict

from data.errors import DatasetError

_PLANETOID = (
    "Sen et al., Collective Classification in Network Data, AI Magazine 29(3), 2008; split of Yang et al., "
    "Revisiting Semi-Supervised Learning with Graph Embeddings, ICML 2016"
)
_PLANETOID_SOURCE = "github.com/kimiyoung/planetoid, through PyTorch Geometric's Planetoid"


class DatasetCard(BaseModel):
    """What a data set is, for the page that offers it. Source: ours.

    Args:
        name: the name to ask for it by.
        title: the name to print.
        task: what is predicted.
        source: where the data come from.
        licence: what the authors of the data (not of the code that reads them) state.
        citation: what to cite.
        nodes, edges, features, classes: published sizes, edges counted in both directions; None where they
            depend on the machine or on what is asked for.
        why: why it is here and what it teaches.
        needs: what the first load takes.
        sizable: whether the number of nodes and the seed can be chosen.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: str
    task: Literal["node classification"] = "node classification"
    source: str
    licence: str
    citation: str
    nodes: int | None = None
    edges: int | None = None
    features: int | None = None
    classes: int | None = None
    why: str
    needs: Literal["download", "nothing", "a build of about a minute"]
    sizable: bool = False


_CARDS = (
    DatasetCard(
        name="cora",
        title="Cora",
        source=_PLANETOID_SOURCE,
        licence="none stated by the authors",
        citation=_PLANETOID,
        nodes=2708,
        edges=10556,
        features=1433,
        classes=7,
        why="The set most papers report, A²Q among them: the one to compare published figures on.",
        needs="download",
    ),
    DatasetCard(
        name="citeseer",
        title="CiteSeer",
        source=_PLANETOID_SOURCE,
        licence="none stated by the authors",
        citation=_PLANETOID,
        nodes=3327,
        edges=9104,
        features=3703,
        classes=6,
        why="The sparsest of the three citation graphs: most nodes have few neighbours and need few bits.",
        needs="download",
    ),
    DatasetCard(
        name="pubmed",
        title="PubMed",
        source=_PLANETOID_SOURCE,
        licence="none stated by the authors",
        citation=_PLANETOID,
        nodes=19717,
        edges=88648,
        features=500,
        classes=3,
        why="The largest of the three, with real-valued features: here the bits of the input matter as well.",
        needs="download",
    ),
    DatasetCard(
        name="torch-imports",
        title="Imports of torch",
        source="the source files of the torch installed on this machine: an import is a citation",
        licence="BSD-3-Clause (PyTorch's source, which is read where it is and not passed on)",
        citation="PyTorch; the graph is this project's own",
        classes=8,
        why="Real, with hubs as in a citation graph, and there without any network: who is imported by many "
        "modules shows at once who needs more bits.",
        needs="a build of about a minute",
    ),
    DatasetCard(
        name="generated-citations",
        title="Generated citations",
        source="drawn at random from a seed: growth by preferential attachment and copying",
        licence="none needed: nothing is taken from anyone",
        citation="this project's own; growth after Barabási and Albert, Emergence of Scaling in Random "
        "Networks, Science 286, 1999",
        features=1433,
        classes=7,
        why="As large as is asked for, and the same for the same seed: shows how time and memory grow, and "
        "what in-degree does when nothing else changes.",
        needs="nothing",
        sizable=True,
    ),
    DatasetCard(
        name="karate-club",
        title="Zachary's karate club",
        source="shipped with PyTorch Geometric",
        licence="none stated by the author",
        citation="Zachary, An Information Flow Model for Conflict and Fission in Small Groups, "
        "Journal of Anthropological Research 33(4), 1977",
        nodes=34,
        edges=156,
        features=34,
        classes=4,
        why="Small enough to see every node and its bits; too small to measure accuracy on.",
        needs="nothing",
    ),
)

CATALOGUE: Mapping[str, DatasetCard] = MappingProxyType({card.name: card for card in _CARDS})
"""Every data set by name, in the order to offer them."""

DEFAULT = "torch-imports"
"""The set to start with on a machine that has nothing else."""


def card(name: str) -> DatasetCard:
    """Return the card of the data set called `name`.

    Raises:
        DatasetError: when there is none; the message lists those there are and the nearest.

    Source: ours.
    """
    if name in CATALOGUE:
        return CATALOGUE[name]
    near = difflib.get_close_matches(name.lower(), CATALOGUE, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise DatasetError(f"There is no data set {name!r}; {hint}choose one of {', '.join(CATALOGUE)}.")
