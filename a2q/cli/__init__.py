"""Commands of ``python -m a2q``, one module each; :mod:`a2q.cli.app` lists them, each a plain function for typer."""
