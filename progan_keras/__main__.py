"""Lets `python -m progan_keras` be the command `progan`."""

import sys

from progan_keras.cli.main import main

sys.exit(main())
