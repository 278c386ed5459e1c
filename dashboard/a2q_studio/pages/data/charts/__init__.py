"""Charts of a dataset before any training: statistics -> figure. No Streamlit here."""

from a2q_studio.pages.data.charts.aggregation import aggregation_by_operator as aggregation_by_operator
from a2q_studio.pages.data.charts.aggregation import aggregation_of_nodes as aggregation_of_nodes
from a2q_studio.pages.data.charts.degrees import degree_distribution as degree_distribution
from a2q_studio.pages.data.charts.features import feature_values as feature_values
from a2q_studio.pages.data.charts.graphs import graph_preview as graph_preview
from a2q_studio.pages.data.charts.graphs import graph_sizes as graph_sizes
from a2q_studio.pages.data.charts.labels import class_balance as class_balance
from a2q_studio.pages.data.charts.labels import label_coverage as label_coverage
