"""A TTY call that a test, a script or a person holds, over real sockets; and its phone.

    with tty_phone(lambda: target("module:app")) as phone:
        call = phone.dial("+19525550100", speed=4)
        call.expect_text("PRESS 1")
        call.type("NO GA")

Nothing waits for ever: a wait that is too long fails, and shows the call so far.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import partial

from offhook.account.exchange import Exchange
from offhook.callers.loopback import Loopback, announced, served
from offhook.callers.phone import DEFAULT_CALLER, DEFAULT_NUMBER
from offhook.callers.place_call import CallRequest, PlacedCall
from offhook.callers.realtime import DoesNotFit, LiveCall, RealClock
from offhook.callers.target import Target
from offhook.events import CALLER, Ended
from offhook.interpreter.options import Options
from offhook.media.messages import FRAME_BYTES, SILENCE, Impairments
from offhook.media.sockets import Ends, SocketStreams
from offhook.needs import HangUp, Input, Key
from offhook.rest.api import ApiError, Order, RestApi
from offhook.rest.api_server import rest_app
from offhook.transcript import transcript
from offhook.tty.device import LINE, News, Sound
from offhook.tty.line import SoundStreams, TtyLine

PATIENCE = 60.0
"""Seconds of real time that something may take which a call waits for."""

PIECE_ENDS = 50
"""Silent frames, one second, after which a piece of what the line sent is over."""


class TtyCall:
    """One call by TTY, in real time or `speed` times as fast."""

    def __init__(
        self,
        placed: PlacedCall,
        make_streams: Callable[[Ends], SoundStreams],
        make_clock: Callable[[LiveCall], RealClock] = RealClock,
    ) -> None:
        """Take a call that has not begun, and what opens its media streams."""
        self._make_streams = make_streams
        self.live = LiveCall(placed, self._make_line, make_clock=make_clock)
        self.device = self.line.device
        self.recordings: list[bytearray] = []
        """What the line sent, as µ-law: a piece for each time that it did, silence at its end."""
        self._silent = PIECE_ENDS
        self._read_from = 0
        self.device.listen(self._record)

    def _make_line(self, live: LiveCall) -> TtyLine:
        self.line = TtyLine(live, self._make_streams)
        return self.line

    def start(self) -> None:
        """Let it ring."""
        self.live.start()

    def _record(self, news: News) -> None:
        if not (isinstance(news, Sound) and news.by == LINE):
            return
        if news.ulaw != SILENCE:
            if self._silent >= PIECE_ENDS:
                self.recordings.append(bytearray())
            self._silent = 0
        elif self._silent < PIECE_ENDS:
            self._silent += 1
        if self._silent < PIECE_ENDS:
            self.recordings[-1] += news.ulaw

    # What is waited for

    def until(self, condition: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
        """Wait until something is so. Raises AssertionError, with the call so far, if it isn't."""
        __tracebackhide__ = True

        def reached() -> bool:
            return condition() or self.live.over

        with self.device.changed:
            self.device.changed.wait_for(reached, seconds)
            if condition():
                return
        why = "the call is over" if self.live.over else f"not within {seconds:g} s"
        raise AssertionError(f"waited for {what}: {why}\n\n{self.transcript}")

    def expect_text(self, text: str, seconds: float = PATIENCE) -> str:
        """Wait until the line has sent this since the caller's last act; all it has sent since.

        Capitals and white space do not count. Raises AssertionError if it does not come.
        """
        __tracebackhide__ = True
        wanted = _plain(text)
        self.until(lambda: wanted in _plain(self.unread), f"the text {wanted!r}", seconds)
        return self.unread

    @property
    def unread(self) -> str:
        """What the line has sent since the caller's last act."""
        return self.device.text(LINE)[self._read_from :]

    def await_turn(self, seconds: float = PATIENCE) -> None:
        """Wait until a stream hears the TTY, and the line has sent what it had to send."""
        __tracebackhide__ = True
        self.until(lambda: self.line.heard and self.device.my_turn, "the caller's turn", seconds)

    # What the caller does

    def type(self, text: str, *, interrupt: bool = False, seconds: float = PATIENCE) -> None:
        """Type, when the line has stopped (or at once), and wait until it is sent."""
        __tracebackhide__ = True
        if not interrupt:
            self.await_turn(seconds)
        self._begin_reading()
        self.device.type(text)
        self.until(lambda: not self.device.sending, f"{text!r} to be sent", seconds)

    def send(self, ulaw: bytes, *, seconds: float = PATIENCE) -> None:
        """Send the sound of another modem, when the line has stopped, and wait until it is out."""
        __tracebackhide__ = True
        self.await_turn(seconds)
        self._begin_reading()
        self.device.send(ulaw + SILENCE * (len(ulaw) % FRAME_BYTES > 0))
        self.until(lambda: not self.device.sending, "the sound to be sent", seconds)

    def press(self, keys: str) -> None:
        """Press keys, one after another. Raises AssertionError if the call is over."""
        __tracebackhide__ = True
        self._begin_reading()
        try:
            for key in keys:
                self.input(Key(key))
        except DoesNotFit as refusal:
            raise AssertionError(f"{refusal}\n\n{self.transcript}") from refusal

    def input(self, given: Input, leg: str = CALLER) -> None:
        """Somebody does something; then it is the line's turn to tell what comes of it.

        Raises DoesNotFit if that can't be done now.
        """
        if not isinstance(given, HangUp):
            self.device.yield_turn()
        self.live.input(given, leg)

    def hang_up(self) -> None:
        """Hang up, if the call is not over, and wait for its end."""
        with suppress(DoesNotFit):
            self.live.input(HangUp())
        self.await_end()

    def await_end(self, seconds: float = PATIENCE) -> str:
        """Wait for the end of the call; its reason."""
        __tracebackhide__ = True
        self.until(lambda: self.live.over, "the end of the call", seconds)
        return self.ended

    def _begin_reading(self) -> None:
        self._read_from = len(self.device.text(LINE))

    # What happened

    @property
    def ended(self) -> str:
        """Why the call ended; "" while it goes on."""
        events = (moment.event for moment in list(self.live.moments))
        return next((event.reason for event in events if isinstance(event, Ended)), "")

    @property
    def transcript(self) -> str:
        """The call as one reads it, and what is being sent now."""
        told = transcript(self.live.call.identity, list(self.live.moments))
        turns = self.device.turns
        last = f"\n(on the display last: {turns[-1].by}: {turns[-1].text!r})" if turns else ""
        return told + last


