import re
from pathlib import Path

import pytest

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)


def test_there_are_examples() -> None:
    assert len(EXAMPLES) == 3


@pytest.mark.parametrize("example", EXAMPLES, ids=["own loop", "our loop", "own model"])
def test_an_example_runs_as_it_is_printed(example: str, capsys: pytest.CaptureFixture[str]) -> None:
    exec(example, {"__name__": "__main__"})
    assert re.search(r"\d\.\d+", capsys.readouterr().out)
