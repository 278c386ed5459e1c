import subprocess
import sys

import pytest

from a2q.datasets import CATALOGUE, DatasetError, load, load_graphs


@pytest.mark.parametrize("name", CATALOGUE)
def test_each_set_is_for_one_of_the_two_functions(name: str) -> None:
    entry = CATALOGUE[name]
    if entry.graph_level:
        with pytest.raises(
            DatasetError, match=r"is a set of [0-9,]+ graphs, and one graph is needed here: choose one of c"
        ):
            load(name)
    else:
        with pytest.raises(DatasetError, match=r"is one graph, not a set of graphs: choose one of reddit-binary, prot"):
            load_graphs(name)


def test_what_takes_long_to_import_is_left_until_a_set_is_loaded() -> None:
    heavy = "torch_geometric", "sklearn", "skimage", "pandas"
    code = f"import sys, data; sys.exit(', '.join(set(sys.modules) & set({heavy})) or 0)"
    subprocess.run([sys.executable, "-c", code], check=True)
