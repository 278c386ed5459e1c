"""Whatever an address holds, no page breaks: in eleven links to each page, every parameter takes each hostile value."""

import pytest
from google.protobuf.message import Message
from streamlit.testing.v1 import AppTest

from a2q_studio.frame.app import PAGES

HOSTILE: dict[str, str | list[str]] = {
    "endless digits": "9" * 6_000,
    "a negative number": "-1",
    "no number": "NaN",
    "more than any number": "1e999",
    "emoji": "\U0001f9e8" * 40,
    "ten kilobytes": "x" * 10_000,
    "control characters": "\x00\x1b[31m\u202e\r\n",
    "half a document": '{"name": [[[[',
    "markup": "<script>alert(1)</script>![x](https://example.org/x.png)",
    "many times": ["1", "2", "-3", "zzz"],
    "nothing": "",
}
# Read by the pages themselves; what widgets read, they tell.
READ = ("run", "runs", "node", "nodes", "selection", "on", "from", "hide", "lock", "step")


def bound(message: Message) -> set[str]:
    """Every parameter that a widget in this part of a page reads."""
    found: set[str] = set()
    for field, value in message.ListFields():
        if field.name == "query_param_key":
            found.add(value)
        elif field.type == field.TYPE_MESSAGE:
            for inner in value if field.is_repeated else [value]:
                found |= bound(inner)
    return found


def parameters(app: AppTest) -> set[str]:
    """The parameters that a page reads."""
    protos = [element.proto for element in app if isinstance(getattr(element, "proto", None), Message)]
    return {*READ, *(name for proto in protos for name in bound(proto))}


LINKS: list[tuple[str, dict[str, str]]] = [
    *((page, {}) for page in PAGES),
    *(("learn", {"step": str(step)}) for step in range(2, 8)),
    ("explore", {"node": "7"}),
    ("data", {"graph": "karate-club"}),
]
"""Pages, and what a link has to say for some of their parts to be there; all else in it is hostile."""


@pytest.mark.parametrize(("page", "said"), LINKS, ids=lambda part: str(part))
def test_no_value_breaks_a_page(open_page, runs_here, page: str, said: dict[str, str]) -> None:
    run = {"run": runs_here.a2q} if said and page == "explore" else {}
    names = sorted(parameters(open_page(page, **run, **said)) - {*said, *run})
    values = list(HOSTILE.values())
    for turn in range(len(values)):
        # No page shows an exception: opening it says so.
        open_page(
            page, **run, **said, **{name: values[(turn + place) % len(values)] for place, name in enumerate(names)}
        )


def test_the_parameters_are_found_where_they_are_read(open_page, runs_here) -> None:
    assert {"layer", "colour", "hops", "rows"} <= parameters(open_page("explore", run=runs_here.a2q, node="7"))
    assert {"acc_lanes", "acc_view", "acc_clock_ghz"} <= parameters(open_page("accelerator", run=runs_here.a2q))
