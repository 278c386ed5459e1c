"""Pictures of a graph: nodes coloured by what is known of them, edges as a picture beneath."""

from a2q_studio.charts.graph.colouring import COLOURINGS as COLOURINGS
from a2q_studio.charts.graph.figure import graph_figure as graph_figure
from a2q_studio.charts.graph.raster import Raster as Raster
from a2q_studio.charts.graph.raster import density_raster as density_raster
from a2q_studio.charts.graph.raster import edge_raster as edge_raster
from a2q_studio.charts.graph.tiers import drawn_nodes as drawn_nodes
from a2q_studio.charts.graph.tiers import tier as tier
