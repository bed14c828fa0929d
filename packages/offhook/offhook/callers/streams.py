"""What opens the media streams of a call, whoever holds it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from offhook.callers.target import Target
from offhook.carrier.transport import WsgiTransport
from offhook.interpreter.call import Call
from offhook.interpreter.urls import is_stream
from offhook.media.messages import Impairments
from offhook.needs import CloseStream, OpenStream, PartyLeft, SendKey, StreamReply

if TYPE_CHECKING:
    from offhook.media.sockets import Handset

NO_AUDIO = "this phone carries no sound: install the extra `streams`"

NOT_SERVED = StreamReply(
    "the app runs in this process, where no WebSocket reaches it",
    "Serve the app, and call its URL (phone_app = http://localhost:5000/voice); "
    "or take offhook.callers.loopback.served.",
)
"""What becomes of a media stream to an app that is called as a function."""


class Streams(Protocol):
    """What opens media streams to an app's WebSocket."""

    def open(self, need: OpenStream) -> StreamReply:
        """Open a stream."""

    def close(self, need: CloseStream) -> StreamReply:
        """Close a stream."""

    def press(self, need: SendKey) -> StreamReply:
        """Send a stream a key."""


class NoStreams:
    """Media streams can't be opened here."""

    def open(self, need: OpenStream) -> StreamReply:
        """Say so."""
        del need
        return StreamReply(NO_AUDIO)

    def close(self, need: CloseStream) -> StreamReply:
        """Nothing is open."""
        del need
        return StreamReply()

    def press(self, need: SendKey) -> StreamReply:
        """Nothing is open."""
        del need
        return StreamReply()


class HandsetStreams:
    """Streams whose sound a test sends and hears by a handset, which is made with the first."""

    def __init__(self, call: Call, target: Target, impairments: Impairments) -> None:
        """Begin with none."""
        self.handset: Handset | None = None
        self._call = call
        self._target = target
        self._impairments = impairments
        self._opened: Streams = NoStreams()

    def open(self, need: OpenStream) -> StreamReply:
        """Open a stream, but not to an app that only this process can call.

        At its URL would be nobody, or somebody else.
        """
        app = self._target.transport
        unserved = isinstance(app, WsgiTransport) and not app.served and app.is_here(need.url)
        if unserved and is_stream(need.url):
            return NOT_SERVED
        if self.handset is None:
            self._lift_handset()
        return self._opened.open(need)

    def close(self, need: CloseStream) -> StreamReply:
        """Close a stream."""
        return self._opened.close(need)

    def press(self, need: SendKey) -> StreamReply:
        """Send a stream a key."""
        return self._opened.press(need)

    def _lift_handset(self) -> None:
        """Streams go over real sockets, if the extra for them is installed."""
        try:
            from offhook.media.sockets import Handset, SocketStreams  # noqa: PLC0415 - an extra
        except ImportError:
            return
        self.handset = Handset()
        ends = replace(self.handset.ends, closed=self._closed)
        self._opened = SocketStreams(self._target.auth_token, ends, self._impairments)

    def _closed(self, need: OpenStream) -> None:
        """The call waits to be told of the stream that holds it, and hears of others itself."""
        if not need.two_way:
            self._call.deliver(PartyLeft(), need.party)
        elif self.handset is not None:
            self.handset.hung_up.set()
