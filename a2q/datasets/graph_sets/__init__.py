"""The sets of many graphs, each of which is classified or given a value."""
