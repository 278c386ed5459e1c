"""Charts: pure functions from a report to a figure. No Streamlit here."""

from dashboard.charts.by_degree import by_degree as by_degree
from dashboard.charts.distribution import bit_distribution as bit_distribution
from dashboard.charts.history import score_and_bits as score_and_bits
from dashboard.charts.palette import Palette as Palette
from dashboard.charts.palette import palette as palette
from dashboard.charts.scatter import bits_against_degree as bits_against_degree
