"""The README of the ZIP: which file holds what, and what every column means."""

from datetime import UTC, datetime

from a2q.version import VERSION
from a2q_studio.comparison.tables import still_to_say
from a2q_studio.run_report.contents import Contents
from a2q_studio.run_report.conventions import CONVENTIONS, SEEDS
from a2q_studio.run_report.graph_file import MOST_EDGES
from a2q_studio.run_report.nodes import COLUMN_MEANINGS

_FILES = {
    "runs": "one row per run: what identifies it, scores, and both accounts of bits",
    "seeds": "mean ± standard deviation over seeds for each run's settings",
    "settings-that-differ": "settings that are not the same in all runs; only where there are several",
    "<run>/config.json": "all settings; the seed is one of them",
    "<run>/command.txt": "the command line that trains the same run",
    "<run>/about.json": "state, source of the data, versions of the software, and the report's numbers",
    "<run>/account": "the full account, item by item, in bits; values is how many numbers FP32 stores there",
    "<run>/epochs": "one row per epoch; bit_counts lists, for each quantized input, nodes with 0, 1, …, 8 bits",
    "<run>/nodes-layer<k>": "one row per node for the input of layer k",
    "<run>/bits-by-epoch-layer<k>.parquet": "every node's effective bits at up to 32 epochs, one column each",
    "<run>/edges.parquet": "source and target of every edge, self-loops left out",
    "<run>/graph.graphml": f"the graph with everything above, places, sizes and colours; up to {MOST_EDGES:,} edges",
}
_RUN_COLUMNS = {
    "test_accuracy, test_mae": "at the epoch with the best validation score; the test part is read once",
    "test_…_paper_protocol": "best test score over all epochs",
    "average_bits, compression": "the paper's account",
    "full_bits_per_value": "the full account",
    "seconds_per_epoch": "median wall time of an epoch, evaluation included, seconds",
    "bits_unmoved": "said where learned bits equal their start at the chosen epoch: in effect uniform quantization",
}


def readme(contents: Contents) -> str:
    """The text, in Markdown."""
    made = datetime.fromtimestamp(contents.made, UTC)
    named = [f"- **{one.mark.letter}**: {one.run.title}, run {one.run.id}" for one in contents.compared]
    left_out = [
        f"- {one.mark.letter}: {_why_no_graph(places)}"
        for one, places in zip(contents.compared, contents.places, strict=True)
        if places is None or places.edges.shape[1] > MOST_EDGES
    ]
    laid_out = [
        f"- {one.mark.letter}: {places.layout}"
        for one, places in zip(contents.compared, contents.places, strict=True)
        if places is not None
    ]
    sections = [
        f"# Report of A²Q Studio {VERSION}\n\nMade {made:%Y-%m-%d %H:%M} UTC.",
        "## Runs\n\n" + "\n".join(named + [f"- {sentence}" for sentence in still_to_say(contents.compared)]),
        "## Files\n\nTables come as CSV and as Parquet with the same rows; `<run>` is a run's letter and id. In CSV, "
        "texts that begin with =, @, +, -, a tab or a carriage return have an apostrophe before them, so that no "
        "spreadsheet takes them for formulas; Parquet has them as they are.\n\n" + _listed(_FILES),
        "## Columns of runs\n\n" + _listed(_RUN_COLUMNS),
        "## Columns of nodes\n\n" + _listed(COLUMN_MEANINGS),
        "## The graph file\n\nWhat depends on the layer ends in its number, as `bits_2`. Gephi takes `x`, `y`, `size` "
        "(root of the in-degree) and `r`, `g`, `b` for the picture; `colour` is the same as hexadecimal digits.\n\n"
        + "\n".join(laid_out + left_out),
        "## Conventions\n\n" + _listed(CONVENTIONS) + f"\n\n{SEEDS}",
    ]
    return "\n\n".join(sections) + "\n"


def _why_no_graph(places: object) -> str:
    if places is None:
        return "no graph file, since the run kept no edges or its nodes were not measured."
    return f"no graph file, since there are more than {MOST_EDGES:,} edges; they are in edges.parquet."


def _listed(meanings: dict[str, str]) -> str:
    return "\n".join(f"- `{name}`: {meaning}" for name, meaning in meanings.items())
