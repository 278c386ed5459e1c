"""Names of this page's widgets, which are its parameters in a link too."""


def key(name: str) -> str:
    """Unlike the other pages' names: widgets of one name are one widget, on whichever page they stand."""
    return f"acc_{name}"
