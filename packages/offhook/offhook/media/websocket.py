"""A WebSocket to an app, sans-I/O by `websockets`: one thread sends, another receives.

What the app sent before it closed is received to its last message, also where a frame is
sent into its closing: sending fails then, and receiving goes on to the end.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress

from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.uri import WebSocketURI, parse_uri

CLOSE_SECONDS = 1.0
"""How long the app may take to close, once one side has said that it does."""

STUCK_SECONDS = 20.0
"""How long the app may take to make room for a message."""

MOST_BYTES = 65536
"""That are received at once."""

PARTS = (Opcode.TEXT, Opcode.BINARY, Opcode.CONT)
"""The frames that messages are made of."""


class WebSocket:
    """The client's side: messages out and in."""

    def __init__(self, url: str, headers: Mapping[str, str], seconds: float) -> None:
        """Connect and shake hands within so many seconds.

        Raises OSError, ValueError or one of `websockets`' exceptions, which say what is wrong.
        """
        uri = parse_uri(url)
        self._deadline = time.monotonic() + seconds
        self._protocol = ClientProtocol(uri, max_size=None)  # sound of any length may come
        self._lock = threading.Lock()
        self._gone = False
        self._ended = threading.Event()
        self._socket = socket.create_connection((uri.host, uri.port), seconds)
        try:
            self._socket = _secured(self._socket, uri)
            self._shake_hands(headers)
        except BaseException:
            self._socket.close()
            raise
        self._socket.settimeout(STUCK_SECONDS)

    def send(self, text: str) -> None:
        """Send a message; an app that has closed gets none."""
        with self._lock:
            if self._protocol.state is State.OPEN:
                self._protocol.send_text(text.encode())
                self._send()

    def messages(self) -> Iterator[bytes]:
        """What the app sends, until one side has closed."""
        message = bytearray()
        try:
            for frame in self._frames():
                message += frame.data
                if frame.fin:
                    yield bytes(message)
                    message.clear()
        finally:
            self._socket.close()
            self._ended.set()

    def close(self) -> None:
        """Close it, while another thread receives."""
        with self._lock:
            if self._protocol.state is State.OPEN:
                self._protocol.send_close()
                self._send()
        if not self._ended.wait(CLOSE_SECONDS):
            with suppress(OSError):  # it has ended in this moment
                self._socket.shutdown(socket.SHUT_RDWR)

    def _shake_hands(self, headers: Mapping[str, str]) -> None:
        request = self._protocol.connect()
        request.headers.update(headers)
        self._protocol.send_request(request)
        self._send()
        while self._protocol.state is State.CONNECTING and self._protocol.handshake_exc is None:
            left = self._deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError("timed out")
            self._socket.settimeout(left)
            self._take(self._socket.recv(MOST_BYTES))
        if self._protocol.handshake_exc is not None:
            raise self._protocol.handshake_exc

    def _frames(self) -> Iterator[Frame]:
        """The frames of messages, as they come."""
        data: bytes | None = None
        while data != b"":
            for event in self._protocol.events_received():  # some came with the handshake
                if isinstance(event, Frame) and event.opcode in PARTS:
                    yield event
            data = self._received()
            if data is not None:
                self._take(data)

    def _received(self) -> bytes | None:
        """What comes next: None for nothing in this while, empty for the end."""
        try:
            return self._socket.recv(MOST_BYTES)
        except TimeoutError:
            return b"" if self._protocol.close_expected() else None
        except OSError:
            return b""

    def _take(self, data: bytes) -> None:
        """Give the protocol what was received, empty for the end, and send what it answers."""
        with self._lock:
            if data:
                self._protocol.receive_data(data)
            else:
                self._protocol.receive_eof()
            self._send()
            if self._protocol.close_expected():
                self._socket.settimeout(CLOSE_SECONDS)

    def _send(self) -> None:
        """Send what the protocol has to send, until that fails once."""
        pieces = self._protocol.data_to_send()
        if self._gone:
            return
        try:
            for piece in pieces:
                if piece:
                    self._socket.sendall(piece)
                else:
                    self._socket.shutdown(socket.SHUT_WR)
        except OSError:
            self._gone = True


def _secured(plain: socket.socket, uri: WebSocketURI) -> socket.socket:
    """The connection with TLS around it, if its URL asks for that."""
    if not uri.secure:
        return plain
    return ssl.create_default_context().wrap_socket(plain, server_hostname=uri.host)
