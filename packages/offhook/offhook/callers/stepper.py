"""Runs a call from one place where somebody could act to the next, on the call's own clock."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from offhook.callers.conversation import NOT_SERVED, NoStreams, Streams
from offhook.callers.place_call import PlacedCall
from offhook.callers.target import Target
from offhook.carrier.transport import WsgiTransport
from offhook.events import CALLER
from offhook.interpreter.urls import is_stream
from offhook.media.messages import Impairments
from offhook.needs import (
    Activity,
    CloseStream,
    Fetch,
    HangUp,
    OpenStream,
    PartyLeft,
    Reply,
    SendKey,
    StreamReply,
    Wait,
    Waited,
)
from offhook.transcript import Moment

if TYPE_CHECKING:
    from offhook.media.sockets import Handset


class Stepper:
    """A call that stands still wherever somebody could do something.

    `need` is what it waits for then; None while it runs and when it is over.
    """

    def __init__(self, placed: PlacedCall, target: Target, impairments: Impairments) -> None:
        """Take a call that has not begun."""
        self.call = placed.call
        self.moments: list[Moment] = []
        self.need: Wait | None = None
        self.handset: Handset | None = None
        self._carrier = placed.carrier
        self._hang_up_after = placed.hang_up_after
        self._steps = placed.call.run()
        self._target = target
        self._impairments = impairments
        self._opened: Streams | None = None

    def run(self, reply: Reply | None) -> None:
        """Run to the next need that somebody could answer, or to the end."""
        self.need = None
        while True:
            try:
                step = next(self._steps) if reply is None else self._steps.send(reply)
            except StopIteration:
                return
            reply = None
            match step:
                case Fetch():
                    reply = self._carrier.perform(step, self.call)
                case OpenStream():
                    reply = self._open(step)
                case CloseStream():
                    reply = self._streams().close(step)
                case SendKey():
                    reply = self._streams().press(step)
                case Wait():
                    reply = self._at_once(step)
                    if reply is None:
                        self.need = step
                        return
                case _:
                    self.moments.append(Moment(self.call.elapsed, step))

    def _at_once(self, need: Wait) -> Waited | None:
        """The reply to a need that nobody is asked about: words that can't be interrupted."""
        if self._hang_up_after and len(self.moments) >= self._hang_up_after:
            self._hang_up_after = 0
            return Waited(0.0, HangUp(), CALLER)
        if need.doing is Activity.PROMPT and not need.listening and not need.party:
            return Waited(need.seconds or 0.0)
        return None

    def take_mail(self) -> bool:
        """Take one input from the mailbox, if the call waits and has mail."""
        mail = self.call.take_mail() if self.need is not None else None
        if mail is not None:
            self.run(mail)
        return mail is not None

    def _open(self, need: OpenStream) -> StreamReply:
        """Open a media stream, but not to an app that only this process can call.

        At its URL would be nobody, or somebody else.
        """
        app = self._target.transport
        unserved = isinstance(app, WsgiTransport) and not app.served and app.is_here(need.url)
        if unserved and is_stream(need.url):
            return NOT_SERVED
        return self._streams().open(need)

    def _streams(self) -> Streams:
        """Media streams over real sockets, if the extra for them is installed."""
        if self._opened is None:
            try:
                from offhook.media.sockets import Handset, SocketStreams  # noqa: PLC0415
            except ImportError:
                return NoStreams()
            self.handset = Handset()
            ends = replace(self.handset.ends, closed=self._closed)
            self._opened = SocketStreams(self._target.auth_token, ends, self._impairments)
        return self._opened

    def _closed(self, need: OpenStream) -> None:
        """The call waits to be told of the stream that holds it, and hears of others itself."""
        if not need.two_way:
            self.call.deliver(PartyLeft(), need.party)
        elif self.handset is not None:
            self.handset.hung_up.set()
