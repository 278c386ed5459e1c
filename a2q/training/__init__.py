"""Training: the loop, its start and what it reports after each epoch."""

from a2q.training.metrics import EpochMetrics as EpochMetrics
from a2q.training.trainer import Trainer as Trainer
from a2q.training.trainer import TrainingDivergedError as TrainingDivergedError
