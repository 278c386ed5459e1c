"""Mutation testing of a chosen list: each mutant is one fault in the product, and the tests beside it must fail on it.

``benchmarks/mutants.toml`` lists the mutants. Each is put into a copy of the repository in a temporary folder, and
the tests of its group run there: a failing test kills it. The list must stay true, so that an entry whose fragment is
not found exactly once, or changes nothing that runs, ends everything before a test is run.

Why not mutmut or cosmic-ray: their operators swap signs and numbers, and make no mutant of most faults listed here (a
floor for a ceiling, the first row for the last, another operand). mutmut leaves decorated functions alone, properties
and ``torch.no_grad`` among them; cosmic-ray changes files in place. Either makes thousands of mutants of these files,
hours of work, many of them equivalent.

    python benchmarks/mutants.py                 the whole list
    python benchmarks/mutants.py energy tiles    mutants of files whose path holds one of these words
"""

import argparse
import ast
import multiprocessing
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

ROOT = Path(__file__).parents[1]
LIST = Path(__file__).with_suffix(".toml")
# A mutant may loop for ever. Counted is work, not time, and the tests' own limit is put off: a busy machine kills none.
MOST_CPU_SECONDS = 300
LONGEST_SECONDS = 3600
# Tests of Hypothesis look for the smallest case when they fail, which takes minutes; these faults die without them.
SELECTED = "not hypothesis"
PASSED, FAILED = 0, 1
# Importing torch takes longer than most of the tests: one process does it, and those that test are forked from it.
CONTEXT = multiprocessing.get_context("forkserver")
PRELOADED = [
    "torch",
    "torch_geometric.nn",
    "scipy.spatial",
    "pandas",
    "pyarrow.parquet",
    "sqlalchemy",
    "pydantic",
    "pytest",
    "hypothesis",
]


@dataclass(frozen=True)
class Mutant:
    """One fault.

    Attributes:
        path: file of the product, from the root of the repository.
        original: a piece of its text that is there exactly once.
        changed: what takes its place.
        tests: test files or node ids, one of which must fail.
    """

    path: str
    original: str
    changed: str
    tests: tuple[str, ...]

    def mutated(self, source: str) -> str:
        """The file's text with the fault.

        Raises:
            ValueError: the original is not there exactly once, or the fault is no Python or changes no code.
        """
        found = source.count(self.original)
        if found != 1:
            raise ValueError(f"{self.path} holds {self.original!r} {found} times; it must be there once.")
        result = source.replace(self.original, self.changed)
        try:
            same = ast.dump(ast.parse(result)) == ast.dump(ast.parse(source))
        except SyntaxError as error:
            raise ValueError(f"{self.path} with {self.changed!r} is no Python: {error}.") from error
        if same:
            raise ValueError(f"{self.path} with {self.changed!r} is the same code as before.")
        return result


@dataclass(frozen=True)
class Verdict:
    """What became of a mutant.

    Attributes:
        mutant: which one.
        killed: whether a test failed on it.
        by: the first test that failed, or what happened instead.
        seconds: that its tests took.
    """

    mutant: Mutant
    killed: bool
    by: str
    seconds: float


def listed(text: str) -> list[Mutant]:
    """The mutants of a list in TOML: groups of a path, its tests, and pairs of original and changed text."""
    return [
        Mutant(group["path"], original, changed, tuple(group["tests"]))
        for group in tomllib.loads(text)["group"]
        for original, changed in group["mutants"]
    ]


def faults(mutants: Sequence[Mutant], root: Path) -> list[str]:
    """Sentences about entries of the list that are no longer true of the files under ``root``."""
    found = []
    for mutant in mutants:
        files = [test.partition("::")[0] for test in mutant.tests]
        found += [f"There is no {file}." for file in files if not (root / file).is_file()]
        if not (root / mutant.path).is_file():
            found.append(f"There is no {mutant.path}.")
            continue
        try:
            mutant.mutated((root / mutant.path).read_text())
        except ValueError as error:
            found.append(str(error))
    return list(dict.fromkeys(found))


