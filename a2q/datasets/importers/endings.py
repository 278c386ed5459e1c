"""What the names of files with a graph end in."""

TABLES = ("csv", "tsv", "txt", "edges", "parquet")
NETWORKS = ("graphml", "gexf", "gml", "json")
MATRICES = ("npz", "mtx")
TORCH = ("pt", "pth")
ENDINGS = (*TABLES, *NETWORKS, *MATRICES, *TORCH)
"""What a file with edges may end in."""
