"""Layers that compute what PyG's do and can quantize every tensor on the way."""

from a2q.layers.conv import ConvLayer as ConvLayer
from a2q.layers.gat import GATLayer as GATLayer
from a2q.layers.gcn import GCNLayer as GCNLayer
from a2q.layers.gin import GINLayer as GINLayer
from a2q.layers.layer import QuantizedLayer as QuantizedLayer
from a2q.layers.layer import quantized_layers as quantized_layers
from a2q.layers.layer import watching as watching
from a2q.layers.linear import LinearLayer as LinearLayer
from a2q.layers.registry import LAYERS as LAYERS
from a2q.layers.roles import TensorRole as TensorRole
from a2q.layers.sage import SAGELayer as SAGELayer
