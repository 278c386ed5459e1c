"""The variables that set up a server or a command."""

VARIABLES = {
    "A2Q_HOME": "Folder for runs (`runs.sqlite`), logs and caches; by default `~/.cache/a2q`.",
    "A2Q_DATA": "Folder of raw data sets that are used where they are, so that nothing needs to be downloaded.",
    "A2Q_DATABASE_URL": "SQLAlchemy address of the run store, such as `postgresql+psycopg://…`; by default a file "
    "under `A2Q_HOME`.",
    "A2Q_SCHEDULER": "Address of a Dask scheduler, such as `tcp://host:8786`: runs train there instead of here. While "
    "it does not answer, runs stay queued.",
    "A2Q_WORKERS": "How many runs train at once on this machine; by default all cores but one.",
    "A2Q_SESSION_RUNS": "How many runs one browser session may have waiting or training; by default 50.",
    "A2Q_READONLY": "`1` serves pages for looking only: no training, cancelling, deleting or notes. The command line "
    "still can.",
}
"""Each variable and what it does."""


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
