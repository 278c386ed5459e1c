"""MNIST's test images, and the superpixels made of them where there are no others."""

import gzip
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from a2q.datasets.errors import DatasetError
from a2q.datasets.graph_sets.slic import need_scikit_image, superpixel_graph
from a2q.datasets.progress import Progress

SIZES = (1000, 250, 250)
"""How many images, one part after the other, to train, validate and test with."""

_BYTES = 8
_TOLD_EVERY = 50


def read_idx(file: Path) -> NDArray[np.uint8]:
    """Return the array of bytes in a gzipped file of the idx format, in which MNIST is published.

    Raises:
        DatasetError: when the file is damaged or of another kind.

    Source: LeCun et al., the format's description beside MNIST; the reader is ours.
    """
    try:
        content = gzip.decompress(file.read_bytes())
        zero, kind, dimensions = int.from_bytes(content[:2], "big"), content[2], content[3]
        start = 4 + 4 * dimensions
        shape = np.frombuffer(content[4:start], dtype=">u4").astype(int)
        if (zero, kind) != (0, _BYTES):
            raise ValueError("not an idx file of bytes")
        return np.frombuffer(content, dtype=np.uint8, offset=start).reshape(shape)
    except (OSError, EOFError, ValueError, IndexError) as error:
        raise DatasetError(
            f"{file.name} is not a gzipped idx file of bytes ({error}): put MNIST's file in its place and load again."
        ) from error


def write_superpixels(images: Path, labels: Path, target: Path, progress: Progress) -> None:
    """Write the graphs of the first images to `target`, in the layout of the published file.

    Args:
        images, labels: gzipped idx files, [n, 28, 28] and [n], n at least 1,500.
        target: the file to write.
        progress: told how many are made.

    Raises:
        DatasetError: when a file is damaged or has too few images, or scikit-image is not installed.

    The layout is that of PyTorch Geometric's GNNBenchmarkDataset.
    """
    need_scikit_image()
    shades, digits = read_idx(images), read_idx(labels)
    wanted = sum(SIZES)
    if not len(shades) == len(digits) >= wanted:
        raise DatasetError(
            f"{images.name} has {len(shades):,} images and {labels.name} {len(digits):,} labels: "
            f"put MNIST's files, with at least {wanted:,} of both, in their place and load again."
        )
    graphs = []
    for made in range(wanted):
        if made % _TOLD_EVERY == 0:
            progress(made / wanted, f"Making superpixels of MNIST's test images: {made:,} of {wanted:,}")
        label = torch.tensor([int(digits[made])])
        graphs.append(superpixel_graph(shades[made]).to_dict() | {"y": label})
    train, validation = SIZES[0], SIZES[0] + SIZES[1]
    target.parent.mkdir(parents=True, exist_ok=True)
    torch.save((graphs[:train], graphs[train:validation], graphs[validation:]), target)
