"""A WebSocket on a connection that a WSGI server hands out, sans-I/O, by `websockets`."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, cast

from flask import Response
from websockets.datastructures import Headers
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import State
from websockets.server import ServerProtocol

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

CONNECTIONS = ("gunicorn.socket", "werkzeug.socket")
"""Where servers put their connection into a request's environ."""

HEADER = "HTTP_"

LONGEST_MESSAGE = 128 * 1024
"""Bytes, in all of its fragments; Twilio's have some 300."""


class Unusable(Exception):
    """The request can't become a WebSocket: its headers are none that Twilio sends."""


def connection(environ: WSGIEnvironment) -> socket.socket | None:
    """The connection of a request; None if the server keeps it, or ends TLS itself."""
    found = next((environ[name] for name in CONNECTIONS if name in environ), None)
    return None if isinstance(found, ssl.SSLSocket) else found


class WebSocket:
    """The server's side: bytes in, messages out, and the reverse."""

    def __init__(self, environ: WSGIEnvironment) -> None:
        """Take the request that asks for it; the answer is the first of what is `to_send`.

        Raises Unusable.
        """
        self._protocol = ServerProtocol(max_size=LONGEST_MESSAGE)
        self._part = bytearray()
        self._protocol.receive_data(_request(environ).serialize())
        events = self._protocol.events_received()
        if len(events) != 1:
            raise Unusable
        (request,) = events
        self._protocol.send_response(self._protocol.accept(cast("Request", request)))

    @property
    def is_open(self) -> bool:
        """Whether messages can be sent."""
        return self._protocol.state is State.OPEN

    def receive(self, data: bytes) -> Iterator[bytes]:
        """The messages that these bytes complete."""
        self._protocol.receive_data(data)
        for event in self._protocol.events_received():
            frame = cast("Frame", event)
            if frame.opcode in {Opcode.TEXT, Opcode.BINARY, Opcode.CONT}:
                self._part += frame.data
                if frame.fin:
                    message = bytes(self._part)
                    self._part.clear()
                    yield message

    def send(self, text: str) -> None:
        """A message is to be sent, unless the other side wants no more."""
        if self.is_open:
            self._protocol.send_text(text.encode())

    def ping(self) -> None:
        """The other side is to be asked whether it is there."""
        if self.is_open:
            self._protocol.send_ping(b"")

    def close(self) -> None:
        """The other side is to be told that no more will come."""
        if self.is_open:
            self._protocol.send_close()

    def to_send(self) -> list[bytes]:
        """What is to be sent now; an empty piece is the end."""
        return self._protocol.data_to_send()


class Over(Response):
    """What a view answers behind a WebSocket: nothing, and the server lets go of it."""

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Raise what gunicorn and Werkzeug take for a client that is gone."""
        del environ, start_response
        raise ConnectionResetError(errno.ECONNRESET, "the WebSocket is closed")


def _request(environ: WSGIEnvironment) -> Request:
    """The request as `websockets` reads it."""
    headers = Headers()
    for name, value in environ.items():
        if name.startswith(HEADER):
            headers[name.removeprefix(HEADER).replace("_", "-")] = value
    return Request("/", headers)
