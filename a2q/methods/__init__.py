"""The quantization methods: each one's settings, and what it puts for each role of a network."""

from a2q.methods.method import Method as Method
from a2q.methods.nodes import Nodes as Nodes
from a2q.methods.registry import METHODS as METHODS
from a2q.methods.registry import QuantizationConfig as QuantizationConfig
