"""Which words the papers of a generated citation graph use."""

import warnings

import numpy as np
import torch
from scipy.sparse import csr_matrix
from torch import Tensor

WORDS = 1433
LARGEST_DENSE = 20_000
_ZIPF = 0.9
_TOPIC = 0.02
_TOPIC_SHARE = (1.2, 6.8)
_WORDS_DRAWN = 18
_FEWEST_WORDS = 3


def draw_words(label: np.ndarray, rng: np.random.Generator) -> Tensor:
    """Return the word bags [nodes, 1433], 0/1 float32: dense up to 20,000 nodes, `torch.sparse_csr` above.

    Every class has a topic (a distribution over words); all share a background by Zipf's law. A paper draws
    about 18 words, each from its topic with a probability of its own (mean .15), else from the background.

    Args:
        label: class of each paper, [nodes].
        rng: where the draws come from.

    Source: ours.
    """
    nodes = label.size
    background = rng.permutation(1.0 / np.arange(1, WORDS + 1) ** _ZIPF)
    topics = rng.dirichlet(np.full(WORDS, _TOPIC), size=int(label.max()) + 1)
    drawn = np.maximum(rng.poisson(_WORDS_DRAWN, nodes), _FEWEST_WORDS)
    paper = np.repeat(np.arange(nodes), drawn)
    on_topic = rng.random(paper.size) < np.repeat(rng.beta(*_TOPIC_SHARE, size=nodes), drawn)
    word = rng.choice(WORDS, size=paper.size, p=background / background.sum())
    for kind, topic in enumerate(topics):
        these = on_topic & (label[paper] == kind)
        word[these] = rng.choice(WORDS, size=int(these.sum()), p=topic)
    bags = csr_matrix((np.ones(word.size, dtype=np.float32), (paper, word)), shape=(nodes, WORDS))
    # A word drawn twice is in the bag once.
    bags.data[:] = 1.0
    return torch.from_numpy(bags.toarray()) if nodes <= LARGEST_DENSE else _sparse(bags)


def _sparse(bags: csr_matrix) -> Tensor:
    with warnings.catch_warnings():
        # torch calls its CSR layout "beta"; the product with a dense matrix, all that is used, is settled.
        warnings.filterwarnings("ignore", message="Sparse CSR tensor support is in beta state")
        return torch.sparse_csr_tensor(
            torch.from_numpy(bags.indptr.astype(np.int64)),
            torch.from_numpy(bags.indices.astype(np.int64)),
            torch.from_numpy(bags.data),
            size=bags.shape,
            check_invariants=True,
        )
