"""Graphs drawn at random from a seed."""
