"""How gunicorn serves the line: `gunicorn wsgi:app`, from this folder, behind deploy/nginx.conf.

`kill -HUP` takes up an edited directory and edited prompts, if all of them are right.
"""

from __future__ import annotations

import logging
import signal
from pathlib import Path
from typing import TYPE_CHECKING

from ivr.twilio.room import STRANGERS, STREAMS, WEBHOOKS

if TYPE_CHECKING:
    from types import FrameType

    from gunicorn.arbiter import Arbiter  # type: ignore[import-untyped]
    from gunicorn.workers.base import Worker  # type: ignore[import-untyped]

bind = "127.0.0.1:8000"
preload_app = True
worker_class = "gthread"
workers = 2
threads = STREAMS + STRANGERS + WEBHOOKS
worker_connections = 2 * threads

graceful_timeout = 60
"""Seconds in which a worker that stops hands over what it holds; a page is read within 30."""

worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - in memory: workers show that they live there, full disk or not

control_socket_disable = True
"""Nothing else listens; gunicorn would make a socket in the home folder."""

logging.basicConfig(format="%(asctime)s [%(process)d] [%(levelname)s] %(message)s")


def post_worker_init(worker: Worker) -> None:
    """A worker that is told to stop hands over its conversations, and then waits for them."""
    wait = signal.getsignal(signal.SIGTERM)

    def stop(number: int, frame: FrameType | None) -> None:
        worker.wsgi.hand_over()
        if callable(wait):
            wait(number, frame)

    signal.signal(signal.SIGTERM, stop)


def on_reload(server: Arbiter) -> None:
    """Before new workers begin: the files are read again, and served if they are right."""
    refused = server.app.wsgi().reload()
    if refused:
        server.log.error("the change is refused, the line goes on as it was: %s", refused)
    else:
        server.log.info("The directory and the prompts were read again")
