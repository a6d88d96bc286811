"""`python -m core.cli` is `mtaa`."""

import sys

from core.cli import main

sys.exit(main())
