"""How large an upload may be. Chosen so that an import stays within a laptop's memory."""

MIB = 2**20

FILE_BYTES = 1024 * MIB
"""Of a table, an array file or a matrix, on disk."""
PARSED_BYTES = 64 * MIB
"""Of GraphML, GEXF, GML and JSON, whose parsers hold many times the file in memory."""
UNPACKED_BYTES = 2048 * MIB
"""Of what a compressed file unpacks to."""
NODES = 2_000_000
EDGES = 50_000_000
GRAPHS = 200_000
COLUMNS = 10_000
FEATURE_VALUES = 200_000_000
"""Nodes times features that are kept dense; 800 MB as float32."""
FEATURE_ENTRIES = 50_000_000
"""Features that are not 0, where a matrix lists those alone and has more cells than are kept dense."""
CLASSES = 1_000
SPLITS = 100
"""Published splits, and folds."""
NAME_CHARACTERS = 200
"""Of a node's or a column's name."""
ROW_BYTES = MIB
"""Of one row of a text table."""
XML_DEPTH = 32
MEMORY_BYTES = 4096 * MIB
"""Of the process that reads an upload, its libraries included."""
CPU_SECONDS = 300.0
WALL_SECONDS = 1800.0
"""Until the process that reads an upload has ended; it may wait for a busy machine."""
