"""Tables of a report: results as people read them, and any table as HTML."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from markupsafe import Markup

from a2q.experiments.results import SCORES, result
from a2q.experiments.run_config import RunConfig
from a2q.experiments.settings import settings_of, title_of
from a2q_studio.comparison.compared import Compared


def as_html(table: pd.DataFrame) -> Markup:
    """A table whose cells are escaped."""
    return Markup(table.to_html(index=False, na_rep="–", border=0, float_format="{:,.6g}".format))


def results_table(compared: Sequence[Compared]) -> pd.DataFrame:
    """One row per run with scores and both accounts in words; a column that no run has a value for is left out."""
    rows = []
    for one in compared:
        values, summary, score = result(one.run), one.run.summary or {}, SCORES[one.run.metric]
        texts: dict[str, Any] = {"run": one.mark.title, "id": one.run.id, "state": values["state"]}
        for name, words in (
            ("test_{}", f"test {score.name}"),
            ("test_{}_paper_protocol", f"test {score.name} (paper's protocol)"),
            ("validation_{}", f"validation {score.name}"),
        ):
            value = values[name.format(one.run.metric)]
            texts[words] = None if value is None else score.text(value)
        texts["epoch chosen"] = summary.get("best_epoch")
        texts["average bits"] = number(values["average_bits"], ".2f")
        texts["bits moved"] = values["bits_unmoved"]
        texts["compression"] = number(values["compression"], ".1f", "×")
        texts["full bits per value"] = number(values["full_bits_per_value"], ".2f")
        texts["full compression"] = number(summary.get("full_compression"), ".1f", "×")
        texts["seed"], texts["fold"] = values["seed"], values["fold"]
        rows.append(texts)
    return pd.DataFrame(rows, dtype=object).dropna(axis=1, how="all")


def settings_table(config: RunConfig) -> pd.DataFrame:
    """Every setting with the form's title and the name that ``--set`` takes."""
    return pd.DataFrame(
        [
            {"setting": title_of(config, name), "name": name, "value": "–" if value is None else str(value)}
            for name, value in settings_of(config).items()
        ]
    )


def account_table(items: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """The full account, item by item, as whole numbers."""
    return pd.DataFrame(
        [
            {
                "stored": item["name"],
                "values": f"{item['values']:,}",
                "bits in FP32": f"{item['fp32_bits']:,}",
                "bits in this run": f"{item['bits']:,.0f}",
            }
            for item in items
        ]
    )


def number(value: float | None, form: str, unit: str = "") -> str | None:
    """A number as text with its unit; None stays."""
    return None if value is None else f"{value:{form}}{unit}"
