"""The WebSocket that Twilio's Media Streams open.

One thread holds one stream: under gunicorn, a thread of `gthread`. So a worker holds at
most as many TTY calls as it has threads, less those that answer webhooks.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from datetime import datetime

from flask import Flask, request
from flask_sock import Sock
from simple_websocket import ConnectionClosed
from simple_websocket import Server as WebSocket

from ivr.config import Settings, VoiceLine
from ivr.faults import described
from ivr.tty.moving import Mover
from ivr.tty.session import GoTo, Refused, Session
from ivr.tty.tickets import SAFE_EXIT_PATH, STREAM, STREAM_PATH, Tickets

logger = logging.getLogger(__name__)

TICK = 0.5
"""Seconds after which time passes though no frame comes."""

START_SECONDS = 10.0
"""In which a stream has to begin; Twilio's first messages come at once."""


class Streams:
    """Serves streams."""

    def __init__(self, line: VoiceLine, settings: Settings, clock: Callable[[], datetime]) -> None:
        """Serve `line`, the one for a TTY."""
        self._line = line
        self._settings = settings
        self._clock = clock
        self._tickets = Tickets(settings.auth_token)
        self._mover = Mover(settings.api_url, settings.auth_token)

    def register(self, app: Flask) -> None:
        """Put the WebSocket into the app."""
        Sock(app).route(STREAM_PATH, endpoint=STREAM)(self.serve)

    def serve(self, socket: WebSocket) -> None:
        """Hold one stream until it ends."""
        base = self._settings.base_url or request.root_url.rstrip("/")
        session = Session(self._line, self._tickets, self._clock)
        try:
            self._hold(socket, session, base)
        except ConnectionClosed:
            pass
        except Refused as error:
            logger.warning("a stream was refused: %s", error)
        except Exception as error:  # noqa: BLE001 - whatever fails, a person is reached
            logger.error("safe exit: %s", described(error))  # noqa: TRY400 - no caller's data
            if session.call is not None:
                self._mover.move(session.call, base + SAFE_EXIT_PATH)

    def _hold(self, socket: WebSocket, session: Session, base: str) -> None:
        last = time.monotonic()
        while not session.ended:
            text = socket.receive(timeout=TICK)
            now = time.monotonic()
            if text is None:
                if session.call is None and now - last > START_SECONDS:
                    raise Refused("the stream did not begin")
                self._tell(socket, session, session.waited(TICK), base)
                continue
            last = now
            self._tell(socket, session, session.receive(text), base)

    def _tell(
        self, socket: WebSocket, session: Session, told: Iterable[str | GoTo], base: str
    ) -> None:
        for each in told:
            if isinstance(each, str):
                socket.send(each)
            elif session.call is not None and not self._mover.move(session.call, base + each.path):
                self._tell(socket, session, session.not_moved(), base)
