"""Media streams over real WebSockets, each in a thread of its own.

Needs the extra `streams`. Sound goes in frames of 20 ms, in real time (or `speed`
times as fast).
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from websockets.exceptions import WebSocketException

from offhook.carrier.signature import signature
from offhook.events import Warned
from offhook.interpreter.urls import is_stream
from offhook.media.messages import FRAME_BYTES, FRAME_SECONDS, SILENCE, Impairments, MediaStream
from offhook.media.microphone import Microphone
from offhook.media.websocket import WebSocket
from offhook.needs import CloseStream, OpenStream, SendKey, StreamReply

OPEN_SECONDS = 5.0


def _nothing(_: object) -> None:
    """What is heard, closed and warned of goes nowhere."""


@dataclass
class Ends:
    """What is at the caller's end of a stream.

    `microphone` gives the next 20 ms of µ-law that the caller sends: all streams hear the
    same. `earpiece` takes what the app plays, every 20 ms: fewer bytes, or none, where it
    plays nothing. `closed` is told of a stream that the app has closed.
    """

    microphone: Callable[[], bytes] = lambda: SILENCE
    earpiece: Callable[[bytes], None] = _nothing
    closed: Callable[[OpenStream], None] = _nothing
    warned: Callable[[Warned], None] = _nothing


class Handset:
    """A caller's end of a stream for tests: sound to be sent, and the sound that was heard."""

    def __init__(self) -> None:
        """Begin with silence."""
        self.heard = bytearray()
        self.warnings: list[Warned] = []
        self.hung_up = threading.Event()
        self._to_send: deque[bytes] = deque()

    def send(self, ulaw: bytes) -> None:
        """Send this sound next, frame by frame."""
        self._to_send += [
            ulaw[start : start + FRAME_BYTES] for start in range(0, len(ulaw), FRAME_BYTES)
        ]

    @property
    def sending(self) -> bool:
        """Whether there is sound left to send."""
        return bool(self._to_send)

    @property
    def ends(self) -> Ends:
        """The handset as the end of a stream."""
        return Ends(
            lambda: self._to_send.popleft() if self._to_send else SILENCE,
            self.heard.extend,
            lambda _: self.hung_up.set(),
            self.warnings.append,
        )


@dataclass
class SocketStreams:
    """Opens media streams of one call."""

    auth_token: str = field(repr=False)
    ends: Ends = field(default_factory=Ends)
    impairments: Impairments = field(default_factory=Impairments)
    speed: float = 1.0

    def __post_init__(self) -> None:
        """Begin with none."""
        self._open: dict[str, OpenSocket] = {}
        self.microphone = Microphone(self.ends.microphone)

    def open(self, need: OpenStream) -> StreamReply:
        """Open a stream to the app."""
        if not is_stream(need.url):
            scheme = need.url.partition(":")[0] if ":" in need.url else "no scheme"
            return StreamReply(f"{scheme}: a stream's URL begins with wss://")
        headers = {"X-Twilio-Signature": signature(self.auth_token, need.url, ())}
        try:
            socket = WebSocket(need.url, headers, OPEN_SECONDS)
        except (OSError, ValueError, WebSocketException) as error:
            return StreamReply(f"{type(error).__name__}: {error}")
        ends = replace(self.ends, microphone=self.microphone.tap())
        stream = OpenSocket(socket, MediaStream(need, self.impairments), ends, self.speed)
        self._open[need.sid] = stream
        stream.start()
        return StreamReply()

    def close(self, need: CloseStream) -> StreamReply:
        """Close a stream."""
        stream = self._open.pop(need.sid, None)
        if stream is not None:
            stream.stop()
        return StreamReply()

    def press(self, need: SendKey) -> StreamReply:
        """Send a stream a key."""
        stream = self._open.get(need.sid)
        if stream is not None:
            stream.press(need.key)
        return StreamReply()


class OpenSocket:
    """One stream that is open: frames go out at their time, messages come in when they come."""

    def __init__(self, socket: WebSocket, stream: MediaStream, ends: Ends, speed: float) -> None:
        """Take a connected socket."""
        self._socket = socket
        self._stream = stream
        self._ends = ends
        self._pause = FRAME_SECONDS / speed
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._threads = [
            threading.Thread(target=target, name=f"stream {stream.need.sid}", daemon=True)
            for target in (self._send, self._receive)
        ]

    def start(self) -> None:
        """Open the stream, and let sound flow."""
        for message in self._stream.opening():
            self._socket.send(message)
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Close the stream from this side."""
        if self._stopped.is_set():
            return
        self._stopped.set()
        self._socket.send(self._stream.stop())
        self._socket.close()

    def press(self, key: str) -> None:
        """Tell the app of a key."""
        with self._lock:
            self._socket.send(self._stream.dtmf(key))

    def _send(self) -> None:
        """A frame each 20 ms, on a schedule that does not drift."""
        due = time.monotonic()
        while not self._stopped.is_set():
            with self._lock:
                for track in self._stream.need.tracks:
                    sound = self._ends.microphone() if track == "inbound" else SILENCE
                    for message in self._stream.frames(sound, track):
                        self._socket.send(message)
                heard, marks = self._stream.play(FRAME_BYTES)
                for message in marks:
                    self._socket.send(message)
            if self._stream.need.two_way:
                self._ends.earpiece(heard)
            due += self._pause
            self._stopped.wait(max(due - time.monotonic(), 0))

    def _receive(self) -> None:
        """What the app sends, until it closes the socket."""
        for text in self._socket.messages():
            with self._lock:
                for answer in self._stream.receive(text):
                    if isinstance(answer, Warned):
                        self._ends.warned(answer)
                    else:
                        self._socket.send(answer)
        if not self._stopped.is_set():
            self._stopped.set()
            self._ends.closed(self._stream.need)
