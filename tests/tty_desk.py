"""A TTY call whose clock a test drives: no thread, no socket, and nothing to wait for.

The interpreter, our webhooks, the REST API, both ends of the WebSocket byte by byte, and both
modems are those of every call. Here they go on together, 20 ms at a step: a call takes as
long as its work, and the same call is the same each time.
"""

from __future__ import annotations

import asyncio
import heapq
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from typing import cast
from urllib.parse import urlsplit

import requests
from line_facts import MONDAY_AT_10, TOKEN
from tty_rooms import Room, RoomSound
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.uri import parse_uri

from ivr import Settings, create_app
from ivr.config import VoiceLine
from ivr.twilio.call_redirect import CallRedirector
from ivr.twilio.incidents import Incidents
from ivr.twilio.stream_server import Around, Stream
from ivr.twilio.stream_session import Session
from ivr.twilio.tickets import Tickets
from ivr.twilio.websocket import WebSocket
from offhook.account.exchange import Exchange, Line
from offhook.callers.place_call import CallRequest, PlacedCall
from offhook.callers.realtime import LiveCall, RealClock
from offhook.callers.target import LOOPBACK_URL, Target
from offhook.carrier.transport import WsgiTransport
from offhook.media.messages import FRAME_BYTES, FRAME_SECONDS, Impairments, MediaStream
from offhook.media.microphone import Microphone
from offhook.media.sockets import Ends
from offhook.needs import (
    CloseStream,
    Input,
    OpenStream,
    SendKey,
    StreamReply,
    Wait,
    Waited,
)
from offhook.rest.api import ApiError, Order, RestApi
from offhook.rest.api_server import rest_app
from offhook.tty.call import PATIENCE, TtyCall

API_URL = "http://api.test"

TIMES = 10
"""How many seconds of a call may pass for one that a call in real time may take."""


class DrivenLoop:
    """What a stream asks of an event loop; its time passes when it is told to."""

    def __init__(self) -> None:
        """Begin at 0."""
        self.now = 0.0
        self._timers: list[tuple[float, int, Timer]] = []
        self._numbers = count()

    def time(self) -> float:
        """Seconds since the loop began."""
        return self.now

    def call_later(self, delay: float, callback: Callable[..., object], *given: object) -> Timer:
        """Call this when so much time has passed."""
        timer = Timer(lambda: callback(*given))
        heapq.heappush(self._timers, (self.now + delay, next(self._numbers), timer))
        return timer

    def run_in_executor(
        self, _: Executor | None, function: Callable[..., object], *given: object
    ) -> Future[object]:
        """Call this before the next frame, and those who wait for it."""
        future = Future[object]()
        self.call_later(0, lambda: future.set_result(function(*given)))
        return future

    def advance(self, seconds: float) -> None:
        """Let time pass, and call what is due in it."""
        self.now += seconds
        while self._timers and self._timers[0][0] <= self.now:
            _, _, timer = heapq.heappop(self._timers)
            timer.run()


@dataclass
class Timer:
    """Something to be done later, unless it is cancelled."""

    todo: Callable[[], object] | None

    def cancel(self) -> None:
        """Do not do it."""
        self.todo = None

    def run(self) -> None:
        """Do it."""
        if self.todo is not None:
            self.todo()


