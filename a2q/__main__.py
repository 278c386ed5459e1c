"""``python -m a2q``"""

import sys

try:
    from a2q.cli import main
except KeyboardInterrupt:
    # The libraries take seconds to load; nothing has begun.
    sys.exit(130)

sys.exit(main())
