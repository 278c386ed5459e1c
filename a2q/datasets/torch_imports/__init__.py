"""The modules of torch as a graph: an import is a citation."""
