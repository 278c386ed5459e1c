"""Pictures of a graph: nodes coloured by what is known of them, edges as a picture beneath."""

from dashboard.charts.graph.colouring import COLOURINGS as COLOURINGS
from dashboard.charts.graph.figure import graph_figure as graph_figure
from dashboard.charts.graph.raster import Raster as Raster
from dashboard.charts.graph.raster import density_raster as density_raster
from dashboard.charts.graph.raster import edge_raster as edge_raster
from dashboard.charts.graph.tiers import drawn_nodes as drawn_nodes
from dashboard.charts.graph.tiers import tier as tier
