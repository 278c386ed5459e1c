import pytest

from a2q_studio.pages.learn.lesson.teaching import Teaching


def test_typical_nodes(teaching: Teaching) -> None:
    layer = teaching.main
    leaf = layer.typical(0, 1)
    assert layer.in_degree[leaf] <= 1
    leaves = layer.nodes[layer.in_degree <= 1]["magnitude"]
    assert (leaves < layer.nodes["magnitude"][leaf]).mean() == pytest.approx(0.5, abs=0.01)
    with pytest.raises(ValueError, match="No node has an in-degree of 7000 to 8000"):
        layer.typical(7000, 8000)
