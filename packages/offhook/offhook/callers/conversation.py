"""Runs a call: its needs are answered by a carrier and by a caller."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from offhook.callers.script import Caller
from offhook.carrier.carrier import Carrier
from offhook.events import Event
from offhook.interpreter.call import Call
from offhook.needs import CloseStream, Fetch, OpenStream, Reply, SendKey, StreamReply, Wait

NO_AUDIO = "this phone carries no sound: install the extra `streams`"

NOT_SERVED = StreamReply(
    "the app runs in this process, where no WebSocket reaches it",
    "Serve the app, and call its URL (phone_app = http://localhost:5000/voice); "
    "or take offhook.callers.loopback.served.",
)
"""What becomes of a media stream to an app that is called as a function."""

Show = Callable[[Event, float], None]
"""Shows an event, and when it was, in seconds since the call began."""


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


def converse(
    call: Call, carrier: Carrier, caller: Caller, show: Show, streams: Streams | None = None
) -> None:
    """Run a call to its end. Raises what the caller raises."""
    streams = streams or NoStreams()
    steps = call.run()
    reply: Reply | None = None
    while True:
        try:
            step = next(steps) if reply is None else steps.send(reply)
        except StopIteration:
            return
        reply = None
        match step:
            case Fetch():
                reply = carrier.perform(step, call)
            case Wait():
                reply = caller.reply(step)
            case OpenStream():
                reply = streams.open(step)
            case CloseStream():
                reply = streams.close(step)
            case SendKey():
                reply = streams.press(step)
            case _:
                show(step, call.elapsed)
                caller.notice(step)
