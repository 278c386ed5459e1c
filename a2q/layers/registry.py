"""Which graph convolutions there are."""

from collections.abc import Iterator, MutableMapping
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from a2q.layers.conv import ConvLayer

# The module and the class of each, by the name of the network made of it, in the order to offer them.
_REGISTERED = {
    "gcn": ("a2q.layers.gcn", "GCNLayer"),
    "gin": ("a2q.layers.gin", "GINLayer"),
    "gat": ("a2q.layers.gat", "GATLayer"),
    "sage": ("a2q.layers.sage", "SAGELayer"),
}


class _Layers(MutableMapping[str, "type[ConvLayer]"]):
    """The registered classes; each is imported, with torch, when it is asked for, which takes seconds."""

    def __init__(self) -> None:
        self._loaded: dict[str, type[ConvLayer] | None] = dict.fromkeys(_REGISTERED)

    def __getitem__(self, name: str) -> "type[ConvLayer]":
        found = self._loaded[name]
        if found is None:
            module, kind = _REGISTERED[name]
            found = self._loaded[name] = getattr(import_module(module), kind)
        return found

    def __setitem__(self, name: str, kind: "type[ConvLayer]") -> None:
        self._loaded[name] = kind

    def __delitem__(self, name: str) -> None:
        del self._loaded[name]

    def __contains__(self, name: object) -> bool:
        return name in self._loaded

    def __iter__(self) -> Iterator[str]:
        return iter(self._loaded)

    def __len__(self) -> int:
        return len(self._loaded)


LAYERS: MutableMapping[str, "type[ConvLayer]"] = _Layers()
"""Every convolution by the name of the network made of it, in the order to offer them."""
