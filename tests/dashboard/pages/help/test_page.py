import pytest

from a2q_studio.glossary import TERMS
from a2q_studio.pages.help.reference import CAVEATS, FORMULAS, VARIABLES


def said(app) -> str:
    return "\n".join(element.value for element in [*app.markdown, *app.subheader])


def test_the_glossary_is_shown_first_and_can_be_searched(open_page) -> None:
    app = open_page("help")
    assert all(f"**{term.name}**" in said(app) for term in TERMS)
    app.text_input(key="term").set_value("clipping").run()
    assert "**clipping range**" in said(app)
    assert "**hub**" not in said(app)
    app.text_input(key="term").set_value("no such word").run()
    assert "clear the search" in app.info[0].value


def test_a_link_opens_a_search(open_page) -> None:
    app = open_page("help", term="bit-serial")
    assert "**bit-serial**" in said(app)
    assert "**hub**" not in said(app)


@pytest.mark.parametrize(
    ("topic", "expected"),
    [
        ("Method", [formula.title for formula in FORMULAS]),
        ("Caveats", [caveat.title for caveat in CAVEATS]),
        ("Keyboard", ["Show as table"]),
        ("Server", list(VARIABLES)),
        ("About", ["MIT licence", "arXiv 2302.00193"]),
    ],
)
def test_each_topic_has_an_address(open_page, topic: str, expected: list[str]) -> None:
    app = open_page("help", topic=topic)
    assert app.session_state["topic"] == topic
    (tab,) = [tab for tab in app.tabs if tab.label == topic]
    assert all(words in said(tab) for words in expected)
    assert "**hub**" not in said(tab)


def test_licences_are_those_of_the_installed_packages(open_page) -> None:
    rows = open_page("help", topic="About").dataframe[0].value.set_index("library")
    assert "streamlit" in rows.index and "torch" in rows.index
    assert rows["licence"].str.len().gt(0).all()
    assert rows.loc["streamlit", "licence"].startswith("Apache")


def test_help_needs_no_store(open_page, monkeypatch) -> None:
    monkeypatch.setenv("A2Q_DATABASE_URL", "secret")
    app = open_page("help")
    assert len(app.error) == 1
    assert "**hub**" in said(app)
