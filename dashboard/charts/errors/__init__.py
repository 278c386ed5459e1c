"""Pictures of quantization error."""

from dashboard.charts.errors.heatmap import error_heatmap as error_heatmap
from dashboard.charts.errors.node import code_histogram as code_histogram
from dashboard.charts.errors.node import neighbour_bars as neighbour_bars
from dashboard.charts.errors.node import values_and_codes as values_and_codes
