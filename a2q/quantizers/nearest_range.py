"""Find, for each row, the clipping range that ends nearest to the row's largest value."""

import torch
from torch import Tensor


def nearest_range(reach: Tensor, limits: Tensor) -> Tensor:
    """Index of the limit nearest to each reach, ``argmin_g |f_i - l_g|``; equally near ones give the lowest index.

    The limits are sorted once and the middles between neighbours searched by bisection, O((N + m) log m) instead
    of N m distances. All is done in float64, exact unless two limits lie more than 2^20 apart or so.

    Args:
        reach: f, one number per row, [rows].
        limits: l, where clipping ranges end, [m], in any order, repeated ones allowed.

    Returns:
        int64 [rows].

    Source: Nearest Neighbor Strategy, paper algorithm 1; the search by bisection is the paper's, ties are ours.
    """
    # Stable, so that of equal limits the lowest index comes first; all of them are known by it.
    ordered, index = limits.detach().double().sort(stable=True)
    index = index[torch.searchsorted(ordered, ordered)]
    # A reach below the middle of two neighbouring limits belongs to the lower one; in the very middle, to the one
    # of lower index, for which the boundary moves down by the least step there is.
    middle = (ordered[1:] + ordered[:-1]) / 2
    below = torch.nextafter(middle, torch.full_like(middle, -torch.inf))
    boundaries = torch.where(index[:-1] <= index[1:], middle, below)
    return index[torch.searchsorted(boundaries, reach.detach().double())]
