import ast
from pathlib import Path

import pytest

import data

_FILES = sorted(Path(data.__file__).parent.rglob("*.py"))


@pytest.mark.parametrize("file", _FILES, ids=lambda file: file.stem)
def test_data_imports_nothing_above_it(file: Path) -> None:
    imported: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").partition(".")[0])
    assert not imported & {"a2q", "dashboard", "streamlit"}
