from .metrics import EpochMetrics as EpochMetrics
from .trainer import Trainer as Trainer
from .trainer import TrainingDivergedError as TrainingDivergedError
