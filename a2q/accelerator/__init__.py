"""Where the cycles go: a model of a bit-serial accelerator for graph neural networks, open about every assumption."""

from a2q.accelerator.adjacency import Adjacency as Adjacency
from a2q.accelerator.conventions import Conventions as Conventions
from a2q.accelerator.errors import AcceleratorError as AcceleratorError
from a2q.accelerator.hardware import Hardware as Hardware
from a2q.accelerator.layers import Layer as Layer
from a2q.accelerator.layers import uniform as uniform
from a2q.accelerator.report import CAUSES as CAUSES
from a2q.accelerator.report import LayerReport as LayerReport
from a2q.accelerator.report import SimulationReport as SimulationReport
from a2q.accelerator.simulation import simulate as simulate
