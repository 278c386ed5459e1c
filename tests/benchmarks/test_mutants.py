"""The tool that puts faults into the product; judging its whole list is ``make mutants``."""

import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def mutants(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    # New processes run the main module's file, which may be a page that another test has left there.
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))
    import mutants

    return mutants


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A product of one function with one test, which looks at one side of it only."""
    (tmp_path / "product.py").write_text("def least(one, two):\n    return one if one < two else two\n")
    (tmp_path / "test_product.py").write_text(
        "from product import least\n\n\ndef test_least():\n    assert least(1, 2) == 1\n"
    )
    return tmp_path


def test_every_mutant_of_the_list_fits_the_files(mutants: ModuleType) -> None:
    """Whoever changes a line of the list, or moves a file, changes the list with it."""
    listed = mutants.listed(mutants.LIST.read_text())
    assert mutants.faults(listed, ROOT) == []
    assert len({(mutant.path, mutant.original, mutant.changed) for mutant in listed}) == len(listed)


@pytest.mark.parametrize(
    ("original", "changed", "says"),
    [
        ("one > two", "one >= two", "holds 'one > two' 0 times; it must be there once"),
        ("two", "one", "holds 'two' 3 times"),
        ("one < two", "one <", "is no Python"),
        ("one < two", "(one < two)", "is the same code as before"),
    ],
)
def test_entries_that_are_no_longer_true_are_told(
    mutants: ModuleType, project: Path, original: str, changed: str, says: str
) -> None:
    (sentence,) = mutants.faults([mutants.Mutant("product.py", original, changed, ("test_product.py",))], project)
    assert sentence.startswith("product.py") and says in sentence


def test_files_that_are_gone_are_told(mutants: ModuleType, project: Path) -> None:
    gone = mutants.Mutant("old.py", "x", "y", ("test_old.py::test_it", "test_product.py"))
    assert mutants.faults([gone], project) == ["There is no test_old.py.", "There is no old.py."]


@pytest.mark.parametrize(
    ("changed", "killed", "by"),
    [("one > two", True, "test_product.py::test_least"), ("one <= two", False, "no test")],
)
def test_a_mutant_is_killed_by_a_test_that_fails(
    mutants: ModuleType, project: Path, changed: str, killed: bool, by: str
) -> None:
    before = (project / "product.py").read_text()
    verdict = mutants.judge(mutants.Mutant("product.py", "one < two", changed, ("test_product.py",)), project)
    assert (verdict.killed, verdict.by) == (killed, by)
    assert (project / "product.py").read_text() == before


def test_tests_that_cannot_be_run_kill_nothing(mutants: ModuleType, project: Path) -> None:
    verdict = mutants.judge(
        mutants.Mutant("product.py", "one < two", "one > two", ("test_product.py::test_gone",)), project
    )
    assert not verdict.killed
    assert "pytest ended with 4" in verdict.by
