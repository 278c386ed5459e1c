from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from a2q.datasets import CATALOGUE


def page() -> None:
    from a2q.datasets import CATALOGUE, DatasetConfig
    from a2q_studio.pages.data.card import show_card

    for name, card in CATALOGUE.items():
        show_card(card, DatasetConfig(name=name))


def test_every_card_tells_all_there_is_to_know_beforehand() -> None:
    app = AppTest.from_function(page, default_timeout=30).run()
    assert not app.exception
    texts = [text.value for text in app.markdown]
    # What to learn, then the rest of the card.
    for card, why, facts in zip(CATALOGUE.values(), texts[::2], texts[1::2], strict=True):
        assert why == f"**{card.title}** · {card.why}"
        for fact in (card.split, card.source, card.licence, card.citation, card.task):
            assert fact in facts
        assert all(f"**{label}**: " in facts for label in ("On disk", "Needs", "Memory to train"))
        assert ("inductive" in facts) == card.inductive


def test_a_set_that_is_here_tells_its_own_size(published_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without = AppTest.from_function(page, default_timeout=30).run()
    monkeypatch.setenv("A2Q_DATA", str(published_data))
    app = AppTest.from_function(page, default_timeout=30).run()
    number = 2 * list(CATALOGUE).index("pubmed") + 1
    assert "8.3 MiB of raw files, here" in app.markdown[number].value
    assert "8.3 MiB of raw files  " in without.markdown[number].value
    assert "told when the download starts" in without.markdown[2 * list(CATALOGUE).index("reddit") + 1].value
