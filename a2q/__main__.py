"""``python -m a2q`` and the console script ``a2q``."""

import sys


def run() -> None:
    """Do what the command line asks for, and end with its exit code."""
    try:
        from a2q.cli.app import main
    except KeyboardInterrupt:
        # The libraries take seconds to load; nothing has begun.
        sys.exit(130)
    sys.exit(main())


if __name__ == "__main__":
    run()
