"""Graph neural networks whose FP32 and quantized forms are one class."""

from a2q.models.gcn import GCN as GCN
from a2q.models.gcn import GCNLayer as GCNLayer
