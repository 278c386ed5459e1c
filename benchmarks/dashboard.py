"""The dashboard in a real Chromium: how much it sends, how soon it shows, how it answers alone and among many.

Runs are trained first (Cora and PubMed from the folder in $A2Q_DATA, a generated graph of 170,000 nodes); then, on
one server that only this machine reaches:

1. bytes and seconds to the first useful view of every page, in a fresh profile;
2. seconds from a selection on Explore until every linked view shows it, on Cora and PubMed;
3. the 170,000-node graph: seconds until it is drawn, and the longest time the page did not answer meanwhile;
4. 20 sessions while a run trains, one of them this Chromium, the others without a browser: the median interaction
   over the median of one session on an idle server;
5. memory of the server for each of these sessions;
6. a class of 1, 10 and 30 sessions on Explore that all ask for the page at once while a run trains: seconds until
   it is whole.

Chromium draws in software here, on the same processors as the server: seconds are upper bounds, ratios and counts are
what to compare. Run as ``python benchmarks/dashboard.py [--home FOLDER] [--only pages …] [--json]``; a home is kept
and used again.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from playwright.sync_api import Browser, sync_playwright

from a2q.experiments.store import RunStore
from browsing.classroom import classroom
from browsing.large import large
from browsing.pages import pages
from browsing.runs import prepare
from browsing.selection import selection
from browsing.sessions import sessions
from tests.browser.serving import ARGUMENTS, App, chromium


def main() -> None:
    """Measure what is asked for and print it."""
    parts: dict[str, Callable[[Browser, App, RunStore], dict[str, Any]]] = {
        "pages": pages,
        "selection": selection,
        "large": large,
        "sessions": sessions,
        "class": classroom,
    }
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--home", type=Path, help="where runs are kept; a new folder by default")
    arguments.add_argument("--only", nargs="+", choices=parts, default=list(parts), help="parts to measure")
    arguments.add_argument("--json", action="store_true", help="print JSON")
    options = arguments.parse_args()
    home = options.home or Path(tempfile.mkdtemp(prefix="a2q-benchmark-"))
    home.mkdir(parents=True, exist_ok=True)
    os.environ |= {"A2Q_HOME": str(home), "OMP_NUM_THREADS": "1"}
    result: dict[str, Any] = {"load average at the start": os.getloadavg()[0]}
    with RunStore() as store, sync_playwright() as playwright:
        prepare(store, options.only)
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        app = App(home)
        app.start()
        try:
            for name in options.only:
                result[name] = parts[name](browser, app, store)
                print(json.dumps({name: result[name]}) if options.json else said(name, result[name]), flush=True)
        finally:
            app.stop()
            browser.close()
    print(f"load average: {result['load average at the start']:.1f} at the start, {os.getloadavg()[0]:.1f} at the end")


def said(name: str, found: dict[str, Any]) -> str:
    """A part's figures as lines."""
    lines = [f"{name}:"]
    for key, value in found.items():
        inner = value.items() if isinstance(value, dict) else [("", value)]
        lines.append(f"  {key}: " + ", ".join(f"{label} {number(one)}".strip() for label, one in inner))
    return "\n".join(lines)


def number(value: Any) -> str:
    """A figure with three digits."""
    if not isinstance(value, float):
        return str(value)
    return f"{value:,.3g}" if value < 1000 else f"{value:,.0f}"


if __name__ == "__main__":
    main()
