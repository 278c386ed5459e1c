import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LIBRARY, STUDIO = ROOT / "a2q", ROOT / "dashboard" / "a2q_studio"
ARCHITECTURE = ROOT / "docs" / "architecture.md"
ALL = [ROOT / "streamlit_app.py", *sorted(LIBRARY.rglob("*.py")), *sorted(STUDIO.rglob("*.py"))]
# A chart lies in a room of charts, or is the chart of one step of the lesson.
CHARTS = [file for file in ALL if "charts" in file.parts or file.stem.endswith("chart")]
# What no chart, computation or report may know: Streamlit, and the modules that draw with it.
WIDGETS = ("streamlit", "a2q_studio.ui", "a2q_studio.frame")
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


def module_of(file: Path) -> str:
    """Dotted name of a source file."""
    base = LIBRARY.parent if file.is_relative_to(LIBRARY) else STUDIO.parent
    return ".".join(file.relative_to(base).with_suffix("").parts).removesuffix(".__init__")


def room_of(module: str) -> str:
    """The room that a module is in: ``a2q.accelerator``, ``a2q_studio.charts``, ``a2q_studio.pages.train``."""
    depth = 3 if module.startswith("a2q_studio.pages.") else 2
    return ".".join(module.split(".")[:depth])


@cache
def imports_between_rooms() -> dict[str, set[str]]:
    """Which rooms each room imports; the public door ``a2q`` itself and single scripts are left out."""
    found: dict[str, set[str]] = {}
    modules = {module_of(file): file for file in ALL[1:]}
    for module, file in modules.items():
        for name in imported(file.read_text(encoding="utf-8")):
            target = name if name in modules else name.rpartition(".")[0]
            if target in modules and room_of(target) != room_of(module) and "." in module and "." in target:
                found.setdefault(room_of(module), set()).add(room_of(target))
    return found


def rooms_in_the_documentation() -> dict[str, set[str]]:
    """The table in docs/architecture.md: what each room may import."""
    rows = re.findall(r"^\| `([\w.]+)` \| [^|]+ \| ([^|]+) \|$", ARCHITECTURE.read_text(encoding="utf-8"), re.MULTILINE)
    return {room: set(re.findall(r"`([\w.]+)`", cell)) for room, cell in rows}


def test_these_tests_see_what_they_forbid() -> None:
    sly = "def f():\n    import streamlit as st\n    from a2q_studio import ui\n"
    sly += "    from a2q_studio.pages.train import x\n"
    assert within(imported(sly), "streamlit") == {"streamlit"}
    assert within(imported(sly), "a2q_studio") == {"a2q_studio.ui", "a2q_studio.pages.train.x"}
    assert not within({"streamlit_extras.x"}, "streamlit")
    assert COLOUR.search("#fff") and COLOUR.search("rgb(1, 2, 3)") and COLOUR.search("rgba(0,0,0,0.5)")
    assert not COLOUR.search("rgba(0,0,0,0)") and not COLOUR.search("issue #12")
    assert texts('"""#fff"""\nx = f"{1}#000"\n') == ["#000"]
    assert len(CHARTS) >= 30
    assert len(ALL) > 300
    assert room_of("a2q_studio.pages.train.submit") == "a2q_studio.pages.train"
    assert "a2q.experiments" in imports_between_rooms()["a2q.cli"]


def test_the_documentation_names_every_room_and_what_it_imports() -> None:
    rooms = {room_of(module_of(file)) for file in ALL[1:]} - {"a2q", "a2q_studio", "a2q_studio.pages"}
    assert rooms_in_the_documentation() == {room: imports_between_rooms().get(room, set()) for room in rooms}


def test_no_room_imports_one_that_imports_it() -> None:
    rooms = imports_between_rooms()

    def reached(room: str, seen: frozenset[str] = frozenset()) -> frozenset[str]:
        for other in rooms.get(room, set()) - seen:
            seen = reached(other, seen | {other})
        return seen

    assert {room for room in rooms if room in reached(room)} == set()


