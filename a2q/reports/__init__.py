"""Reports: both bit accounts, per-node measurements, and the summary of a run."""

from a2q.reports.accounting import AccountItem as AccountItem
from a2q.reports.accounting import Accounts as Accounts
from a2q.reports.accounting import account as account
from a2q.reports.bit_report import BitReport as BitReport
from a2q.reports.bit_report import bit_report as bit_report
from a2q.reports.measurements import NodeArrays as NodeArrays
from a2q.reports.measurements import full_precision as full_precision
from a2q.reports.measurements import measure_nodes as measure_nodes
from a2q.reports.node_table import DEGREE_GROUPS as DEGREE_GROUPS
from a2q.reports.node_table import by_degree_group as by_degree_group
from a2q.reports.node_table import node_table as node_table
from a2q.reports.node_table import quantized_layers as quantized_layers
from a2q.reports.summary import Summary as Summary
from a2q.reports.summary import summarize as summarize
