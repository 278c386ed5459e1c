"""The graph of an image's superpixels."""

from importlib import import_module
from importlib.util import find_spec

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial.distance import cdist
from torch_geometric.data import Data

from a2q.datasets.errors import DatasetError

SIDE = 28
_MOST_REGIONS = 75
_COMPACTNESS = 0.25
_NEIGHBOURS = 8
# Two regions at one place and of one intensity would else have a scale of 0.
_LEAST_SCALE = 1e-8


def superpixel_graph(image: NDArray[np.uint8]) -> Data:
    """Return the graph of an image: a node is a region, with edges to the 8 regions most like it.

    The likeness of two regions is exp(-(d_pos/s_pos)² - (d_x/s_x)²), d the distance of their centres and of their
    mean intensities, s the first region's mean distance to its 8 nearest; the mean of both directions is taken.

    Args:
        image: intensities 0 to 255, [28, 28].

    Shapes:
        `x` [regions, 1] float32, the mean intensity (0 to 1); `pos` [regions, 2] float32, the centre's row and
        column over 28; `edge_index` [2, 8 * regions], from a region to those most like it, the most like first;
        `edge_attr` [8 * regions] float32, the likeness. At most 75 regions.

    Raises:
        DatasetError: when the image has another shape, or scikit-image is not installed.

    Source: SLIC of Achanta et al., TPAMI 2012, through scikit-image; recipe of Dwivedi et al., JMLR 2023.
    """
    if image.shape != (SIDE, SIDE):
        raise DatasetError(f"The image is {image.shape}; superpixels are made of grey images of ({SIDE}, {SIDE}).")
    shade = image / 255.0
    region = _regions(shade)
    each = np.arange(region.max() + 1)
    # In float32 from here on, as the published graphs hold them.
    x = np.asarray(ndimage.mean(shade, region, each), dtype=np.float32)[:, None]
    pos = np.asarray(ndimage.center_of_mass(np.ones_like(shade), region, each)) / SIDE
    likeness = np.exp(-(_scaled(cdist(pos, pos)) ** 2) - _scaled(cdist(x, x)) ** 2)
    likeness = (likeness + likeness.T) / 2
    np.fill_diagonal(likeness, -1.0)
    nearest = np.argsort(-likeness, axis=1, kind="stable")[:, : min(_NEIGHBOURS, len(each) - 1)]
    source = np.repeat(each, nearest.shape[1])
    return Data(
        x=torch.from_numpy(x),
        pos=torch.from_numpy(pos).float(),
        edge_index=torch.from_numpy(np.stack([source, nearest.reshape(-1)])),
        edge_attr=torch.from_numpy(likeness[source, nearest.reshape(-1)]).float(),
    )


def need_scikit_image() -> None:
    """Make sure that scikit-image is installed, before a long build asks for it.

    Raises:
        DatasetError: when it is not, saying what to install.
    """
    if find_spec("skimage") is None:
        raise DatasetError(
            "Superpixels are made of images with scikit-image, which is not installed: "
            "run `pip install scikit-image` (the extra superpixels), or give the published graphs in $A2Q_DATA."
        )


def _regions(shade: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the region of each pixel, numbered from 0: fewer are asked for until there are at most 75."""
    need_scikit_image()
    # Optional, so not imported above: nothing but this function needs it.
    slic = import_module("skimage.segmentation").slic
    for wanted in range(_MOST_REGIONS, 0, -1):
        region: NDArray[np.int64] = slic(
            shade, n_segments=wanted, compactness=_COMPACTNESS, channel_axis=None, start_label=0
        )
        if region.max() < _MOST_REGIONS:
            break
    return region


def _scaled(distance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return each row of distances over the mean of its 8 smallest but that to itself."""
    count = min(_NEIGHBOURS, len(distance) - 1)
    smallest = np.sort(distance, axis=1)[:, : count + 1]
    scaled: NDArray[np.float64] = distance / (smallest.sum(axis=1, keepdims=True) / max(count, 1) + _LEAST_SCALE)
    return scaled
