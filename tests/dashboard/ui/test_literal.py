import pytest

from a2q_studio.ui.literal import literal, message


@pytest.mark.parametrize("text", ["[x](http://elsewhere)", "![x](y)", "<http://x>", "**b** `c` $f$ :red[x] # h"])
def test_every_mark_is_escaped(text: str) -> None:
    escaped = literal(text)
    assert escaped.replace("\\", "") == text
    assert all(escaped[place - 1] == "\\" for place, mark in enumerate(escaped) if mark in "[]()<>*`$:#!")


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("The loss is no longer a number.", "The loss is no longer a number."),
        ("![x](http://y)", "!\\[x\\](http\\://y)"),
        ("see http://y or www.y", "see http\\://y or www\\.y"),
        (":red[x] a@b <i>", "\\:red\\[x\\] a\\@b \\<i\\>"),
        ("# one\n\n# two", "\\# one # two"),
        ("x" * 300, "x" * 300),
        ("x" * 70_000, "x" * 299 + "…"),
    ],
)
def test_a_message_is_one_line_without_links_of_at_most_300_characters(text: str, drawn: str) -> None:
    assert message(text) == drawn
