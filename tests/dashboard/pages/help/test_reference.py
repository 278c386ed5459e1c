import re
from pathlib import Path

from a2q_studio.pages.help.reference import CAVEATS, FORMULAS, VARIABLES

ROOT = Path(__file__).parents[4]


def test_every_variable_that_the_code_reads_is_told() -> None:
    # As a whole string constant: sentences may name them too.
    read = {
        name
        for folder in ("a2q", "dashboard")
        for file in (ROOT / folder).rglob("*.py")
        if file.name != "reference.py"
        for name in re.findall(r'"(A2Q_[A-Z_]+)"', file.read_text(encoding="utf-8"))
    }
    assert read == VARIABLES.keys()


def test_formulas_close_what_they_open_and_have_a_source() -> None:
    for formula in FORMULAS:
        for line in formula.latex:
            assert line.count("{") == line.count("}"), formula.title
            assert len(re.findall(r"\\left\b", line)) == len(re.findall(r"\\right\b", line)), formula.title
        assert formula.source


def test_caveats_tell_of_both_accounts_and_both_protocols() -> None:
    titles = {caveat.title for caveat in CAVEATS}
    assert {"Two accounts of compression", "Two protocols of accuracy"} <= titles
