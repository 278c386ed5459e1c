"""Fake quantizers: the formula, and the modules of each method that learn or measure its parameters."""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach_stub(__name__, __file__)
