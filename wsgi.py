"""The app that a WSGI server loads: `gunicorn --preload wsgi:app`."""

import sys

from ivr import ConfigError, create_app

BOOT_FAILED = 3
"""The exit status on which gunicorn gives up instead of starting another worker."""

try:
    app = create_app()
except ConfigError as error:
    sys.stderr.write(f"{error}\n")
    sys.exit(BOOT_FAILED)
