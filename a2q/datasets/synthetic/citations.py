"""A citation graph grown by preferential attachment and copying, of any size."""

from collections.abc import Iterator

import numpy as np
import torch
from torch_geometric.data import Data
from torch_geometric.utils import to_undirected

from a2q.datasets.split import split_at_random
from a2q.datasets.synthetic.words import draw_words

CLASSES = 7
_CITES_NOTHING = 0.03
_SURVEY = 0.05
_COPIES = 0.4
_SAME_CLASS = 0.78
_ATTACHMENT = 0.8
_DRAWS_AT_ONCE = 1 << 16


def generated_citations(nodes: int, seed: int, references: float = 1.0) -> Data:
    """Return a graph of `nodes` papers, the same for the same arguments and release of NumPy.

    Papers arrive one by one. Each cites earlier papers of mostly its own class, drawn with weight
    (in-degree + 1)^0.8, or copies a reference of a paper it cites already; so there are hubs and triangles as
    in a citation graph. Edges are then made undirected, as Planetoid's are.

    Args:
        nodes: number of papers.
        seed: of the one generator all draws come from.
        references: mean of the Poisson part of a paper's number of references. At 1.0 a node has 4.4 directed
            edges, at 2.0 it has 6.4.

    Shapes:
        `x` [nodes, 1433] 0/1 float32: dense up to 20,000 nodes, `torch.sparse_csr` above; `edge_index`
        [2, edges]; `y` [nodes] in 0..6; masks [nodes]: 20 labels a class, 500 nodes to validate and 1000 to
        test with, fewer below 3,000 nodes.

    Growth after Barabási and Albert, Science 1999, with copying after Kleinberg et al., 1999.
    """
    rng = np.random.default_rng(seed)
    label = rng.choice(CLASSES, size=nodes, p=rng.dirichlet(np.full(CLASSES, 12.0)))
    citing, cited = _grow(label, _reference_counts(nodes, references, rng), rng)
    data = Data(
        x=draw_words(label, rng),
        edge_index=to_undirected(torch.tensor([citing, cited], dtype=torch.long), num_nodes=nodes),
        y=torch.from_numpy(label),
    )
    train_per_class = min(20, max(1, nodes // (6 * CLASSES)))
    return split_at_random(data, rng, train_per_class, validation=min(500, nodes // 5), test=1000)


def _reference_counts(nodes: int, references: float, rng: np.random.Generator) -> list[int]:
    count = 1 + rng.poisson(references, nodes)
    survey = rng.random(nodes) < _SURVEY
    count[survey] += rng.integers(3, 12, int(survey.sum()))
    count[rng.random(nodes) < _CITES_NOTHING] = 0
    return [int(value) for value in count]


def _grow(label: np.ndarray, counts: list[int], rng: np.random.Generator) -> tuple[list[int], list[int]]:
    """Return the two ends of every reference: who cites, who is cited."""
    classes = [int(value) for value in label]
    cites: list[list[int]] = []
    # A paper is in its class's urn and in the urn of all, once and once more for every citation of it: to
    # draw from an urn is to draw with weight in-degree + 1, at a cost that does not grow with the graph.
    class_urns: list[list[int]] = [[] for _ in range(CLASSES)]
    all_urn: list[int] = []
    in_degree = [0] * len(classes)
    uniform = _uniform(rng)
    for paper, kind in enumerate(classes):
        chosen: list[int] = []
        own = class_urns[kind]
        for _ in range(counts[paper]):
            copied = cites[chosen[int(next(uniform) * len(chosen))]] if chosen and next(uniform) < _COPIES else []
            if copied:
                target = copied[int(next(uniform) * len(copied))]
            elif own and (next(uniform) < _SAME_CLASS or len(own) == len(all_urn)):
                target = _attach(own, in_degree, uniform)
            elif len(all_urn) > len(own):
                target = _attach(all_urn, in_degree, uniform)
                while classes[target] == kind:
                    target = _attach(all_urn, in_degree, uniform)
            else:
                break
            if target not in chosen:
                chosen.append(target)
        for target in chosen:
            in_degree[target] += 1
            class_urns[classes[target]].append(target)
            all_urn.append(target)
        own.append(paper)
        all_urn.append(paper)
        cites.append(chosen)
    citing = [paper for paper, chosen in enumerate(cites) for _ in chosen]
    return citing, [target for chosen in cites for target in chosen]


def _attach(urn: list[int], in_degree: list[int], uniform: Iterator[float]) -> int:
    """Draw a paper with weight (in-degree + 1)^0.8: the urn gives the power 1, rejection takes off 0.2."""
    while True:
        target = urn[int(next(uniform) * len(urn))]
        if next(uniform) < (in_degree[target] + 1) ** (_ATTACHMENT - 1.0):
            return target


def _uniform(rng: np.random.Generator) -> Iterator[float]:
    # One call of the generator per number would take most of the time.
    while True:
        yield from rng.random(_DRAWS_AT_ONCE).tolist()
