"""A²Q Studio's library: aggregation-aware quantization of graph neural networks."""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach_stub(__name__, __file__)
