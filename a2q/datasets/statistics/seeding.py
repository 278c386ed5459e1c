"""igraph's draws from a seed, so that the same graph gives the same numbers and the same picture."""

import random
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def seeded_igraph() -> Iterator[None]:
    """Let igraph, which draws from one generator for all, draw from a fresh one meanwhile."""
    import igraph

    igraph.set_random_number_generator(random.Random(0))
    try:
        yield
    finally:
        igraph.set_random_number_generator(random)
