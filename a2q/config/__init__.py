"""Configuration: one frozen, validated object per concern, and the named presets."""

from a2q.config.base import Config as Config
from a2q.config.base import ConfigError as ConfigError
from a2q.config.base import sentences as sentences
from a2q.config.model import ModelConfig as ModelConfig
from a2q.config.quantization import QuantizationConfig as QuantizationConfig
from a2q.config.run import Method as Method
from a2q.config.run import RunConfig as RunConfig
from a2q.config.training import TrainingConfig as TrainingConfig
