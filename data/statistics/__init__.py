"""What there is to know of a graph before training on it: degrees, sums, features, labels, shape."""

from data.statistics.background import Standing, cancel, request, standing
from data.statistics.record import Statistics

__all__ = ["Standing", "Statistics", "cancel", "request", "standing"]
