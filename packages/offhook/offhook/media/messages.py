"""Media Streams, sans-I/O: the messages that go over an app's WebSocket, and come back.

Sound is µ-law at 8 kHz, mono. Source of the messages: Twilio's documentation of
Media Streams; `sequenceNumber`, `chunk` and `timestamp` are strings there, and
sampleRate and channels numbers.
"""

from __future__ import annotations

import base64
import binascii
import json
import random
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from offhook.events import Warned
from offhook.needs import OpenStream

FRAME_SECONDS = 0.02
FRAME_BYTES = 160
"""One frame of 20 ms."""

SHOWN_LENGTH = 40
"""Characters that a warning shows of what an app calls a message."""

SILENCE = b"\xff" * FRAME_BYTES

FORMAT = {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}


@dataclass(frozen=True)
class Impairments:
    """What a network does to the frames on their way to the app.

    `loss` is the share of frames that are lost; `jitter` how many frames one may come
    late; with `leave_out_silence` silent frames are not sent. The same `seed` gives the
    same impairments.
    """

    loss: float = 0.0
    jitter: int = 0
    leave_out_silence: bool = False
    seed: int = 0


@dataclass
class MediaStream:
    """One stream between the simulator and an app."""

    need: OpenStream
    impairments: Impairments = field(default_factory=Impairments)

    def __post_init__(self) -> None:
        """Begin with nothing sent and nothing to play."""
        self._sequence = 0
        self._chunks = dict.fromkeys(self.need.tracks, 0)
        self._bytes = dict.fromkeys(self.need.tracks, 0)
        self._random = random.Random(self.impairments.seed)  # noqa: S311 - no secret
        self._late: list[tuple[int, str]] = []
        self._queue: deque[bytes | str] = deque()

    # To the app

    def opening(self) -> list[str]:
        """The messages that open the stream: `connected`, then `start` with the parameters."""
        need = self.need
        start = {
            "streamSid": need.sid,
            "accountSid": need.account_sid,
            "callSid": need.call_sid,
            "tracks": list(need.tracks),
            "customParameters": dict(need.parameters),
            "mediaFormat": FORMAT,
        }
        connected = json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"})
        return [connected, self._message("start", start)]

    def frames(self, ulaw: bytes, track: str = "inbound") -> Iterator[str]:
        """Sound as `media` messages of 20 ms; the last is filled up with silence.

        Each has the time of its own first sample, in milliseconds since the stream began,
        whatever happens to it on the way.
        """
        for start in range(0, len(ulaw), FRAME_BYTES):
            frame = ulaw[start : start + FRAME_BYTES].ljust(FRAME_BYTES, b"\xff")
            milliseconds = self._bytes[track] // 8
            self._bytes[track] += FRAME_BYTES
            yield from self._impaired(frame, track, milliseconds)

    def _impaired(self, frame: bytes, track: str, milliseconds: int) -> Iterator[str]:
        self._late = [(left - 1, message) for left, message in self._late]
        lost = self._random.random() < self.impairments.loss
        silent = self.impairments.leave_out_silence and frame == SILENCE
        if not lost and not silent:
            message = self._media(frame, track, milliseconds)
            delay = self._random.randint(0, self.impairments.jitter)
            self._late.append((delay, message))
        yield from (message for left, message in self._late if left <= 0)
        self._late = [(left, message) for left, message in self._late if left > 0]

    def _media(self, frame: bytes, track: str, milliseconds: int) -> str:
        self._chunks[track] += 1
        media = {
            "track": track,
            "chunk": str(self._chunks[track]),
            "timestamp": str(milliseconds),
            "payload": base64.b64encode(frame).decode(),
        }
        return self._message("media", media)

    def dtmf(self, key: str) -> str:
        """A key that was pressed."""
        return self._message("dtmf", {"track": "inbound_track", "digit": key})

    def stop(self) -> str:
        """The end of the stream."""
        sids = {"accountSid": self.need.account_sid, "callSid": self.need.call_sid}
        return self._message("stop", sids)

    def _message(self, event: str, content: Mapping[str, object]) -> str:
        self._sequence += 1
        return json.dumps(
            {
                "event": event,
                "sequenceNumber": str(self._sequence),
                event: content,
                "streamSid": self.need.sid,
            }
        )

    # From the app

    def receive(self, text: str | bytes) -> Iterator[str | Warned]:
        """Take a message of the app: what goes back at once, and what is wrong with it."""
        try:
            message = json.loads(text)
            event = message["event"]
        except (ValueError, TypeError, KeyError, RecursionError):
            yield _wrong("the app sent what is no message", 'Send JSON with an "event".')
            return
        if event not in ("media", "mark", "clear"):
            name = repr(event)[:SHOWN_LENGTH]
            yield _wrong(f"the app sent an unknown message {name}", "Send media, mark or clear.")
        elif not self.need.two_way:
            yield _wrong("the app sent sound to a one-way stream", "Open it with <Connect>.")
        elif message.get("streamSid") != self.need.sid:
            yield _wrong("the message names another stream", "Send the streamSid of `start`.")
        elif event == "clear":
            yield from self._clear()
        else:
            yield from self._take(event, message)

    def _take(self, event: str, message: Mapping[str, object]) -> Iterator[Warned]:
        content = message.get(event)
        if event == "mark" and isinstance(content, dict) and isinstance(content.get("name"), str):
            self._queue.append(content["name"])
            return
        try:
            if event == "media" and isinstance(content, dict):
                self._queue.append(base64.b64decode(content["payload"], validate=True))
                return
        except (KeyError, TypeError, ValueError, binascii.Error):
            pass
        yield _wrong(f"the {event} message can't be read", "See Twilio's Media Streams messages.")

    def _clear(self) -> Iterator[str]:
        """Drop the sound that waits; every mark in it comes back."""
        marks = [item for item in self._queue if isinstance(item, str)]
        self._queue.clear()
        for name in marks:
            yield self._mark(name)

    def _mark(self, name: str) -> str:
        return self._message("mark", {"name": name})

    def play(self, length: int = FRAME_BYTES) -> tuple[bytes, list[str]]:
        """The next bytes that the caller hears, and the marks that were reached.

        There are fewer bytes than asked for when no more sound waits.
        """
        sound, marks = bytearray(), []
        while self._queue and (len(sound) < length or isinstance(self._queue[0], str)):
            item = self._queue.popleft()
            if isinstance(item, str):
                marks.append(self._mark(item))
                continue
            room = length - len(sound)
            sound += item[:room]
            if len(item) > room:
                self._queue.appendleft(item[room:])
        return bytes(sound), marks

    @property
    def waiting(self) -> bool:
        """Whether sound or marks wait to be played."""
        return bool(self._queue)


def _wrong(what: str, remedy: str) -> Warned:
    return Warned(31951, f"media stream: {what}", remedy)
