"""How to use the pages without a mouse."""

KEYS = (
    ("Tab, Shift + Tab", "Go to the next or previous control: past the pages, the queue and Share into the page."),
    ("Enter or Space", "Press a button, open a list, switch a toggle; on a page's name, open it."),
    ("↑ ↓ in a list", "Choose; typing searches: run pickers find any part of a name or id."),
    ("← → on a slider or a row of choices", "Move it by one."),
    ("Esc", "Close a list, a table or the queue."),
)
"""Keys and what they do."""

CHARTS = (
    "A chart is a picture that keys do not reach. Under each stands **Show as table** with the same numbers, and where "
    "a chart selects nodes, a search box or the node table selects them too. The title of a chart says what is to be "
    "seen in it, and is what a screen reader reads out."
)
