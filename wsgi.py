"""The app that a WSGI server loads: `gunicorn wsgi:app`."""

import atexit
import sys

from ivr import ConfigError
from ivr.served_line import ServedLine

BOOT_FAILED = 3
"""The exit status on which gunicorn gives up instead of starting another worker."""

try:
    app = ServedLine()
except ConfigError as error:
    sys.stderr.write(f"{error}\n")
    sys.exit(BOOT_FAILED)

atexit.register(app.tell_incidents)
