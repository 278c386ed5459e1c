"""Public names are imported when they are asked for: each has to be where its package says."""

from importlib import import_module
from inspect import ismodule
from pathlib import Path

import pytest

import a2q
from a2q.layers import LAYERS

LIBRARY = Path(a2q.__file__).parent
LAZY = sorted(".".join(stub.parent.relative_to(LIBRARY.parent).parts) for stub in LIBRARY.rglob("__init__.pyi"))


@pytest.mark.parametrize("package", LAZY)
def test_each_name_is_where_its_package_says(package: str) -> None:
    module = import_module(package)
    rooms = {name for name in module.__all__ if (LIBRARY / name).is_dir()} if package == "a2q" else set()
    # A function may be called as the module that it is in, as in a2q.quantizers.fake_quantize.
    assert {name for name in module.__all__ if ismodule(getattr(module, name))} == rooms
    assert dir(module) == module.__all__
    with pytest.raises(ImportError, match="no_such_name"):
        exec(f"from {package} import no_such_name")


def test_each_layer_is_registered_under_the_model_made_of_it() -> None:
    assert [kind.model for kind in LAYERS.values()] == list(LAYERS)
    assert len(LAYERS) == 4 and "gcn" in LAYERS and "none" not in LAYERS
