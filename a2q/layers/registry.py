"""Which graph convolutions there are."""

from a2q.layers.conv import ConvLayer
from a2q.layers.gat import GATLayer
from a2q.layers.gcn import GCNLayer
from a2q.layers.gin import GINLayer
from a2q.layers.sage import SAGELayer

_REGISTERED: tuple[type[ConvLayer], ...] = (GCNLayer, GINLayer, GATLayer, SAGELayer)

LAYERS: dict[str, type[ConvLayer]] = {kind.model: kind for kind in _REGISTERED}
"""Every convolution by the name of the network made of it, in the order to offer them."""
