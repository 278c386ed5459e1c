"""The process that lays out one graph. ``python -m a2q.layouts.worker KEY``"""

import io

import numpy as np

from a2q.jobs import Say, as_process, run
from a2q.layouts.force import force_layout
from a2q.layouts.layout_cache import LayoutJob


def main(key: str) -> int:
    """Compute the layout whose edges were left under this key; returns the process's exit code."""
    job = LayoutJob(key)

    def lay_out(say: Say) -> bytes:
        with np.load(job.edges, allow_pickle=False) as given:
            edges, num_nodes = given["edges"], int(given["num_nodes"])
        content = io.BytesIO()
        np.save(content, force_layout(edges, num_nodes, lambda share: say(share, "Laying out")), allow_pickle=False)
        return content.getvalue()

    code = run(job, lay_out, "The graph could not be laid out")
    job.edges.unlink(missing_ok=True)
    return code


if __name__ == "__main__":
    as_process(main, "a2q.layouts.worker")
