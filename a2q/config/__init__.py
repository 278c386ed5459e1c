"""Configuration: one frozen, validated object per concern, and the named presets."""

from a2q.config.a2q import A2QConfig as A2QConfig
from a2q.config.base import Config as Config
from a2q.config.base import ConfigError as ConfigError
from a2q.config.base import sentences as sentences
from a2q.config.baselines import BinaryConfig as BinaryConfig
from a2q.config.baselines import DegreeBitsConfig as DegreeBitsConfig
from a2q.config.baselines import DegreeQuantConfig as DegreeQuantConfig
from a2q.config.baselines import FP32Config as FP32Config
from a2q.config.baselines import UniformConfig as UniformConfig
from a2q.config.model import ModelConfig as ModelConfig
from a2q.config.quantization import METHODS as METHODS
from a2q.config.quantization import AnyMethod as AnyMethod
from a2q.config.run import RunConfig as RunConfig
from a2q.config.training import TrainingConfig as TrainingConfig
