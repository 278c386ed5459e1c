"""The datasets, one module for each family: cards, raw files and readers."""
