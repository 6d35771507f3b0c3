"""`python -m migsafe`."""

import sys

from migsafe.cli.__main__ import main

sys.exit(main())
