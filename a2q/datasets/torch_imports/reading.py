"""Which modules a package has, and what the source of one says: words and imports. Nothing is imported."""

import ast
import re
import warnings
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

_LEFT_OUT = {"tests", "testing"}
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_SHORTEST_WORD = 3


@dataclass(frozen=True)
class Module:
    """A file of source that parses.

    Args:
        name: dotted name, e.g. "torch.nn.functional".
        words: how often each word of its identifiers occurs, lower case.
        imports: dotted names it imports. `from a import b` gives "a.b", which need not be a module: see
            `resolve`.
    """

    name: str
    words: Counter[str]
    imports: frozenset[str]


def list_modules(root: Path) -> dict[str, Path]:
    """Return dotted name -> file for the modules in sub-packages of the package in folder `root`, in order.

    The package's own top-level modules and all below `tests` and `testing` are left out.
    """
    found = {}
    for file in sorted(root.rglob("*.py")):
        *folders, stem = file.relative_to(root.parent).with_suffix("").parts
        if len(folders) > 1 and not _LEFT_OUT.intersection(folders):
            found[".".join(folders if stem == "__init__" else [*folders, stem])] = file
    return found


def read_module(name: str, file: Path) -> Module | None:
    """Return what `file`, the source of module `name`, says, or None where it cannot be read or parsed.

    Identifiers are names, attributes, arguments, functions and classes; they are split at underscores and
    capitals into words of three letters or more.
    """
    try:
        with warnings.catch_warnings():
            # What the parser thinks of somebody else's escape sequences is nothing the user can act on.
            warnings.simplefilter("ignore")
            tree = ast.parse(file.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return None
    package = name if file.name == "__init__.py" else name.rpartition(".")[0]
    identifiers: Counter[str] = Counter()
    imports: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=identifier) | ast.Attribute(attr=identifier) | ast.arg(arg=identifier):
                identifiers[identifier] += 1
            case ast.FunctionDef(name=identifier) | ast.AsyncFunctionDef(name=identifier):
                identifiers[identifier] += 1
            case ast.ClassDef(name=identifier):
                identifiers[identifier] += 1
            case ast.Import(names=names):
                imports.update(alias.name for alias in names)
            case ast.ImportFrom(module=module, names=names, level=level):
                origin = absolute_name(module or "", level, package)
                imports.update(f"{origin}.{alias.name}" for alias in names)
    return Module(name, _split(identifiers), frozenset(imports))


def absolute_name(module: str, level: int, package: str) -> str:
    """Return the dotted name that `from <level dots><module> import ...` means in a module of `package`."""
    if level == 0:
        return module
    parts = package.split(".")
    return ".".join([*parts[: len(parts) - level + 1], *([module] if module else [])])


def resolve(imported: str, modules: dict[str, int]) -> int | None:
    """Return the index of the module an import leads to, or None when it leads to none of `modules`.

    That is the longest leading part of the dotted name that is a module: `from package import name` leads to
    the submodule of that name where there is one, else to the package.
    """
    while imported and imported not in modules:
        imported = imported.rpartition(".")[0]
    return modules.get(imported)


def _split(identifiers: Counter[str]) -> Counter[str]:
    words: Counter[str] = Counter()
    for identifier, count in identifiers.items():
        for word in _WORD.findall(identifier):
            if len(word) >= _SHORTEST_WORD:
                words[word.lower()] += count
    return words
