import os
import runpy

import pytest
from streamlit.web import cli

from a2q.version import VERSION
from a2q_studio.frame import launch


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What Streamlit is asked to do; nothing is served."""
    asked: list[list[str]] = []
    monkeypatch.setattr(cli, "main", lambda words, prog_name: asked.append(words))
    monkeypatch.setenv("A2Q_READONLY", "")
    return asked


def command(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    """Type the command; returns its exit code."""
    monkeypatch.setattr("sys.argv", ["a2q-studio", *words])
    with pytest.raises(SystemExit) as end:
        launch.main()
    return int(end.value.code or 0)


def test_the_app_is_served_on_this_machine_unless_told_otherwise(started, monkeypatch) -> None:
    assert command(monkeypatch) == 0
    assert started == [["run", str(launch.entry_point()), "--server.port=8501"]]
    assert launch.entry_point().is_file()
    assert os.environ["A2Q_READONLY"] == ""


def test_port_host_and_read_only_reach_the_server(started, monkeypatch) -> None:
    assert command(monkeypatch, "--port", "9000", "--host", "0.0.0.0", "--read-only") == 0
    assert started[0][2:] == ["--server.port=9000", "--server.address=0.0.0.0"]
    assert os.environ["A2Q_READONLY"] == "1"


def test_a_port_that_is_none_is_refused(started, monkeypatch, capsys) -> None:
    assert command(monkeypatch, "--port", "70000") == 2
    assert "65535" in capsys.readouterr().err
    assert not started


def test_the_version_is_that_of_the_library(started, monkeypatch, capsys) -> None:
    assert command(monkeypatch, "--version") == 0
    assert capsys.readouterr().out == f"a2q-studio {VERSION}\n"
    assert not started


def test_the_package_is_the_command(started, monkeypatch) -> None:
    monkeypatch.setattr("sys.argv", ["a2q_studio"])
    with pytest.raises(SystemExit):
        runpy.run_module("a2q_studio", run_name="__main__")
    assert len(started) == 1
