"""The line of this project, as the simulator calls it when no target is named."""

from __future__ import annotations

import os
import secrets
from dataclasses import replace
from datetime import tzinfo
from functools import partial
from urllib.parse import urlsplit

from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from ivr import Settings
from ivr.call.lines import NAVIGATOR
from ivr.config import line_from
from ivr.proof.map import call_map
from ivr.served_line import ServedLine
from offhook.account.exchange import Line
from offhook.callers.target import LOOPBACK_URL, Target
from offhook.carrier.transport import WsgiTransport
from offhook.commands import Own


def own_target(auth_token: str, *, public: bool = True) -> Target:
    """The line of this project, called in this process under its public URL.

    If not `public`, the URL of each request counts, as for a line that is served here.
    """
    settings = Settings.from_environment(os.environ)
    token = auth_token or settings.auth_token or secrets.token_hex(16)
    settings = replace(settings, auth_token=token)
    settings = settings if public else replace(settings, public_url=None)
    base = settings.base_url or LOOPBACK_URL
    app = ServedLine(settings)
    prefix = urlsplit(base).path
    mounted = DispatcherMiddleware(NotFound(), {prefix: app}) if prefix else app
    line = Line(f"{base}/voice", f"{base}/voice/status")
    transport = WsgiTransport(mounted, base)
    return Target(
        "the back pain line", line, transport, token, dated=True, refresh=app.take_up_edits
    )


def own_map() -> str:
    """The call map of the line."""
    return call_map(line_from(os.environ).engine.table)


def own_zone() -> tzinfo | None:
    """The zone of the line's office hours."""
    hours = line_from(os.environ).directory.lines[NAVIGATOR].hours
    return hours.zone if hours else None


OWN = Own(own_target, own_map, own_zone, partial(own_target, public=False))
"""What `ivr phone`, `ivr scenario` and `ivr load` call when no target is named."""
