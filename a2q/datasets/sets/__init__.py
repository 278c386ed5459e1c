"""The data sets, one module for each family: cards, raw files and readers."""
