"""Commands of ``python -m a2q`` in rooms of their own; :mod:`a2q.cli` lists them, each a plain function for typer."""
