"""Problems to train on: the nodes of one graph, or many graphs."""

from a2q.tasks.graph_task import GraphTask as GraphTask
from a2q.tasks.inductive_task import InductiveNodeTask as InductiveNodeTask
from a2q.tasks.node_task import NodeTask as NodeTask
from a2q.tasks.scores import ClassMetric as ClassMetric
from a2q.tasks.scores import Metric as Metric
from a2q.tasks.task import Batch as Batch
from a2q.tasks.task import Evaluation as Evaluation
from a2q.tasks.task import Task as Task
from a2q.tasks.task import forward as forward
