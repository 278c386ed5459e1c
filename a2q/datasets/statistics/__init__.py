"""What there is to know of a graph before training on it: degrees, sums, features, labels, shape."""

from a2q.datasets.statistics.background import Standing, cancel, request, standing
from a2q.datasets.statistics.record import Statistics

__all__ = ["Standing", "Statistics", "cancel", "request", "standing"]
