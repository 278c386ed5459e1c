"""The graphs to work on: which there are, where they come from, and how to load them."""

import lazy_loader as lazy

# The function is called as a module of this package, which would take its place once that is imported.
from a2q.datasets.catalogue import card as card

__getattr__, __dir__, __all__ = lazy.attach_stub(__name__, __file__)
