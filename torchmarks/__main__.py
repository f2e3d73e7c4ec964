"""`python -m torchmarks`."""

import sys

from torchmarks.cli import main

sys.exit(main())
