"""From any PyG model to a quantized one, and what an own training loop needs."""

from a2q.layers.from_pyg import UnsupportedLayerError as UnsupportedLayerError
from a2q.quantize.learned_features import feature_quantizers as feature_quantizers
from a2q.quantize.learned_features import learned_features as learned_features
from a2q.quantize.memory_penalty import feature_kib as feature_kib
from a2q.quantize.memory_penalty import memory_penalty as memory_penalty
from a2q.quantize.node_bits import node_bits as node_bits
from a2q.quantize.node_bits import node_quantizers as node_quantizers
from a2q.quantize.node_bits import set_node_bits as set_node_bits
from a2q.quantize.param_groups import quantizer_param_groups as quantizer_param_groups
from a2q.quantize.prepare import quantize_ as quantize_
from a2q.quantize.replace_layers import replace_layers as replace_layers
from a2q.quantize.target import MemoryBudget as MemoryBudget
from a2q.quantize.target import follow_target as follow_target
from a2q.quantize.target import meet_target as meet_target
