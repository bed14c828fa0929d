"""The TTY at a live call: its media streams, the sound that is played to it, and its pace.

While a two-way stream is open, that stream's frames are what the TTY hears; at other
times it hears what the document plays. Either way a frame goes by every 20 ms, so that
the TTY knows how long it has been quiet.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Protocol

from offhook.audio.recorded import telephone_sound
from offhook.callers.realtime import LiveCall
from offhook.callers.streams import Streams
from offhook.events import (
    CALLER,
    Ended,
    Event,
    Interrupted,
    Played,
    Pressed,
    Requested,
    Said,
    Typed,
    Warned,
)
from offhook.media.messages import FRAME_SECONDS
from offhook.media.microphone import Microphone
from offhook.media.sockets import Ends
from offhook.needs import CloseStream, OpenStream, PartyLeft, SendKey, StreamReply
from offhook.tty.device import Letters, Light, News, TtyDevice, Turn

UNREAD = (
    "the recording can't be heard by a TTY",
    "Play µ-law, or a WAV of 8 or 16 bits at 8 kHz or a multiple of it.",
)


class SoundStreams(Streams, Protocol):
    """Media streams that all hear one microphone."""

    @property
    def microphone(self) -> Microphone:
        """What they hear."""


class TtyLine:
    """A TTY in the place of the caller's handset; the streams of its call."""

    def __init__(self, live: LiveCall, make_streams: Callable[[Ends], SoundStreams]) -> None:
        """Take a call that has not begun; its speed is the TTY's too."""
        self.device = TtyDevice()
        self._live = live
        self._holding: set[str] = set()
        self._open: set[str] = set()
        ends = Ends(self.device.microphone, self.device.earpiece, self._closed, live.tell)
        self._streams = make_streams(ends)
        self._microphone = self._streams.microphone.tap()
        self.device.listen(self._publish)

    def start(self) -> None:
        """Let sound flow, until the call is over."""
        sid = self._live.call.sid
        threading.Thread(target=self._flow, name=f"tty {sid}", daemon=True).start()

    @property
    def streams(self) -> Streams:
        """The streams of the call: a TTY opens them itself."""
        return self

    @property
    def unheard(self) -> float:
        """Seconds of what was played that the TTY has yet to hear."""
        return self.device.unheard

    @property
    def heard(self) -> bool:
        """Whether a media stream carries what is typed to the app."""
        return bool(self._open)

    # The streams of the call

    def open(self, need: OpenStream) -> StreamReply:
        """Open a stream; one that holds the call is what the TTY hears."""
        if need.two_way:
            self._holding.add(need.sid)
        opened = self._streams.open(need)
        if opened.error:
            self._holding.discard(need.sid)
        else:
            self._open.add(need.sid)
            self.device.yield_turn()
        return opened

    def close(self, need: CloseStream) -> StreamReply:
        """Close a stream."""
        closed = self._streams.close(need)
        self._holding.discard(need.sid)
        self._open.discard(need.sid)
        self.device.pause()
        return closed

    def press(self, need: SendKey) -> StreamReply:
        """Send a stream a key."""
        return self._streams.press(need)

    def _closed(self, need: OpenStream) -> None:
        self._live.put(PartyLeft(), need.party)

    # What happens in the call, and at the TTY

    def notice(self, event: Event) -> None:
        """Play what is played, and see whose turn it is."""
        match event:
            case Played(url=url, leg=leg) if url and leg == CALLER:
                self._play(url)
            case Interrupted(leg=leg) if leg == CALLER:
                self.device.hush()
                self.device.pause()
            case Requested(purpose="update"):
                self.device.hush()
            case Said() | Pressed():
                self.device.pause()
            case Ended():
                self.device.finish()

    def _play(self, url: str) -> None:
        response = self._live.carrier.recording(url)
        sound = telephone_sound(response.body, response.content_type) if response else None
        if sound is None:
            what, remedy = UNREAD
            self._live.tell(Warned(0, f"{what}: {url}", remedy))
        else:
            self.device.hear(sound)

    def _publish(self, news: News) -> None:
        match news:
            case Letters(by, text):
                self._live.publish({"event": "letters", "by": by, "text": text})
            case Light(by, on):
                self._live.publish({"event": "light", "by": by, "on": on})
            case Turn(by, text):
                self._live.tell(Typed(text, by))

    def pass_frame(self) -> None:
        """20 ms go by; what a stream plays, it gives to the earpiece itself."""
        self._microphone()
        if not self._holding:
            self.device.earpiece(self.device.played())

    def _flow(self) -> None:
        """A frame each 20 ms, on a schedule that does not drift."""
        pause = FRAME_SECONDS / self._live.clock.speed
        due = time.monotonic()
        while not self._live.over:
            self.pass_frame()
            due += pause
            time.sleep(max(due - time.monotonic(), 0))
        with self.device.changed:
            self.device.changed.notify_all()
