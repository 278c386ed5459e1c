"""The wheel, built from this checkout and installed beside the dependencies that the tests have, out of its reach."""

import json
import os
import socket
import subprocess
import sys
import time
import tomllib
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from a2q.version import VERSION
from a2q_studio.ui.access import READ_ONLY

ROOT = Path(__file__).parents[1]
# Each process here loads torch anew; on a busy machine that takes its time.
pytestmark = pytest.mark.timeout(900)


def done(*command: str | Path, **how: object) -> str:
    """What a command prints; its end must be a good one."""
    ended = subprocess.run(command, capture_output=True, text=True, check=False, **how)  # type: ignore[call-overload]
    assert ended.returncode == 0, ended.stderr + ended.stdout
    return str(ended.stdout)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel; nothing is downloaded to build it."""
    folder = tmp_path_factory.mktemp("wheel")
    options = ("--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(folder))
    done(sys.executable, "-m", "pip", "wheel", *options, str(ROOT))
    (file,) = folder.iterdir()
    return file


@pytest.fixture(scope="module")
def scripts(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of commands of a fresh environment that the wheel is installed into."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False)
    bin_folder = folder / ("Scripts" if os.name == "nt" else "bin")
    python = bin_folder / "python"
    # "--python" is of pip itself, before its command.
    done(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", str(wheel))
    packages = done(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip()
    # Searched after the environment's own packages, and what an editable install put there is not followed.
    there = [path for path in sys.path if Path(path).name in ("site-packages", "dist-packages")]
    (Path(packages) / "dependencies.pth").write_text("\n".join(there), encoding="utf-8")
    return bin_folder


@pytest.fixture
def elsewhere(tmp_path: Path) -> dict[str, object]:
    """How to run a command in a folder of a user who has modules of common names."""
    folder = tmp_path / "mine"
    folder.mkdir()
    for name in ("data", "dashboard", "tests"):
        (folder / f"{name}.py").write_text(f"raise ImportError('the user\\'s own {name}')\n", encoding="utf-8")
    left_out = ("PYTHONPATH", "A2Q_DATABASE_URL", "A2Q_SCHEDULER", "A2Q_READONLY")
    kept = {name: value for name, value in os.environ.items() if name not in left_out}
    kept |= {"HOME": str(tmp_path), "A2Q_HOME": str(tmp_path / "home"), "OMP_NUM_THREADS": "1"}
    return {"cwd": folder, "env": kept}


def test_the_wheel_holds_the_product_and_nothing_else(wheel: Path) -> None:
    assert wheel.name == f"a2q_studio-{VERSION}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if not name.endswith("/")}
        entry_points = archive.read(f"a2q_studio-{VERSION}.dist-info/entry_points.txt").decode()
    assert {name.partition("/")[0] for name in names} == {"a2q", "a2q_studio", f"a2q_studio-{VERSION}.dist-info"}
    expected = {
        *(f"a2q/data/{file.relative_to(ROOT / 'data')}" for file in (ROOT / "data" / "samples").iterdir()),
        *(f"a2q/data/{file.relative_to(ROOT / 'data')}" for file in (ROOT / "data" / "frozen").iterdir()),
        "a2q_studio/frame/streamlit_app.py",
        "a2q_studio/frame/.streamlit/config.toml",
    }
    for package in (ROOT / "a2q", ROOT / "dashboard" / "a2q_studio"):
        assert (package / "py.typed").is_file()
        files = (file for file in package.rglob("*") if file.is_file() and "__pycache__" not in file.parts)
        expected |= {file.relative_to(package.parent).as_posix() for file in files}
    assert {name for name in names if ".dist-info/" not in name} == expected
    assert f"a2q_studio-{VERSION}.dist-info/licenses/LICENSE" in names
    assert "a2q = a2q.__main__:run" in entry_points
    assert "a2q-studio = a2q_studio.frame.launch:main" in entry_points


def test_it_is_imported_beside_a_users_own_modules(scripts: Path, elsewhere: dict[str, object]) -> None:
    code = """
import json, a2q, a2q_studio
from importlib.metadata import version
from a2q.datasets import load
from a2q_studio.samples import read_sample
data = load("torch-imports").data
print(json.dumps([a2q.__file__, a2q_studio.__file__, version("a2q-studio"), data.num_nodes, read_sample("gin").run.id]))
"""
    *files, installed, nodes, sample = json.loads(done(scripts / "python", "-c", code, **elsewhere))
    assert all(Path(file).is_relative_to(scripts.parent) for file in files)
    assert (installed, nodes) == (VERSION, 1476)
    assert sample


def test_the_command_trains(scripts: Path, elsewhere: dict[str, object]) -> None:
    listed = json.loads(done(scripts / "a2q", "datasets", "--json", **elsewhere))
    ready = {entry["name"] for entry in listed if entry["ready"]}
    assert {"torch-imports", "karate-club", "generated-citations"} <= ready
    assert "cora" not in ready
    settings = ("--set", "training.epochs=2", "--set", "training.warm_start=false", "--set", "training.distillation=0")
    (run,) = json.loads(done(scripts / "a2q", "train", "karate-club", *settings, "--json", **elsewhere))
    assert (run["dataset"], run["state"]) == ("karate-club", "finished")


def answers(url: str) -> bool:
    """Whether the app says that it is well."""
    try:
        return requests.get(url, timeout=60).text == "ok"
    except requests.ConnectionError:
        return False


@pytest.fixture
def served(scripts: Path, elsewhere: dict[str, object], tmp_path: Path) -> Iterator[str]:
    """The address (without its scheme) at which the installed app answers, read-only."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = (scripts / "a2q-studio", "--port", str(port), "--host", "127.0.0.1", "--read-only")
    log = tmp_path / "log"
    with log.open("wb") as told:
        server = subprocess.Popen(command, stdout=told, stderr=told, **elsewhere)  # type: ignore[call-overload]
    try:
        while not answers(f"http://127.0.0.1:{port}/_stcore/health"):
            assert server.poll() is None, log.read_text(encoding="utf-8")
            time.sleep(0.1)
        yield f"127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def test_the_app_is_served_with_its_theme_and_read_only(
    scripts: Path, elsewhere: dict[str, object], served: str
) -> None:
    assert done(scripts / "a2q-studio", "--version", **elsewhere) == f"a2q-studio {VERSION}\n"
    wanted = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    ask = BackMsg()
    ask.rerun_script.page_name = "help"
    theme, words, complete = None, "", False
    with connect(f"ws://{served}/_stcore/stream", subprotocols=["streamlit"], max_size=2**28) as page:  # type: ignore[list-item]
        page.send(ask.SerializeToString())
        while not complete:
            message = ForwardMsg.FromString(page.recv(decode=False))
            kind = message.WhichOneof("type")
            if kind == "new_session":
                theme = message.new_session.custom_theme
            elif kind == "delta":
                words += str(message.delta.new_element.alert.body) + str(message.delta.new_element.markdown.body)
            complete = kind == "script_finished"
    assert theme is not None
    assert theme.light.primary_color == wanted["theme"]["light"]["primaryColor"]
    assert theme.dark.background_color == wanted["theme"]["dark"]["backgroundColor"]
    assert READ_ONLY in words
    assert f"A²Q Studio {VERSION} · Help" in words
