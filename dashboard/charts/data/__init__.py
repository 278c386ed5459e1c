"""Charts of a dataset before any training: statistics -> figure. No Streamlit here."""

from dashboard.charts.data.aggregation import aggregation_by_operator as aggregation_by_operator
from dashboard.charts.data.aggregation import aggregation_of_nodes as aggregation_of_nodes
from dashboard.charts.data.degrees import degree_distribution as degree_distribution
from dashboard.charts.data.features import feature_values as feature_values
from dashboard.charts.data.labels import class_balance as class_balance
from dashboard.charts.data.labels import label_coverage as label_coverage
from dashboard.charts.data.preview import graph_preview as graph_preview
from dashboard.charts.data.sizes import graph_sizes as graph_sizes
