"""From any PyG model to a quantized one, and what an own training loop needs."""

from a2q.preparation.adopt import UnsupportedLayerError as UnsupportedLayerError
from a2q.preparation.budget import MemoryBudget as MemoryBudget
from a2q.preparation.budget import feature_kib as feature_kib
from a2q.preparation.budget import learned_features as learned_features
from a2q.preparation.budget import memory_penalty as memory_penalty
from a2q.preparation.groups import quantizer_param_groups as quantizer_param_groups
from a2q.preparation.quantize import quantize_ as quantize_
