"""Charts: pure functions from a report to a figure. No Streamlit here."""

from a2q_studio.charts.by_degree import by_degree as by_degree
from a2q_studio.charts.distribution import bit_distribution as bit_distribution
from a2q_studio.charts.history import score_and_bits as score_and_bits
from a2q_studio.charts.palette import Palette as Palette
from a2q_studio.charts.palette import palette as palette
from a2q_studio.charts.scatter import bits_against_degree as bits_against_degree
