"""``python -m tp``."""

import sys

from tp.cli import main

sys.exit(main())
