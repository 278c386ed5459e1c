"""Bits from files and other runs."""

from pathlib import Path

import numpy as np
import pytest

from a2q.config import ConfigError
from a2q.experiments.given_bits import GIVEN, read_bits
from a2q.experiments.store.arrays import unpack


def _file(folder: Path, text: str) -> Path:
    file = folder / "bits.csv"
    file.write_text(text, encoding="utf-8")
    return file


def test_columns_of_layers_are_read(tmp_path: Path) -> None:
    name, payloads = read_bits(_file(tmp_path, "node,layer2, layer2-map3\n0,1,8\n1,0,2\n"))
    assert name.startswith("file-")
    found = {key: unpack(payload).tolist() for key, payload in payloads.items()}
    assert found == {f"{GIVEN}layer2": [1, 0], f"{GIVEN}layer2-map3": [8, 2]}


def test_the_name_follows_the_content(tmp_path: Path) -> None:
    names = [read_bits(_file(tmp_path, f"layer2\n1\n{last}\n"))[0] for last in (2, 2, 3)]
    assert names[0] == names[1] != names[2]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("node,bits\n0,1\n", "has the columns node, bits; give the bits in columns called after the layer"),
        ("layer2\n1\n9\n", "Row 3 of bits.csv has '9' bits in column layer2"),
        ("layer2\n1\n1.5\n", "Row 3 of bits.csv has '1.5' bits in column layer2"),
        ("layer2\n1\nmany\n", "Row 3 of bits.csv has 'many' bits in column layer2"),
        ("layer2,layer3\n1,\n", "Row 2 of bits.csv has"),
        ("", "cannot be read as CSV"),
    ],
)
def test_what_is_no_bits_is_told_with_its_row(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(ConfigError) as error:
        read_bits(_file(tmp_path, text))
    assert told in str(error.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none.csv, cannot be opened \(No such file or directory\)"):
        read_bits(tmp_path / "none.csv")


def test_values_are_kept_small(tmp_path: Path) -> None:
    _, payloads = read_bits(_file(tmp_path, "layer2\n1\n"))
    assert unpack(payloads[f"{GIVEN}layer2"]).dtype == np.uint8
