"""Sparse matrices: constant ones, those whose entries are quantized, and the edges of a graph as operators."""