def test_the_library_knows_nothing_of_the_dashboard() -> None:
    for file in LIBRARY.rglob("*.py"):
        modules = imported(file.read_text(encoding="utf-8"))
        assert not within(modules, "streamlit") | within(modules, "a2q_studio"), named(file)


@pytest.mark.parametrize(
    ("room", "known"),
    [
        ("a2q.accelerator", {"a2q.config", "a2q.units"}),
        ("a2q.sparse", set()),
        ("a2q.quantizers", {"a2q.sparse", "a2q.units"}),
        ("a2q.layers", {"a2q.config", "a2q.quantizers", "a2q.sparse"}),
        ("a2q.jobs", {"a2q.home"}),
        ("a2q.datasets", {"a2q.home", "a2q.data_files", "a2q.faults", "a2q.jobs"}),
        ("a2q.layouts", {"a2q.home", "a2q.jobs"}),
    ],
)
def test_pure_rooms_know_what_they_need_and_no_more(room: str, known: set[str]) -> None:
    assert imports_between_rooms().get(room, set()) <= known


@pytest.mark.parametrize("room", ["experiments", "datasets", "cli"])
def test_what_computes_knows_nothing_of_runs_and_datasets(room: str) -> None:
    pure = ("accelerator", "layers", "methods", "models", "quantize", "quantizers", "reports", "sparse", "tasks")
    for name in (*pure, "training"):
        for file in (LIBRARY / name).rglob("*.py"):
            assert not within(imported(file.read_text(encoding="utf-8")), f"a2q.{room}"), named(file)


@pytest.mark.parametrize("file", CHARTS, ids=named)
def test_charts_know_neither_streamlit_nor_widgets(file: Path) -> None:
    modules = imported(file.read_text(encoding="utf-8"))
    for forbidden in (*WIDGETS, "a2q_studio.pages.learn.lesson_page"):
        assert not within(modules, forbidden)


def test_comparisons_reports_and_samples_know_neither_streamlit_nor_pages() -> None:
    for room in ("charts", "comparison", "run_report", "samples"):
        for file in (STUDIO / room).rglob("*.py"):
            modules = imported(file.read_text(encoding="utf-8"))
            for forbidden in (*WIDGETS, "a2q_studio.pages"):
                assert not within(modules, forbidden), named(file)


def test_what_pages_share_knows_nothing_of_pages() -> None:
    for room in ("ui", "frame"):
        for file in (STUDIO / room).rglob("*.py"):
            assert not within(imported(file.read_text(encoding="utf-8")), "a2q_studio.pages"), named(file)


def test_pages_know_nothing_of_each_other() -> None:
    pages = {room for room in imports_between_rooms() if room.startswith("a2q_studio.pages.")}
    assert len(pages) == 7
    for page in pages:
        assert not imports_between_rooms()[page] & (pages - {page})


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
    assert holders == {"dashboard/a2q_studio/charts/palette.py"}


def test_what_the_lesson_computes_knows_neither_streamlit_nor_widgets() -> None:
    steps = STUDIO / "pages" / "learn" / "steps"
    computed = [file for file in steps.rglob("*.py") if file.stem not in ("__init__", "widgets")]
    assert len(computed) >= 12
    for file in [*computed, *(STUDIO / "pages" / "learn" / "lesson").rglob("*.py")]:
        modules = imported(file.read_text(encoding="utf-8"))
        for forbidden in WIDGETS:
            assert not within(modules, forbidden), named(file)


def test_a_step_of_the_lesson_knows_no_other_and_is_known_by_none() -> None:
    learn, package = STUDIO / "pages" / "learn", "a2q_studio.pages.learn.steps"
    steps = {folder.name for folder in (learn / "steps").iterdir() if (folder / "__init__.py").is_file()}
    assert len(steps) == 7
    for file in [*(learn / "steps").rglob("*/*.py"), *(learn / "lesson").rglob("*.py")]:
        modules = imported(file.read_text(encoding="utf-8"))
        others = steps - {file.parent.name}
        assert not {name for name in others if within(modules, f"{package}.{name}")}, named(file)
