"""``python -m a2q``"""

import sys

from a2q.cli import main

sys.exit(main())
