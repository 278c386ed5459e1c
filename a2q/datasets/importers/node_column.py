"""Which column of a node table names the nodes, where the user does not say."""

from a2q.datasets.errors import DatasetError
from a2q.datasets.importers.row_numbers import unnamed_index
from a2q.datasets.importers.tables import ROLE_NAMES, Table, plain_name


def node_column(table: Table, edges: Table | None, ends: tuple[str, ...]) -> str:
    """The column that holds most of the first edges' ends: one that is called so, an index that pandas wrote without a
    name, the first, or one that ends in id; "" where rows are known by their number alone.

    Args:
        table: the nodes.
        edges: the edge list; None where edges are between numbered nodes.
        ends: its columns of ends.
    """
    plain = {plain_name(name): name for name in table.columns}
    called = [plain[name] for name in ROLE_NAMES["node"] if name in plain]
    if edges is None:
        return next(iter(called), "")
    likely = [name for name in table.columns if unnamed_index(table, name)]
    likely += [table.columns[0], *(name for short, name in plain.items() if short.endswith("id"))]
    candidates = [*called, *(name for name in likely if _may_name(table, name))]
    named = set().union(*(edges.first_texts(end) for end in ends))
    # Of those that hold as many, the first.
    return max(candidates, key=lambda name: len(named & table.first_texts(name)), default="")


def _may_name(table: Table, column: str) -> bool:
    """Whether a column's first rows are texts or whole numbers of 0 or more, each there and no two alike."""
    try:
        found = table.first_rows().names(column, "node").to_pylist()
    except DatasetError:
        return False
    fractions = table.numeric(column) and not all(value.isdecimal() for value in found)
    return len(set(found)) == len(found) and not fractions
