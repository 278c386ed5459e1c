"""The sets that are one graph, whose nodes are classified."""
