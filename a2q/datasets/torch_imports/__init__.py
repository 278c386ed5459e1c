"""The modules of the installed torch as a graph: an import is a citation."""
