"""A²Q Studio's library: aggregation-aware quantization of graph neural networks."""

from a2q.config import ConfigError as ConfigError
from a2q.config import ModelConfig as ModelConfig
from a2q.config import QuantizationConfig as QuantizationConfig
from a2q.config import RunConfig as RunConfig
from a2q.config import TrainingConfig as TrainingConfig
from a2q.graph import Graph as Graph
from a2q.graph import prepare as prepare
from a2q.models import GCN as GCN
from a2q.quantizers import Quantizer as Quantizer
from a2q.quantizers import fake_quantize as fake_quantize
from a2q.quantizers import integer_codes as integer_codes
from a2q.reports import Summary as Summary
from a2q.reports import report as report
from a2q.training import EpochMetrics as EpochMetrics
from a2q.training import Trainer as Trainer
