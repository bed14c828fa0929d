"""The WebSocket that Twilio's Media Streams open.

All streams of a process are held by one event loop in a thread of its own: a thread a
stream, woken fifty times a second, costs more than all its work. The thread that serves
the request waits until the stream is over, since servers close what they are done with.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import cast

from flask import Flask, Response

from ivr.config import Settings, VoiceLine
from ivr.config_errors import described
from ivr.text.actions import GoTo
from ivr.twilio.call_redirect import CallRedirector, CallRef
from ivr.twilio.incidents import Incidents
from ivr.twilio.room import STRANGERS, STREAMS
from ivr.twilio.signature import Signature
from ivr.twilio.stream_documents import STOP, conversation
from ivr.twilio.stream_session import Refused, Resumed, Session, Told, make_first_texts
from ivr.twilio.tickets import SAFE_EXIT_PATH, STREAM, STREAM_PATH, Tickets
from ivr.twilio.twiml import begun_with
from ivr.twilio.webhook_request import TwilioRequest, current_request
from ivr.twilio.websocket import Over, Unusable, WebSocket, connection

TICK = 0.5
"""Seconds after which time passes though no message comes."""

START_SECONDS = 5.0
"""In which a stream has to begin; Twilio's first messages come at once."""

UNADMITTED_BYTES = 16 * 1024
"""What a stream may send until it is admitted; Twilio's first two messages have some 1,000."""

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

    def __init__(
        self,
        line: VoiceLine,
        settings: Settings,
        clock: Callable[[], datetime],
        incidents: Incidents,
    ) -> None:
        """Serve `line`, the one for a TTY."""
        make_first_texts(line)
        self._incidents = incidents
        self._signature = Signature(
            settings.auth_token, settings.base_url, settings.public_url or ""
        )
        self._line = line
        self._settings = settings
        self._clock = clock
        self._tickets = Tickets(settings.auth_token)
        mover = CallRedirector(settings.api_url, settings.auth_token)
        self._around = Around(mover, ThreadPoolExecutor(MOVES, "moves"), incidents)
        self._room = threading.Semaphore(STREAMS)
        self._strangers = threading.Semaphore(STRANGERS)
        self._held: set[Stream] = set()
        self._begun = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    def register(self, app: Flask) -> None:
        """Put the WebSocket into the app."""
        app.add_url_rule(STREAM_PATH, STREAM, self.serve, websocket=True)

    def serve(self) -> Response:
        """Hold the stream that the request opens, until it is over.

        One that Twilio has signed has room as long as there is any. A stranger may be
        Twilio all the same, if it signs in a form that is not known here: a few may show
        their ticket.
        """
        asked = current_request()
        held = connection(asked.environ)
        if held is None:
            self._incidents.count(
                "no stream: serve the line by gunicorn's gthread, behind what ends TLS"
            )
            return Response(status=HTTPStatus.NOT_IMPLEMENTED)
        try:
            websocket = WebSocket(asked.environ)
        except Unusable:
            return Response(status=HTTPStatus.BAD_REQUEST)
        if self._signature.signs_stream(asked):
            return self._hold(websocket, held, asked)
        return self._hold_stranger(websocket, held, asked)

    def _hold(
        self, websocket: WebSocket, connected: socket.socket, asked: TwilioRequest
    ) -> Response:
        if not self._room.acquire(blocking=False):
            return self._refuse("this process holds as many as it can")
        try:
            self._wait_for(self._opened(websocket, connected, asked))
        finally:
            self._room.release()
        return Over()

    def _hold_stranger(
        self, websocket: WebSocket, connected: socket.socket, asked: TwilioRequest
    ) -> Response:
        """Hold a stream that is not signed: among the strangers until its ticket was seen."""
        if not self._strangers.acquire(blocking=False):
            return self._refuse("too many that are not signed wait to be admitted")
        place = self._strangers
        try:
            stream = self._opened(websocket, connected, asked)
            stream.known.wait()
            if stream.admitted:
                self._incidents.count("a stream was admitted by its ticket alone: it is not signed")
                if self._room.acquire(blocking=False):
                    place.release()
                    place = self._room
            self._wait_for(stream)
        finally:
            place.release()
        return Over()

    def _wait_for(self, stream: Stream) -> None:
        self._held.add(stream)
        try:
            stream.over.wait()
        finally:
            self._held.discard(stream)

    def hand_over(self) -> None:
        """The process is to stop: conversations go on elsewhere as soon as they can."""
        for stream in tuple(self._held):
            stream.hand_over()

    def _refuse(self, why: str) -> Response:
        self._incidents.count(f"no stream: {why}")
        return Response(status=HTTPStatus.SERVICE_UNAVAILABLE)

    def _opened(
        self, websocket: WebSocket, connected: socket.socket, asked: TwilioRequest
    ) -> Stream:
        base = self._settings.base_url or asked.root_url.rstrip("/")
        session = Session(self._line, self._tickets, self._clock)
        loop = self._running()
        stream = Stream(loop, websocket, session, self._around, base)
        accepted = loop.connect_accepted_socket(lambda: stream, connected)
        asyncio.run_coroutine_threadsafe(accepted, loop).result()
        return stream

    def _running(self) -> asyncio.AbstractEventLoop:
        """The loop, begun with the first stream: a server may fork before."""
        with self._begun:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=self._loop.run_forever, name="streams", daemon=True).start()
            return self._loop


