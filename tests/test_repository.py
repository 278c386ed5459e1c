"""What the repository says about itself, held to what is so."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from a2q.version import VERSION

ROOT = Path(__file__).parents[1]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z]+):", MAKEFILE, flags=re.MULTILINE))
FORMS = sorted(file for file in (ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml") if file.stem != "config")


def read(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def test_releases_are_dated_newest_first_and_the_version_is_the_newest() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    sections = re.findall(r"^## \[(.+)\](.*)$", changelog, flags=re.MULTILINE)
    assert sections[0] == ("Unreleased", "")
    released = [(name, re.fullmatch(r" - (\d{4}-\d\d-\d\d)", rest)) for name, rest in sections[1:]]
    assert released[0][0] == VERSION
    assert all(released_on is not None for _, released_on in released)
    dates = [released_on[1] for _, released_on in released if released_on is not None]
    assert dates == sorted(dates, reverse=True)
    citation = read("CITATION.cff")
    assert (str(citation["version"]), str(citation["date-released"])) == (VERSION, dates[0])


def test_what_is_cited_is_the_paper() -> None:
    citation = read("CITATION.cff")
    assert citation["cff-version"] == "1.2.0"
    assert {"message", "title", "authors"} <= citation.keys()
    (paper,) = citation["references"]
    assert paper["identifiers"] == [{"type": "other", "value": "arXiv:2302.00193"}]
    assert "2302.00193" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_ci_runs_what_a_contributor_runs() -> None:
    jobs = read(".github/workflows/ci.yml")["jobs"]
    commands = [step["run"] for job in jobs.values() for step in job["steps"] if "run" in step]
    assert commands == ["make lint", "make test", "make wheel"]
    assert {command.removeprefix("make ") for command in commands} <= TARGETS
    declared = re.search(r'requires-python = ">=(\S+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert declared is not None
    for job in jobs.values():
        (python,) = [step["with"]["python-version"] for step in job["steps"] if "setup-python" in step.get("uses", "")]
        assert python == declared[1]


@pytest.mark.parametrize("form", FORMS, ids=lambda file: file.stem)
def test_an_issue_form_asks_for_something(form: Path) -> None:
    asked = read(str(form.relative_to(ROOT)))
    assert asked["name"] and asked["description"]
    questions = [part for part in asked["body"] if part["type"] != "markdown"]
    assert len({question["id"] for question in questions}) == len(questions)
    assert any(question.get("validations", {}).get("required") for question in questions)


def test_there_are_issue_forms() -> None:
    assert [form.stem for form in FORMS] == ["bug", "feature"]


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "SECURITY.md", "data/README.md"])
def test_links_lead_to_files(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?://|#)([^)#]+)", text)
    assert [link for link in links if not ((ROOT / name).parent / link).exists()] == []
