"""The parts of the page that makes a graph known before training."""
