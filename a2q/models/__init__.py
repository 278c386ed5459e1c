"""Graph neural networks for node-level and graph-level tasks."""

from a2q.models.network import Network as Network
from a2q.models.network import Shape as Shape