class DeskSocket:
    """Both ends of one WebSocket: Twilio's here, the line's as the server holds it."""

    def __init__(self, desk: Desk, stream: MediaStream, ends: Ends) -> None:
        """Shake hands, and open the stream."""
        self.over = False
        self._stream = stream
        self._ends = ends
        self._client = ClientProtocol(parse_uri(stream.need.url), max_size=None)
        request = self._client.connect()
        self._client.send_request(request)
        self._client.data_to_send()
        environ = {
            f"HTTP_{name.upper().replace('-', '_')}": value
            for name, value in request.headers.raw_items()
        }
        self._server = desk.stream(WebSocket(environ))
        self._server.connection_made(cast("asyncio.BaseTransport", self))
        self._client.events_received()
        for message in stream.opening():
            self._tell(message)

    # What the line's stream asks of its connection

    def write(self, data: bytes) -> None:
        """Bytes of the line's."""
        self._client.receive_data(data)

    def get_write_buffer_size(self) -> int:
        """All of it has been taken."""
        return 0

    def close(self) -> None:
        """The line has sent its last."""
        self._lose()

    def abort(self) -> None:
        """The line gives it up."""
        self._lose()

    def _lose(self) -> None:
        if not self.over:
            self.over = True
            self._server.connection_lost(None)

    # What goes over it

    def pass_frame(self, microphone: bytes) -> None:
        """20 ms of sound both ways, and what was sent beside it."""
        for track in self._stream.need.tracks:
            sound = microphone if track == "inbound" else b"\xff" * FRAME_BYTES
            for message in self._stream.frames(sound, track):
                self._tell(message)
        self._receive()
        heard, marks = self._stream.play()
        for mark in marks:
            self._tell(mark)
        if self._stream.need.two_way:
            self._ends.earpiece(heard)
        if self.over:
            self._ends.closed(self._stream.need)

    def press(self, key: str) -> None:
        """Tell the line of a key."""
        self._tell(self._stream.dtmf(key))

    def stop(self) -> None:
        """Close it from Twilio's side."""
        self._tell(self._stream.stop())
        if self._client.state is State.OPEN:
            self._client.send_close()
        self._flush()
        self._lose()

    def _tell(self, message: str) -> None:
        if self._client.state is State.OPEN:
            self._client.send_text(message.encode())
            self._flush()

    def _flush(self) -> None:
        for data in self._client.data_to_send():
            if data and not self.over:
                self._server.data_received(data)

    def _receive(self) -> None:
        for event in self._client.events_received():
            frame = cast("Frame", event)
            if frame.opcode is Opcode.TEXT:
                for answer in self._stream.receive(bytes(frame.data)):
                    assert isinstance(answer, str), answer
                    self._tell(answer)
        self._flush()


class DeskStreams:
    """The media streams of one call."""

    def __init__(
        self, desk: Desk, ends: Ends, impairments: Impairments, room: Room | None = None
    ) -> None:
        """Begin with none; they hear what stands in the `room`, too."""
        self.room = RoomSound(room or Room(), ends.microphone)
        self.microphone = Microphone(self.room if room else ends.microphone)
        self._tap = self.microphone.tap()
        self._desk = desk
        self._ends = ends
        self._impairments = impairments
        self._open: dict[str, DeskSocket] = {}

    def open(self, need: OpenStream) -> StreamReply:
        """Open a stream to the line."""
        self._open[need.sid] = DeskSocket(
            self._desk, MediaStream(need, self._impairments), self._ends
        )
        return StreamReply()

    def close(self, need: CloseStream) -> StreamReply:
        """Close a stream."""
        socket = self._open.pop(need.sid, None)
        if socket is not None and not socket.over:
            socket.stop()
        return StreamReply()

    def press(self, need: SendKey) -> StreamReply:
        """Send a stream a key."""
        self._open[need.sid].press(need.key)
        return StreamReply()

    def pass_frame(self) -> None:
        """20 ms go by on all of them."""
        frame = self._tap()
        for socket in list(self._open.values()):
            if not socket.over:
                socket.pass_frame(frame)


class DrivenClock(RealClock):
    """Time that passes when it is told to, not by itself."""

    def __init__(self, live: LiveCall) -> None:
        """Begin with nothing to be waited for."""
        super().__init__(live)
        self._given: deque[Waited] = deque()
        self._passed = 0.0

    @property
    def waited(self) -> float:
        """Seconds that have passed of the wait that goes on."""
        return self._passed if self._live.need is not None else 0.0

    def put(self, given: Input, leg: str) -> None:
        """Something happens, when time passes next."""
        self._given.append(Waited(0.0, given, leg))

    def wake(self) -> None:
        """Mail is looked for whenever time passes."""

    def wait(self, need: Wait) -> None:
        """Stand still."""
        self._passed = 0.0
        self._live.show_wait(need)

    def pass_time(self, seconds: float) -> None:
        """Time passes; what has happened by now is taken."""
        need = self._live.need
        if need is None:
            return
        self._passed += seconds
        given = self._given.popleft() if self._given else self._live.call.take_mail()
        if given is not None:
            self._live.go_on(replace(given, seconds=self._passed))
        elif need.seconds is not None and self._passed >= need.seconds:
            self._live.go_on(Waited(need.seconds))


