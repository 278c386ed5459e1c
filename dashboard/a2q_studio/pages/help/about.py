"""What runs here: versions and licences, read from the installed packages."""

import platform
import re
from importlib.metadata import PackageNotFoundError, metadata, requires, version

import pandas as pd
import streamlit as st

from a2q.version import VERSION

_NAME = re.compile(r"[\w.\-]+")


def about() -> None:
    """Version, licence and libraries."""
    st.markdown(
        f"**A²Q Studio {VERSION}**, MIT licence. Python {platform.python_version()} on {platform.system()} "
        f"({platform.machine()}).\n\nThe method is of Zhu et al., *A²Q: Aggregation-Aware Quantization for Graph "
        "Neural Networks*, ICLR 2023, arXiv 2302.00193; the code is this project's own. Pages ask no other server for "
        "anything: only a dataset that is not at hand is downloaded, when its training starts."
    )
    rows = libraries()
    st.dataframe(
        rows, hide_index=True, key="libraries", alt=f"{len(rows)} libraries this app runs on, with version and licence"
    )


@st.cache_data(max_entries=1, show_spinner=False)
def libraries() -> pd.DataFrame:
    """What this package requires, with the versions installed here and their licences."""
    needed = [one for one in requires("a2q-studio") or () if "extra ==" not in one]
    names = [found[0] for one in needed if (found := _NAME.match(one))]
    rows = []
    for name in names:
        try:
            rows.append({"library": name, "version": version(name), "licence": _licence(name)})
        except PackageNotFoundError:
            rows.append({"library": name, "version": "not installed", "licence": ""})
    return pd.DataFrame(rows)


def _licence(name: str) -> str:
    """The licence as a package states it: its expression, else its classifiers, else the first line of its text."""
    facts = metadata(name)
    expression, classifiers, text = (
        [stated for stated in facts.get_all(field, []) if stated]
        for field in ("License-Expression", "Classifier", "License")
    )
    if expression:
        return str(expression[0])
    classified = [line.rpartition(" :: ")[2] for line in classifiers if line.startswith("License")]
    return ", ".join(classified) or (text[0].splitlines()[0] if text else "see the package")
