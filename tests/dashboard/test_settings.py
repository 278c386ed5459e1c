import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def settings() -> dict:
    """.streamlit/config.toml"""
    return tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))


def test_nothing_is_reported_to_anyone(settings) -> None:
    assert settings["browser"]["gatherUsageStats"] is False
    assert settings["server"]["showEmailPrompt"] is False


def test_the_server_is_closed(settings) -> None:
    server = settings["server"]
    assert server["address"] == "127.0.0.1"
    assert server["enableXsrfProtection"] is True
    assert 0 < server["maxUploadSize"] <= 200
    assert settings["client"]["showErrorDetails"] == "none"
    assert settings["client"]["showErrorLinks"] is False


def test_both_themes_are_defined_and_none_is_forced(settings) -> None:
    # Any colour or base in plain [theme] would take the choice of light and dark from the reader.
    plain = {name for name, value in settings["theme"].items() if not isinstance(value, dict)}
    assert not {name for name in plain if "color" in name.lower() or name == "base"}
    light, dark = settings["theme"]["light"], settings["theme"]["dark"]
    assert light.keys() == dark.keys()
    assert {"primaryColor", "backgroundColor", "textColor"} <= light.keys()
    assert light["backgroundColor"] != dark["backgroundColor"]


def test_no_file_asks_another_server_for_anything(settings) -> None:
    text = (ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8")
    icon = (ROOT / "dashboard" / "a2q_studio" / "assets" / "icon.svg").read_text(encoding="utf-8")
    assert "://" not in text
    assert set(re.findall(r"https?://[^\"' ]+", icon)) == {"http://www.w3.org/2000/svg"}