def _plain(text: str) -> str:
    return " ".join(text.upper().split())


class TtyPhone:
    """A TTY on somebody's desk: its calls share an account, and are placed one by one."""

    def __init__(self, target: Target, api_url: str, options: Options | None = None) -> None:
        """Call this app, which has to be served already; the REST API will be at this URL."""
        self.target = target
        self.api_url = api_url
        self.exchange = Exchange(target.auth_token, wake=self._wake)
        self.api = RestApi(self.exchange, self)
        self.calls: dict[str, TtyCall] = {}
        self._options = options or Options()

    def dial(
        self,
        to: str = DEFAULT_NUMBER,
        *,
        caller: str = DEFAULT_CALLER,
        at: datetime | None = None,
        speed: float = 1.0,
        impairments: Impairments | None = None,
    ) -> TtyCall:
        """Place a call and let it ring; `at` is the time that its webhooks see."""
        dialling = CallRequest(self.target, caller, to, at, options=self._options)
        call = self.place(dialling, speed=speed, impairments=impairments)
        call.start()
        return call

    def place(
        self,
        dialling: CallRequest,
        *,
        speed: float = 1.0,
        impairments: Impairments | None = None,
    ) -> TtyCall:
        """A call that does not ring yet. Raises FaultError for a fault that can't be read."""
        placed = dialling.place(self.exchange)

        def sockets(ends: Ends) -> SocketStreams:
            token = self.target.auth_token
            return SocketStreams(token, ends, impairments or Impairments(), speed)

        call = TtyCall(placed, sockets, partial(RealClock, speed=speed))
        self.calls[placed.call.sid] = call
        return call

    def order(self, order: Order) -> str:
        """A call that the REST API orders is refused: nobody would pick it up."""
        why = f"nobody answers calls at this TTY ({order.called}); a phone with --browser does"
        raise ApiError(503, 20503, why)

    def _wake(self, sid: str) -> None:
        call = self.calls.get(sid)
        if call is not None:
            call.live.wake()

    def hang_up_all(self) -> None:
        """End every call that goes on."""
        for call in self.calls.values():
            if call.live.begun and not call.live.over:
                call.hang_up()


@contextmanager
def tty_phone(
    make: Callable[[], Target], options: Options | None = None, *, port: int = 0
) -> Iterator[TtyPhone]:
    """A TTY for an app, which is made when Twilio's REST API has its port and is announced.

    The app is served if it is one of this process. At the end the calls are hung up.
    Raises PortTaken.
    """
    with Loopback(port) as loopback, announced(loopback.url), served(make()) as target:
        phone = TtyPhone(target, loopback.url, options)
        loopback.serve(rest_app(phone.api))
        try:
            yield phone
        finally:
            phone.hang_up_all()