@dataclass(frozen=True)
class Around:
    """What all streams of a process share: who moves calls, where, and who counts incidents."""

    mover: CallRedirector
    moves: Executor
    incidents: Incidents


class Stream(asyncio.Protocol):
    """One stream: its session is told what comes in, and what that says is done."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        socket: WebSocket,
        session: Session,
        around: Around,
        base: str,
    ) -> None:
        """Hold this session in a loop; `base` is the URL under which our webhooks are."""
        self.known = threading.Event()
        """Set once it was admitted, or is over."""
        self.over = threading.Event()
        self._loop = loop
        self._socket = socket
        self._session = session
        self._around = around
        self._base = base
        self._left = False
        self._unadmitted = 0

    @property
    def admitted(self) -> bool:
        """Whether it has shown a ticket that is valid."""
        return self._session.call is not None

    def hand_over(self) -> None:
        """The process is to stop. May be called from any thread."""
        self._loop.call_soon_threadsafe(self._session.hand_over)

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
        """Bytes have come; of one that is not admitted yet, only so many."""
        self._read, self._webhook = self._loop.time(), False
        for message in self._socket.receive(data):
            self._do(self._session.receive(message))
        if not self.admitted:  # a start, and sound behind it, may come at once
            self._unadmitted += len(data)
            if self._unadmitted > UNADMITTED_BYTES:
                self._transport.abort()
                return
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

    def _waited(self, now: float) -> Iterator[Told]:
        if self._session.call is None and now - self._opened > START_SECONDS:
            raise Refused("the stream did not begin")
        if self._session.seconds == self._seconds:
            yield from self._session.waited(now - self._ticked)

    # What the session says

    def _do(self, told: Iterable[Told]) -> None:
        """Do what the session says. What fails in it takes the safe exit."""
        if self._left:
            return
        try:
            for each in told:
                match each:
                    case str():
                        self._socket.send(each)
                    case GoTo(path):
                        self._move(self._to(path), self._moved)
                    case Resumed(position, ticket):
                        held = begun_with(STOP, conversation(position, ticket, self._base))
                        self._move(self._with(held), self._moved)
            if self._session.call is not None:
                self.known.set()
            if self._session.ended:
                self._leave()
        except Refused as error:
            self._around.incidents.count(f"a stream was refused: {error}")
            self._turn_away()
        except Exception as error:  # noqa: BLE001 - whatever fails, a person is reached
            self._around.incidents.count(f"safe exit: {described(error)}")
            self._left = True
            self._move(self._to(SAFE_EXIT_PATH), lambda _: self._leave())

    def _to(self, path: str) -> Callable[[CallRef], bool]:
        """What moves a call to a path of ours."""
        return lambda call: self._around.mover.move(call, self._base + path)

    def _with(self, document: bytes) -> Callable[[CallRef], bool]:
        """What lets a call go on with a document."""
        return lambda call: self._around.mover.hand(call, document)

    def _move(
        self, move: Callable[[CallRef], bool], then: Callable[[asyncio.Future[bool]], None]
    ) -> None:
        """Let the call go on elsewhere; the other streams do not wait for it."""
        if self._session.call is None:
            self._leave()
            return
        moved = self._loop.run_in_executor(self._around.moves, move, self._session.call)
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

    def _turn_away(self) -> None:
        """Close it without waiting for a stranger to agree; what it says now is not read."""
        self._left = True
        self._transport.pause_reading()
        self._socket.close()
        self._send()
        self._transport.close()
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
