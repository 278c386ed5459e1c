"""Where nodes stand in a picture of their graph: force-directed, by in-degree, by hops, by what they hold."""

from a2q.layouts.closed_form import degree_rings as degree_rings
from a2q.layouts.closed_form import hop_rings as hop_rings
from a2q.layouts.closed_form import hops_from as hops_from
from a2q.layouts.closed_form import principal_axes as principal_axes
from a2q.layouts.force import force_layout as force_layout
from a2q.layouts.layout_cache import Layout as Layout
from a2q.layouts.layout_cache import kept_layout as kept_layout
from a2q.layouts.layout_cache import request_layout as request_layout
