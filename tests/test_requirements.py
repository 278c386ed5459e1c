import ast
import re
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
SINGLE = sorted(set(EXTRAS) - {"all"})


def by_name(requirements: list[str]) -> dict[str, Requirement]:
    """Requirements by the name that the package index knows, with what is asked of it in brackets."""
    found = [Requirement(text) for text in requirements]
    return {f"{canonicalize_name(one.name)}{sorted(one.extras)}": one for one in found}


def pinned(file: str) -> dict[str, Requirement]:
    """What a requirements file pins itself, without the files that it includes."""
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    return by_name([line for line in lines if line and not line.startswith(("#", "-r "))])


@pytest.mark.parametrize("extra", [None, *SINGLE])
def test_each_requirements_file_pins_what_the_project_declares(extra: str | None) -> None:
    file = "requirements.txt" if extra is None else f"requirements-{extra}.txt"
    declared, pins = by_name(PROJECT["dependencies"] if extra is None else EXTRAS[extra]), pinned(file)
    assert pins.keys() == declared.keys()
    for name, pin in pins.items():
        (exact,) = pin.specifier
        assert exact.operator == "=="
        assert declared[name].specifier.contains(exact.version), f"{pin} is not {declared[name]}"


def test_every_requirements_file_is_of_an_extra_and_all_has_each() -> None:
    files = {file.stem for file in ROOT.glob("requirements-*.txt")}
    assert files == {f"requirements-{name}" for name in (*SINGLE, "dev")}
    (everything,) = EXTRAS["all"]
    assert Requirement(everything).name == PROJECT["name"]
    assert Requirement(everything).extras == set(SINGLE)


def test_the_tests_build_with_what_the_project_builds_with() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    pins = pinned("requirements-dev.txt")
    for name, declared in by_name(project["build-system"]["requires"]).items():
        (exact,) = pins[name].specifier
        assert declared.specifier.contains(exact.version)


def imported() -> set[str]:
    """Top-level names that the product imports, wherever in a module, without Python's own and its own."""
    found: set[str] = set()
    for folder in (ROOT / "a2q", ROOT / "dashboard"):
        for file in folder.rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    found.update(alias.name.partition(".")[0] for alias in node.names)
                elif isinstance(node, ast.ImportFrom):
                    found.add((node.module or "").partition(".")[0])
    return found - sys.stdlib_module_names - {"a2q", "a2q_studio"}


def test_whatever_is_imported_is_declared() -> None:
    declared = by_name([*PROJECT["dependencies"], *(text for extra in SINGLE for text in EXTRAS[extra])])
    # pydantic requires one exact version of its core, and has its users import errors from there.
    names = {canonicalize_name(one.name) for one in declared.values()} | {"pydantic-core"}
    owners = packages_distributions()
    undeclared = {
        module
        for module in imported()
        if module in owners and not names & {canonicalize_name(owner) for owner in owners[module]}
    }
    assert undeclared == set()


LOCKS = {
    "requirements.lock": ["requirements.txt"],
    "requirements-dev.lock": [f"requirements-{name}.txt" for name in SINGLE],
}
LOCKS["requirements-dev.lock"] += ["requirements.txt", "requirements-dev.txt"]
# Built for each kind of machine anew, with other hashes; what only its builds for CUDA need, it asks for by version.
NOT_LOCKED = "torch"


def locked(file: str) -> dict[str, tuple[Requirement, list[str]]]:
    """What a lock file pins, by name, with the hashes of its files."""
    entries = (ROOT / file).read_text(encoding="utf-8").replace("\\\n", "").splitlines()
    found = {}
    for entry in entries:
        if entry and not entry.startswith("#"):
            text, *hashes = (part.strip() for part in entry.split("--hash=sha256:"))
            found[canonicalize_name(Requirement(text).name)] = (Requirement(text), hashes)
    return found


@pytest.mark.parametrize("file", LOCKS)
def test_a_lock_file_holds_what_is_pinned_and_all_that_comes_with_it(file: str) -> None:
    lock = locked(file)
    pins = [pin for requirements in LOCKS[file] for pin in pinned(requirements).values()]
    versions = {name: {str(part) for part in pin.specifier} for name, (pin, _) in lock.items()}
    assert {pin.name for pin in pins if versions.get(canonicalize_name(pin.name)) != {str(pin.specifier)}} == {
        NOT_LOCKED
    }
    needed, looked = {(canonicalize_name(pin.name), *sorted(pin.extras)) for pin in pins}, set()
    while needed - looked:
        name, *extras = one = (needed - looked).pop()
        looked.add(one)
        try:
            requires = map(Requirement, distribution(name).requires or [])
        except PackageNotFoundError:
            continue
        for child in requires:
            if child.marker is None or any(child.marker.evaluate({"extra": extra}) for extra in ("", *extras)):
                needed.add((canonicalize_name(child.name), *sorted(child.extras)))
    assert len(looked) > 60
    assert {name for name, *_ in looked} - lock.keys() <= {NOT_LOCKED}


@pytest.mark.parametrize("file", LOCKS)
def test_a_lock_file_pins_by_version_and_hash_and_names_no_host(file: str) -> None:
    for pin, hashes in locked(file).values():
        (exact,) = pin.specifier
        assert exact.operator == "==" and not pin.url, pin
        assert hashes and all(re.fullmatch("[0-9a-f]{64}", one) for one in hashes), pin
    text = (ROOT / file).read_text(encoding="utf-8")
    assert "//" not in text and "--index" not in text and "--extra-index" not in text and "find-links" not in text


def test_both_lock_files_agree() -> None:
    product, everything = (locked(file) for file in LOCKS)
    assert product.items() <= everything.items()
