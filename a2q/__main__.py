"""``python -m a2q`` and the console script ``a2q``."""

import gc
import sys


def run() -> None:
    """Do what the command line asks for, and end with its exit code."""
    # Importing makes objects that stay; looking for garbage among them takes an eighth of a short command's time.
    gc.disable()
    try:
        from a2q.cli.app import main
    except KeyboardInterrupt:
        # Nothing has begun.
        sys.exit(130)
    gc.enable()
    sys.exit(main())


if __name__ == "__main__":
    run()
