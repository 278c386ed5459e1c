"""Where the pages are: the script of each, as Streamlit's links and navigation take it."""

from pathlib import Path

_PAGES = Path(__file__).parents[1] / "pages"


def page_script(name: str) -> str:
    """The script of a page, an absolute path, wherever the app's entry point lies.

    Args:
        name: the page's room, such as "explore".
    """
    return str(_PAGES / name / f"{name}.py")