def judge(mutant: Mutant, root: Path) -> Verdict:
    """Run a mutant's tests in a copy of the files under ``root``."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        # Nothing writes into these files, so that links do; only the mutant is a file of its own.
        copy = shutil.copytree(root, Path(folder) / "copy", copy_function=os.link)
        file = copy / mutant.path
        source = mutant.mutated(file.read_text())
        file.unlink()
        file.write_text(source)
        code, output = tested(mutant.tests, copy)
    failed = re.search(r"^(?:FAILED|ERROR) (\S+)", output, re.MULTILINE)
    by = "no test" if code == PASSED else failed[1] if failed else f"pytest ended with {code}: {output[-2000:]}"
    return Verdict(mutant, code == FAILED, by, time.monotonic() - started)


def tested(tests: Sequence[str], root: Path) -> tuple[int, str]:
    """How pytest ends for these tests under ``root``, in a process of its own, and what it prints."""
    with tempfile.NamedTemporaryFile("r") as output:
        process = CONTEXT.Process(target=_test, args=(list(tests), root, Path(output.name)))
        process.start()
        process.join()
        if process.exitcode == -signal.SIGXCPU:
            return FAILED, f"FAILED after {MOST_CPU_SECONDS} s"
        return int(process.exitcode or PASSED), output.read()


def _test(tests: Sequence[str], root: Path, output: Path) -> None:
    with output.open("w") as stream:
        os.dup2(stream.fileno(), 1)
        os.dup2(stream.fileno(), 2)
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_CPU_SECONDS, resource.RLIM_INFINITY))
    os.chdir(root)
    # Before the project that is installed, here and in the processes that tests start.
    sys.path[:0] = [str(root), str(root / "dashboard")]
    os.environ["PYTHONPATH"] = os.pathsep.join(sys.path[:2])
    import pytest

    # Nobody reads why a test fails, so that assertions need no rewriting.
    options = ["-x", "-q", "--tb=no", "--assert=plain", "-p", "no:randomly", "-p", "no:cacheprovider"]
    options += ["-m", SELECTED, "-o", f"timeout={LONGEST_SECONDS}"]
    sys.exit(pytest.main([*options, *tests]))


def _copy(place: Path) -> Path:
    """The repository's files at ``place``; pictures and results are not needed."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    for name in names:
        if (ROOT / name).is_file() and not name.startswith("docs/"):
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, place / name)
    return place


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge the list; 0 when every mutant is killed."""
    parser = argparse.ArgumentParser(description="Put faults into the product and see which the tests notice.")
    parser.add_argument("words", nargs="*", help="only mutants of files whose path holds one of these")
    parser.add_argument("--jobs", type=int, default=2, help="test runs side by side (default: 2)")
    given = parser.parse_args(arguments)
    mutants = listed(LIST.read_text())
    mutants = [mutant for mutant in mutants if not given.words or any(word in mutant.path for word in given.words)]
    untrue = faults(mutants, ROOT)
    if untrue or not mutants:
        print(f"{LIST.name} does not fit the files:", *untrue or ["no mutant is chosen."], sep="\n  ")
        return 1
    os.environ["OMP_NUM_THREADS"] = "1"
    CONTEXT.set_forkserver_preload(PRELOADED)
    with tempfile.TemporaryDirectory() as folder:
        # This run leaves bytecode in the copy, which the copies of it have as well.
        root = _copy(Path(folder) / "root")
        with ThreadPoolExecutor(given.jobs) as pool:
            for code, output in pool.map(tested, {mutant.tests for mutant in mutants}, repeat(root)):
                if code != PASSED:
                    print("The tests fail before anything is changed:", output, sep="\n")
                    pool.shutdown(cancel_futures=True)
                    return 1
            verdicts = []
            print("| file | original | mutant | killed by | s |\n|---|---|---|---|---:|")
            for verdict in pool.map(judge, mutants, repeat(root)):
                verdicts.append(verdict)
                print(_row(verdict), flush=True)
    survivors = [verdict for verdict in verdicts if not verdict.killed]
    print(f"\n{len(verdicts) - len(survivors)} of {len(verdicts)} mutants are killed.")
    for verdict in survivors:
        print(f"survives: {verdict.mutant.path}: {verdict.mutant.changed!r} ({verdict.by})")
    return 1 if survivors else 0


def _row(verdict: Verdict) -> str:
    mutant = verdict.mutant
    pieces = (f"`{' '.join(text.split())}`".replace("|", "\\|") for text in (mutant.original, mutant.changed))
    by = verdict.by.rpartition("/")[2] if verdict.killed else f"**survives**: {verdict.by.splitlines()[0]}"
    return f"| {mutant.path} | {' | '.join(pieces)} | {by} | {verdict.seconds:.0f} |"


if __name__ == "__main__":
    sys.exit(main())
