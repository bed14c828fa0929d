"""The WebSocket that Twilio's Media Streams open.

All streams of a process are held by one event loop in a thread of its own: a thread a
stream, woken fifty times a second, costs more than all its work. The thread that serves
the request waits until the stream is over, since servers close what they are done with.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import datetime
from http import HTTPStatus
from typing import cast

from flask import Flask, Response, request

from ivr.config import Settings, VoiceLine
from ivr.config_errors import described
from ivr.text.actions import GoTo
from ivr.twilio.call_redirect import CallRedirector
from ivr.twilio.stream_session import Refused, Session, make_first_texts
from ivr.twilio.tickets import SAFE_EXIT_PATH, STREAM, STREAM_PATH, Tickets
from ivr.twilio.websocket import Over, Unusable, WebSocket, connection

logger = logging.getLogger(__name__)

TICK = 0.5
"""Seconds after which time passes though no message comes."""

START_SECONDS = 5.0
"""In which a stream has to begin; Twilio's first messages come at once."""

STRANGERS = 16
"""Streams of a process that may wait to be admitted at once; each holds one of its threads."""

UNREAD_BYTES = 4 * 1024 * 1024
"""What the other side may leave unread, several minutes of our sound; then it is gone."""

PING_SECONDS = 20.0
"""Without a byte, after which the other side is asked whether it is there."""

GONE_SECONDS = 60.0
"""Without a byte, after which it is gone."""

CLOSE_SECONDS = 5.0
"""In which the other side has to agree that the stream is closed, and to read what is left."""

MOVES = 16
"""Calls that are moved at once; others wait."""


class Streams:
    """Serves streams."""

    def __init__(self, line: VoiceLine, settings: Settings, clock: Callable[[], datetime]) -> None:
        """Serve `line`, the one for a TTY."""
        make_first_texts(line)
        self._line = line
        self._settings = settings
        self._clock = clock
        self._tickets = Tickets(settings.auth_token)
        self._mover = CallRedirector(settings.api_url, settings.auth_token)
        self._moves = ThreadPoolExecutor(MOVES, "moves")
        self._strangers = threading.Semaphore(STRANGERS)
        self._begun = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    def register(self, app: Flask) -> None:
        """Put the WebSocket into the app."""
        app.add_url_rule(STREAM_PATH, STREAM, self.serve, websocket=True)

    def serve(self) -> Response:
        """Hold the stream that the request opens, until it is over."""
        socket = connection(request.environ)
        if socket is None:
            logger.error("no stream: serve the line by gunicorn's gthread, behind what ends TLS")
            return Response(status=HTTPStatus.NOT_IMPLEMENTED)
        base = self._settings.base_url or request.root_url.rstrip("/")
        session = Session(self._line, self._tickets, self._clock)
        try:
            websocket = WebSocket(request.environ)
        except Unusable:
            return Response(status=HTTPStatus.BAD_REQUEST)
        if not self._strangers.acquire(blocking=False):
            logger.error("no stream: too many wait to be admitted")
            return Response(status=HTTPStatus.SERVICE_UNAVAILABLE)
        loop = self._running()
        stream = Stream(loop, websocket, session, mover=self._mover, moves=self._moves, base=base)
        try:
            held = loop.connect_accepted_socket(lambda: stream, socket)
            asyncio.run_coroutine_threadsafe(held, loop).result()
            stream.known.wait()
        finally:
            self._strangers.release()
        stream.over.wait()
        return Over()

    def _running(self) -> asyncio.AbstractEventLoop:
        """The loop, begun with the first stream: a server may fork before."""
        with self._begun:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=self._loop.run_forever, name="streams", daemon=True).start()
            return self._loop


class Stream(asyncio.Protocol):
    """One stream: its session is told what comes in, and what that says is done."""

    def __init__(  # noqa: PLR0913 - what surrounds a stream is named, not wrapped
        self,
        loop: asyncio.AbstractEventLoop,
        socket: WebSocket,
        session: Session,
        *,
        mover: CallRedirector,
        moves: Executor,
        base: str,
    ) -> None:
        """Hold this session in a loop; `base` is the URL under which our webhooks are."""
        self.known = threading.Event()
        """Set once it was admitted, or is over."""
        self.over = threading.Event()
        self._loop = loop
        self._socket = socket
        self._session = session
        self._mover = mover
        self._moves = moves
        self._base = base
        self._left = False

    # What the loop tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection is ours."""
        self._transport = cast("asyncio.Transport", transport)
        self._opened = self._read = self._ticked = self._loop.time()
        self._seconds = 0.0
        self._webhook = False
        self._send()
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Bytes have come."""
        self._read, self._webhook = self._loop.time(), False
        for message in self._socket.receive(data):
            self._do(self._session.receive(message))
        self._send()

    def connection_lost(self, error: Exception | None) -> None:
        """It is over."""
        del error
        self._timer.cancel()
        self.known.set()
        self.over.set()

    # Time

    def _wait(self) -> None:
        self._timer = self._loop.call_later(TICK, self._tick)

    def _tick(self) -> None:
        """Time has passed, perhaps without a message, or with none that says so."""
        self._wait()
        now = self._loop.time()
        self._do(self._waited(now))
        self._ticked, self._seconds = now, self._session.seconds
        if now - self._read >= PING_SECONDS and not self._webhook:
            self._webhook = True
            self._socket.ping()
        self._send()
        if now - self._read >= GONE_SECONDS:
            self._transport.abort()

    def _waited(self, now: float) -> Iterator[str | GoTo]:
        if self._session.call is None and now - self._opened > START_SECONDS:
            raise Refused("the stream did not begin")
        if self._session.seconds == self._seconds:
            yield from self._session.waited(now - self._ticked)

    # What the session says

    def _do(self, told: Iterable[str | GoTo]) -> None:
        """Do what the session says. What fails in it takes the safe exit."""
        if self._left:
            return
        try:
            for each in told:
                if isinstance(each, str):
                    self._socket.send(each)
                else:
                    self._move(each.path, self._moved)
            if self._session.call is not None:
                self.known.set()
            if self._session.ended:
                self._leave()
        except Refused as error:
            logger.warning("a stream was refused: %s", error)
            self._leave()
        except Exception as error:  # noqa: BLE001 - whatever fails, a person is reached
            logger.error("safe exit: %s", described(error))  # noqa: TRY400 - no caller's data
            self._left = True
            self._move(SAFE_EXIT_PATH, lambda _: self._leave())

    def _move(self, path: str, then: Callable[[asyncio.Future[bool]], None]) -> None:
        """Let the call go on elsewhere; the other streams do not wait for it."""
        if self._session.call is None:
            self._leave()
            return
        url = self._base + path
        moved = self._loop.run_in_executor(self._moves, self._mover.move, self._session.call, url)
        moved.add_done_callback(then)

    def _moved(self, moved: asyncio.Future[bool]) -> None:
        if moved.result():
            self._session.moved()
        self._do(() if moved.result() else self._session.not_moved())
        self._send()

    def _leave(self) -> None:
        self._left = True
        self._socket.close()
        self._send()
        self._loop.call_later(CLOSE_SECONDS, self._transport.abort)

    def _send(self) -> None:
        if self._transport.get_write_buffer_size() > UNREAD_BYTES:
            self._transport.abort()
            return
        for data in self._socket.to_send():
            if data:
                self._transport.write(data)
            else:
                self._transport.close()
                self._loop.call_later(CLOSE_SECONDS, self._transport.abort)
