"""Whether a loaded set has the sizes on its card."""

from collections.abc import Mapping
from pathlib import Path

from a2q.datasets.card import DatasetCard
from a2q.datasets.errors import DatasetError


def compare(card: DatasetCard, found: Mapping[str, float | None], folder: Path) -> None:
    """Make sure that what was found is what the card says.

    Args:
        card: the set's card.
        found: sizes by the names of the card's fields.
        folder: the set's folder in the cache.

    Raises:
        DatasetError: naming each size that differs.
    """
    expected = {size: getattr(card, size) for size in found}
    differing = [size for size in found if found[size] != expected[size]]
    if differing:
        told = ", ".join(f"{size.replace('_', ' ')} {found[size]} instead of {expected[size]}" for size in differing)
        raise DatasetError(
            f"{card.title} is not the set it should be ({told}): delete the folder {folder}, see that the folder in "
            "$A2Q_DATA, where there is one, holds the right files, and load again."
        )