class DeskCall(TtyCall):
    """A TTY call that goes on while something is waited for, and stands still else."""

    def __init__(
        self, desk: Desk, placed: PlacedCall, lost: Impairments, room: Room | None = None
    ) -> None:
        """Take a call that has not begun; `lost` is what happens to its frames."""

        def streams(ends: Ends) -> DeskStreams:
            self.streams = DeskStreams(desk, ends, lost, room)
            return self.streams

        self._desk = desk
        super().__init__(placed, streams, self._make_clock)
        self.device.listen(self.streams.room.notice)

    def _make_clock(self, live: LiveCall) -> DrivenClock:
        self._clock = DrivenClock(live)
        return self._clock

    def start(self) -> None:
        """Let it ring."""
        self.live.go_on()

    @property
    def seconds(self) -> float:
        """How long the call has lasted."""
        return self._desk.loop.now

    def until(self, condition: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
        """Let the call go on until something is so. Raises AssertionError if it never is."""
        __tracebackhide__ = True
        for _ in range(round(TIMES * seconds / FRAME_SECONDS)):
            if condition() or self.live.over:
                break
            self._pass_frame()
        if not condition():
            why = "the call is over" if self.live.over else f"not in {TIMES * seconds:g} s of it"
            raise AssertionError(f"waited for {what}: {why}\n\n{self.transcript}")

    def _pass_frame(self) -> None:
        self._desk.loop.advance(FRAME_SECONDS)
        self.line.pass_frame()
        self.streams.pass_frame()
        self._clock.pass_time(FRAME_SECONDS)


class Desk:
    """A desk with a TTY that calls our line; its time is that of its calls."""

    def __init__(self, line: VoiceLine) -> None:
        """Serve the line in this process."""
        self.loop = DrivenLoop()
        settings = Settings(TOKEN, LOOPBACK_URL, api_url=API_URL)
        app = create_app(settings, clock=self.now)
        where = Line(f"{LOOPBACK_URL}/voice", f"{LOOPBACK_URL}/voice/status")
        transport = WsgiTransport(app.wsgi_app, LOOPBACK_URL)
        self.target = Target("our line", where, transport, TOKEN)
        self.exchange = Exchange(TOKEN)
        self.api = rest_app(RestApi(self.exchange, self)).test_client()
        self._line = line
        self._around = Around(CallRedirector(API_URL, TOKEN), cast("Executor", None), Incidents())

    def now(self) -> datetime:
        """The time at this desk: a Monday morning, and what has passed since."""
        return MONDAY_AT_10 + timedelta(seconds=self.loop.now)

    def dial(
        self, to: str, *, lost: Impairments | None = None, room: Room | None = None
    ) -> DeskCall:
        """Place a call, from a room or from nowhere, and let it ring."""
        placed = CallRequest(self.target, "+16125550123", to, self.now()).place(self.exchange)
        call = DeskCall(self, placed, lost or Impairments(), room)
        call.start()
        return call

    def stream(self, socket: WebSocket) -> Stream:
        """The line's end of a stream, as its server makes it."""
        assert self._line.tty is not None
        session = Session(self._line.tty, Tickets(TOKEN), self.now)
        loop = cast("asyncio.AbstractEventLoop", self.loop)
        return Stream(loop, socket, session, self._around, LOOPBACK_URL)

    def order(self, order: Order) -> str:
        """A call that the REST API orders is refused: nobody would pick it up."""
        raise ApiError(503, 20503, f"nobody answers at {order.called}")

    def post(
        self, url: str, data: dict[str, str], auth: tuple[str, str], timeout: float
    ) -> requests.Response:
        """What the line posts to Twilio's REST API."""
        del timeout
        answered = self.api.post(urlsplit(url).path, data=data, auth=auth)
        response = requests.Response()
        response.status_code = answered.status_code
        return response
