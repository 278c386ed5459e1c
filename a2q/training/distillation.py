"""Learning from the FP32 network's scores."""

from torch import Tensor
from torch.nn.functional import kl_div, l1_loss, log_softmax

from a2q.tasks import Metric


def distillation_loss(scores: Tensor, teacher: Tensor, temperature: float, metric: Metric) -> Tensor:
    """How far a network's scores are from its teacher's, over all rows, labelled or not.

    Classes: ``T² · KL(softmax(teacher / T) ‖ softmax(scores / T))``, mean over rows; values: mean absolute
    difference.

    Args:
        scores: class scores before softmax or values, [rows, outputs].
        teacher: the same of the teacher, without gradient.
        temperature: T; higher also teaches how unlikely classes compare.
        metric: "mae" for values, any other for classes.

    Source: Hinton et al., Distilling the Knowledge in a Neural Network, 2015.
    """
    if metric == "mae":
        return l1_loss(scores, teacher)
    softened, given = log_softmax(scores / temperature, 1), log_softmax(teacher / temperature, 1)
    return temperature**2 * kl_div(softened, given, reduction="batchmean", log_target=True)
