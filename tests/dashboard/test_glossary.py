import ast
from pathlib import Path

import pytest

from a2q_studio.glossary import MOST_CHARACTERS, TERMS, found, tip

DASHBOARD = Path(__file__).parents[2] / "dashboard"


def test_terms_are_told_once_in_two_lines_of_a_tooltip() -> None:
    names = [term.name.casefold() for term in TERMS]
    assert len(set(names)) == len(names)
    for term in TERMS:
        assert term.meaning.endswith("."), term.name
        assert len(term.meaning) <= MOST_CHARACTERS, term.name


def test_every_tooltip_names_a_term() -> None:
    asked = {
        node.args[0].value
        for file in DASHBOARD.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "tip"
        and isinstance(node.args[0], ast.Constant)
    }
    assert asked, "pages use tooltips"
    assert asked <= {term.name for term in TERMS}
    with pytest.raises(KeyError):
        tip("precision level")


def test_a_search_finds_names_first_and_needs_all_words() -> None:
    assert found("") == list(TERMS)
    assert found("step size")[0].name == "step size"
    assert "codes" in {term.name for term in found("step size")}
    assert not found("step size nowhere")
    assert found("IN-DEGREE")[0].name == "in-degree"
