"""Layers that compute what PyG's do and can quantize every tensor on the way."""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach_stub(__name__, __file__)
