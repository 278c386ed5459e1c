import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ALL = [
    ROOT / "streamlit_app.py",
    *(file for name in ("a2q", "data", "dashboard") for file in (ROOT / name).rglob("*.py")),
]
CHARTS = sorted((ROOT / "dashboard" / "charts").rglob("*.py"))
# "rgba(0,0,0,0)" is the absence of a colour.
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\brgba?\((?!0,0,0,0\))|\bhsla?\(")


def named(file: Path) -> str:
    return str(file.relative_to(ROOT))


def imported(source: str) -> set[str]:
    """Every module and name that a source imports, dotted, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def texts(source: str) -> list[str]:
    """The string constants of a source, parts of f-strings among them, without its docstrings."""
    tree = ast.parse(source)
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings
    ]


def within(modules: set[str], package: str) -> set[str]:
    return {module for module in modules if module == package or module.startswith(f"{package}.")}


def test_these_tests_see_what_they_forbid() -> None:
    sly = "def f():\n    import streamlit as st\n    from dashboard import parts\n    from dashboard.views import x\n"
    assert within(imported(sly), "streamlit") == {"streamlit"}
    assert within(imported(sly), "dashboard") == {"dashboard.parts", "dashboard.views.x"}
    assert not within({"streamlit_extras.x"}, "streamlit")
    assert COLOUR.search("#fff") and COLOUR.search("rgb(1, 2, 3)") and COLOUR.search("rgba(0,0,0,0.5)")
    assert not COLOUR.search("rgba(0,0,0,0)") and not COLOUR.search("issue #12")
    assert texts('"""#fff"""\nx = f"{1}#000"\n') == ["#000"]
    assert len(CHARTS) >= 6
    assert len(ALL) > 50


@pytest.mark.parametrize("package", ["a2q", "data"])
def test_the_library_knows_nothing_of_the_dashboard(package: str) -> None:
    for file in (ROOT / package).rglob("*.py"):
        modules = imported(file.read_text(encoding="utf-8"))
        assert not within(modules, "streamlit") | within(modules, "dashboard"), named(file)


@pytest.mark.parametrize("file", CHARTS, ids=named)
def test_charts_know_neither_streamlit_nor_pages(file: Path) -> None:
    modules = imported(file.read_text(encoding="utf-8"))
    for forbidden in ("streamlit", "dashboard.views", "dashboard.parts"):
        assert not within(modules, forbidden)


def test_comparisons_and_reports_know_neither_streamlit_nor_pages() -> None:
    for room in ("comparison", "report"):
        for file in (ROOT / "dashboard" / room).rglob("*.py"):
            modules = imported(file.read_text(encoding="utf-8"))
            for forbidden in ("streamlit", "dashboard.views", "dashboard.parts"):
                assert not within(modules, forbidden), named(file)


def test_parts_know_nothing_of_views() -> None:
    for file in (ROOT / "dashboard" / "parts").rglob("*.py"):
        assert not within(imported(file.read_text(encoding="utf-8")), "dashboard.views"), named(file)


def test_nothing_lends_its_script_context_to_a_thread() -> None:
    for file in ALL:
        names = {
            node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else node.name
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
            if isinstance(node, ast.Name | ast.Attribute | ast.alias)
        }
        assert "add_script_run_ctx" not in names, named(file)


def test_colours_are_defined_in_the_palette_only() -> None:
    holders = {named(file) for file in ALL if any(map(COLOUR.search, texts(file.read_text(encoding="utf-8"))))}
    assert holders == {"dashboard/charts/palette.py"}


def test_the_lesson_and_the_samples_know_neither_streamlit_nor_pages() -> None:
    for folder in ("lesson", "samples"):
        for file in (ROOT / "dashboard" / folder).rglob("*.py"):
            modules = imported(file.read_text(encoding="utf-8"))
            for forbidden in ("streamlit", "dashboard.views", "dashboard.parts", "dashboard.charts"):
                assert not within(modules, forbidden), named(file)
