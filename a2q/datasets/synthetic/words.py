"""Which words the papers of a generated citation graph use."""

import numpy as np
import torch
from scipy.optimize import brentq
from scipy.sparse import csr_matrix
from torch import Tensor

from a2q.datasets.errors import DatasetError
from a2q.datasets.sparse_features import as_csr

WORDS = 1433
LARGEST_DENSE = 20_000
_ZIPF = 0.9
_TOPIC = 0.02
_TOPIC_SHARE = (1.2, 6.8)
_WORDS_DRAWN = 18
_FEWEST_WORDS = 3
_MOST_DRAWS = 100_000_000


def draw_words(label: np.ndarray, rng: np.random.Generator, sparsity: float | None = None) -> Tensor:
    """Return the word bags [nodes, 1433], 0/1 float32: dense up to 20,000 nodes, `torch.sparse_csr` above.

    Every class has a topic (a distribution over words); all share a background by Zipf's law. A paper draws
    words, each from its topic with a probability of its own (mean .15), else from the background.

    Args:
        label: class of each paper, [nodes].
        rng: where the draws come from.
        sparsity: share of the bags that is to be 0, on average; None draws about 18 words a paper.

    Raises:
        DatasetError: when there are too many words to draw for a machine's memory.
    """
    nodes = label.size
    background = rng.permutation(1.0 / np.arange(1, WORDS + 1) ** _ZIPF)
    topics = rng.dirichlet(np.full(WORDS, _TOPIC), size=int(label.max()) + 1)
    average = _WORDS_DRAWN if sparsity is None else _draws(sparsity, background / background.sum(), topics)
    if average * nodes > _MOST_DRAWS:
        raise DatasetError(
            f"{nodes:,} nodes with a feature sparsity of {sparsity:g} are too many words to draw: choose fewer nodes "
            "or a sparsity nearer to 1."
        )
    drawn = np.maximum(rng.poisson(average, nodes), _FEWEST_WORDS if sparsity is None else 1)
    paper = np.repeat(np.arange(nodes), drawn)
    on_topic = rng.random(paper.size) < np.repeat(rng.beta(*_TOPIC_SHARE, size=nodes), drawn)
    word = rng.choice(WORDS, size=paper.size, p=background / background.sum())
    for kind, topic in enumerate(topics):
        these = on_topic & (label[paper] == kind)
        word[these] = rng.choice(WORDS, size=int(these.sum()), p=topic)
    bags = csr_matrix((np.ones(word.size, dtype=np.float32), (paper, word)), shape=(nodes, WORDS))
    # A word drawn twice is in the bag once.
    bags.data[:] = 1.0
    return torch.from_numpy(bags.toarray()) if nodes <= LARGEST_DENSE else as_csr(bags)


def _draws(sparsity: float, background: np.ndarray, topics: np.ndarray) -> float:
    """Return how many words to draw, repeats included, for a bag of that sparsity on average."""
    on_topic = _TOPIC_SHARE[0] / sum(_TOPIC_SHARE)
    mixed = on_topic * topics + (1 - on_topic) * background

    def too_many(draws: float) -> float:
        # A Poisson number of draws makes the words independent of each other.
        return float(-np.expm1(-draws * mixed).mean()) - (1 - sparsity)

    return float(brentq(too_many, 0, _MOST_DRAWS))
