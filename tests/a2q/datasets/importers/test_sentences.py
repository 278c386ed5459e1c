"""What users are told of files that were damaged at random, and of those that cannot mean what they say."""

import random
import re

import pytest

from a2q.datasets import DatasetError

INSIDE = re.compile(
    r"NoneType|Traceback|codec|pandas|pyarrow|[Dd]type|KeyError|object at|0x[0-9a-f]{4,}|[a-z]+Error\b|thrift|float64"
    r"|int64|usecols|invalid literal|subscript|\('|\bNone\b|index out of|not iterable|(?<!')\bb'"
)
"""Words of libraries and of Python."""
PLACE = re.compile(
    r"[Rr]ow|[Nn]ode|[Ee]dge|[Ee]ntry|[Ll]ine|[Cc]olumn|array|byte|files|default of|'[^']+'|\(.+\)|is empty"
)
"""What names a row, a column, a field, or says in brackets what is wrong."""


def damaged(content: bytes, rng: random.Random) -> bytes:
    """With up to four bytes changed, or cut off."""
    spoilt = bytearray(content)
    if rng.random() < 0.15:
        return content[: rng.randrange(len(content))]
    for _ in range(rng.choice([1, 1, 2, 4])):
        spoilt[rng.randrange(len(content))] = rng.randrange(256)
    return bytes(spoilt)


@pytest.mark.parametrize(
    "form", ["csv", "tsv", "txt", "parquet", "graphml", "gexf", "gml", "json", "npz", "npz-sparse", "npz-scipy", "mtx"]
)
def test_sentences_on_damaged_files(form: str, formats, take) -> None:
    rng = random.Random(form)
    told: set[str] = set()
    for place, file in enumerate(formats[form]):
        for _ in range(25 if file else 0):
            files = list(formats[form])
            files[place] = (file[0], damaged(file[1], rng))
            try:
                take(*files)
            except DatasetError as error:
                told.add(str(error))
    names = [file[0] for file in formats[form] if file]
    assert len(told) >= 5
    for sentence in told:
        assert len(sentence) <= 300, sentence
        assert sentence[0].isalnum() and sentence.endswith(".") and sentence.isprintable(), sentence
        assert any(name in sentence for name in names) or sentence.startswith("The split"), sentence
        assert not INSIDE.search(sentence), sentence
        assert PLACE.search(sentence), sentence
        assert ";" in sentence, sentence
