"""Reports: both bit accounts, per-node measurements, and the summary of a run."""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach_stub(__name__, __file__)
