"""The report as one HTML file: it holds plotly.js itself and asks no server for anything."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from a2q.experiments.reproduce import command_line
from a2q.experiments.store.annotations import Annotation
from a2q.version import VERSION
from a2q_studio.charts import Palette, palette
from a2q_studio.charts.worth import worth_table
from a2q_studio.comparison.compared import Compared
from a2q_studio.comparison.tables import differences_table, seeds_table, still_to_say
from a2q_studio.run_report.contents import Contents, Places
from a2q_studio.run_report.conventions import CONVENTIONS, SEEDS
from a2q_studio.run_report.drawing import SCRIPT, drawing
from a2q_studio.run_report.figures import figures_of_comparison, figures_of_run, figures_of_worth
from a2q_studio.run_report.tables import account_table, as_html, number, results_table, settings_table


def build_page(contents: Contents) -> str:
    """The HTML file as text."""
    colours = palette("light")
    environment = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True)
    compared = contents.compared
    several = len(compared) > 1
    together = figures_of_comparison(contents, colours) if several else ()
    return environment.get_template("page.html.j2").render(
        title=_title(compared),
        version=VERSION,
        made=f"{datetime.fromtimestamp(contents.made, UTC):%Y-%m-%d %H:%M}",
        palette=colours,
        plotly_js=Markup(get_plotlyjs()),
        script=Markup(SCRIPT),
        unfinished=still_to_say(compared),
        results=as_html(results_table(compared)),
        seeds=as_html(seeds_table(compared, contents.repeats)),
        seeds_convention=SEEDS,
        differences=as_html(differences_table(compared)) if several else "",
        worths=[drawing(shown.figure, shown.note) for shown in figures_of_worth(contents, colours)],
        worth_table=as_html(worth_table([one for _, some in contents.worths for one in some])),
        together=[drawing(shown.figure, shown.note) for shown in together],
        runs=[
            _run(one, places, annotation, colours)
            for one, places, annotation in zip(compared, contents.places, contents.annotations, strict=True)
        ],
        conventions=CONVENTIONS,
    )


def _title(compared: Sequence[Compared]) -> str:
    if len(compared) == 1:
        return f"A²Q Studio: {compared[0].run.title}"
    return f"A²Q Studio: {len(compared)} runs compared"


def _run(one: Compared, places: Places | None, annotation: Annotation, colours: Palette) -> dict[str, Any]:
    run, summary = one.run, one.run.summary
    told = {
        "letter": one.mark.letter,
        "title": run.title,
        "id": run.id,
        "seed": run.config.seed,
        "state": str(run.state),
        "source": run.source,
        "starred": annotation.starred,
        "tags": ", ".join(annotation.tags),
        "note": annotation.note,
        "command": command_line(run.config),
        "settings": as_html(settings_table(run.config)),
        "versions": as_html(pd.DataFrame(run.versions.items(), columns=["software", "version"])),
        "figures": [drawing(shown.figure, shown.note) for shown in figures_of_run(one, places, colours)],
    }
    if summary:
        told |= {
            "account": as_html(account_table(summary["items"])),
            "missed_target": run.missed_target,
            "average_bits": number(summary["average_bits"], ".2f"),
            "compression": number(summary["compression"], ".1f", "×"),
            "full_bits": number(summary["full_bits_per_value"], ".2f"),
            "full_compression": number(summary["full_compression"], ".1f", "×"),
        }
    return told
