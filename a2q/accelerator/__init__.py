"""Where the cycles go: a model of a bit-serial accelerator for graph neural networks, open about every assumption."""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach_stub(__name__, __file__)
