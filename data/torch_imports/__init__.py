"""The modules of the installed torch as a graph: an import is a citation."""

from data.torch_imports.loading import cache_file, source_phrase, torch_imports

__all__ = ["cache_file", "source_phrase", "torch_imports"]
