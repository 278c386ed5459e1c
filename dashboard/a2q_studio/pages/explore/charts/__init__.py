"""Pictures of quantization error."""

from a2q_studio.pages.explore.charts.error_heatmap import error_heatmap as error_heatmap
from a2q_studio.pages.explore.charts.node import code_histogram as code_histogram
from a2q_studio.pages.explore.charts.node import neighbour_bars as neighbour_bars
from a2q_studio.pages.explore.charts.node import values_and_codes as values_and_codes
