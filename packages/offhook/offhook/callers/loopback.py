"""Servers on loopback: an app of this process that needs sockets, and Twilio's REST API."""

from __future__ import annotations

import io
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from offhook.account.exchange import Line
from offhook.callers.target import Target
from offhook.carrier.transport import WsgiTransport

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

API_URL = "TWILIO_API_URL"
"""The environment variable that tells an app where Twilio's REST API is, if not at Twilio's."""

POLL_SECONDS = 0.05
"""How long the end of a server is waited for at most."""


class _Quiet(WSGIRequestHandler):
    """A server that does not write down each request."""

    def log_request(self, *_: object) -> None:
        """Write nothing: the phone shows what happens."""

    def run_wsgi(self) -> None:
        """Answer. A WebSocket reads the connection itself, so that nothing is left to read here.

        Werkzeug would wait for more of what the other side sends while it says goodbye.
        """
        read = self.rfile
        if "Upgrade" in self.headers:
            self.rfile = io.BytesIO()
        super().run_wsgi()
        self.rfile = read


class PortTaken(OSError):
    """Somebody else listens on the port."""


class Loopback:
    """A port on loopback that is taken before there is an app to serve on it.

    So an app can be told, when it is made, where things will be.
    """

    def __init__(self, port: int = 0) -> None:
        """Take a port, 0 for any that is free. Raises PortTaken."""
        try:
            self._socket = socket.create_server(("127.0.0.1", port))
        except OSError as error:
            raise PortTaken(*error.args) from error
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._server: BaseWSGIServer | None = None
        self._thread: threading.Thread | None = None

    def server(self, app: WSGIApplication) -> BaseWSGIServer:
        """A server of this app on the port, which is its own from now on."""
        made = make_server(
            "127.0.0.1",
            self.port,
            app,
            threaded=True,
            request_handler=_Quiet,
            fd=self._socket.fileno(),
        )
        self._socket.close()  # the server has a copy of it
        made.server_name, made.server_port = "127.0.0.1", self.port  # what binding would set
        return made

    def serve(self, app: WSGIApplication) -> None:
        """Serve this app in a thread, until the port is closed."""
        self._server = self.server(app)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(POLL_SECONDS,), name="loopback", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Give the port back."""
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()
        self._socket.close()

    def __enter__(self) -> Self:
        """The port, until it is left."""
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Give it back."""
        self.close()


@contextmanager
def announced(url: str) -> Iterator[None]:
    """Tell apps of this process where Twilio's REST API is, as long as this lasts."""
    before = os.environ.get(API_URL)
    os.environ[API_URL] = url
    try:
        yield
    finally:
        if before is None:
            del os.environ[API_URL]
        else:
            os.environ[API_URL] = before


@contextmanager
def served(target: Target) -> Iterator[Target]:
    """The target with an app of this process served, so that it can be reached by WebSocket.

    Webhooks stay in this process, and so see the call's own time; their URLs are those of
    the server. A target behind a URL stays as it is.
    """
    if not isinstance(target.transport, WsgiTransport):
        yield target
        return
    app = target.transport.app
    with Loopback() as loopback:
        loopback.serve(app)
        line = _moved(target.line, loopback.url)
        yield replace(target, line=line, transport=WsgiTransport(app, loopback.url, served=True))


def _moved(line: Line, base: str) -> Line:
    """The line's webhooks under another base."""
    return replace(
        line,
        voice_url=_under(base, line.voice_url),
        status_url=_under(base, line.status_url) if line.status_url else None,
        fallback_url=_under(base, line.fallback_url) if line.fallback_url else None,
    )


def _under(base: str, url: str) -> str:
    scheme, host = urlsplit(base)[:2]
    return urlsplit(url)._replace(scheme=scheme, netloc=host).geturl()
