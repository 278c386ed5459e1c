"""Which torch the frozen graph is of."""

TORCH_VERSION = "2.13.0"
