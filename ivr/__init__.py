"""A voice line for people with persistent back pain: its Flask app.

The life of one call:

1. Twilio posts the call to `/voice`. The signature is checked; the answer is TwiML
   that says the greeting and the first red-flag question, and gathers a key or a word.
2. Twilio posts the answer to `/voice/en/bladder-bowel/1`: language, node, attempt.
   That path is all the state a call has. The engine looks up the node's way out and
   follows it to the next place to wait; the turn there is rendered as TwiML.
3. A yes, a not sure or repeated silence is answered with advice, and the CareLine is
   dialled. Six noes lead to the main menu: nurses, benefits, self-care, numbers.
4. When a dialled leg ends, Twilio posts its outcome to the transfer's own path. After one
   that was put through, whoever still holds the line is asked whether they reached a nurse:
   silence says goodbye. Anything else goes on to the next number.
5. Whatever fails on the way, the safe exit dials the CareLine.

What is where, from the inside out:

    call              the call itself, pure: table and engine
    config_errors     faults in what an operator writes
    tables            TOML files, read with all their faults
    holiday_calendar  named holidays
    directory         whose line it is, numbers, hours
    wording           prompts files
    config            settings, and the line that they describe
    spoken            how long words take to say
    text              the call as text, for a TTY
    twilio            webhooks, TwiML, media streams: all that is Twilio's
    proof             laws, lengths, map, wording for review
    served_line       the line as it is served, which takes up edited files
    own_line          this line, as the simulator calls it
    own_documents     its documents, as the proof walks them
"""

from __future__ import annotations

import logging
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ivr.config import Settings, VoiceLine, configure
from ivr.config_errors import ConfigError

if TYPE_CHECKING:
    from flask import Flask

    from ivr.twilio.incidents import Incidents
    from ivr.twilio.webhook_request import Clock

logger = logging.getLogger(__name__)

__all__ = ["ConfigError", "Settings", "create_app"]


def create_app(
    settings: Settings | None = None, *, clock: Clock | None = None, streams: bool = True
) -> Flask:
    """The voice line as a Flask app.

    `settings` are read from the environment if left out; `clock` returns the time
    as an aware datetime, by default the time it is; without `streams`, TTY calls are
    put through, as where the extra `tty` is not installed. Raises ConfigError with
    every gap and fault if the line is not fully configured.
    """
    from flask import Flask  # noqa: PLC0415 - takes long to import, and a proof needs no server

    from ivr.twilio.incidents import Incidents  # noqa: PLC0415 - the same
    from ivr.twilio.webhooks import Webhooks  # noqa: PLC0415 - the same

    settings = settings or Settings.from_environment(os.environ)
    clock = clock or _now
    line = configure(settings)
    for warning in line.directory.warnings():
        logger.warning("directory: %s", warning)
    app = Flask(__name__, static_folder=None)
    incidents = Incidents()
    app.extensions["incidents"] = incidents
    reads = streams and _serve_tty(app, line, settings, clock, incidents)
    Webhooks(line, settings, clock, incidents, reads=reads).register(app)
    return app


def _serve_tty(
    app: Flask, line: VoiceLine, settings: Settings, clock: Clock, incidents: Incidents
) -> bool:
    """Serve callers on a TTY in text, if that is installed: whether it is."""
    try:
        from ivr.twilio.baudot_sounds import BaudotSounds  # noqa: PLC0415 - an extra
        from ivr.twilio.stream_server import Streams  # noqa: PLC0415 - an extra
    except ImportError:
        logger.warning("TTY calls are put through by voice: install the extra `tty` to read them")
        return False
    if line.tty is not None:
        streams = Streams(line.tty, settings, clock, incidents)
        streams.register(app)
        app.extensions["streams"] = streams
        BaudotSounds(line.tty).register(app)
    return line.tty is not None


def _now() -> datetime:
    return datetime.now(UTC)
