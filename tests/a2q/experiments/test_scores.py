import pytest

from a2q.experiments.results import SCORES


@pytest.mark.parametrize(
    ("metric", "text", "best"),
    [
        *((metric, "81.2%", "highest") for metric in ("accuracy", "roc-auc", "f1")),
        ("mae", "0.812", "lowest"),
    ],
)
def test_scores_read_as_their_metric_does(metric: str, text: str, best: str) -> None:
    assert SCORES[metric].text(0.8123) == text
    assert SCORES[metric].best == best
