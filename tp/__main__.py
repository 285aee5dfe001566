"""``python -m tp``."""

import sys

from tp.cli import main

if __name__ == "__main__":
    sys.exit(main())
