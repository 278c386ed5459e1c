"""Training: the loop, its penalty, its start and what it reports after each epoch."""

from a2q.training.metrics import EpochMetrics as EpochMetrics
from a2q.training.penalty import feature_kib as feature_kib
from a2q.training.penalty import memory_penalty as memory_penalty
from a2q.training.trainer import Trainer as Trainer
from a2q.training.trainer import TrainingDivergedError as TrainingDivergedError
