"""What tests of the carrier need: small apps, and servers on loopback that behave or do not."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import TYPE_CHECKING

from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from offhook.account.exchange import Line
from offhook.callers.phone import Phone
from offhook.callers.target import Target
from offhook.carrier.transport import HttpTransport, WsgiTransport

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

TOKEN = "12345"
BASE = "https://app.example.org"
FIRST = f"{BASE}/first"

SMALL = "#ct=300&rt=300&tt=600&rc=0"
"""The fragment of a webhook that gives up soon."""

Answer = str | Response | Callable[[Request], str | Response]


def twiml(content: str) -> Response:
    """A document with this content."""
    return Response(f"<Response>{content}</Response>", mimetype="text/xml")


class App:
    """A TwiML app of answers by path; it keeps what it was asked."""

    def __init__(self, answers: Mapping[str, Answer]) -> None:
        """Serve each answer at its path; text is the content of a document."""
        self.answers = dict(answers)
        self.requests: list[Request] = []
        self.forms: list[dict[str, str]] = []

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        request = Request(environ)
        self.forms.append(request.form.to_dict())
        self.requests.append(request)
        answer = self.answers.get(request.path.strip("/"), Response("none here", 404))
        found = answer(request) if not isinstance(answer, (str, Response)) else answer
        response = twiml(found) if isinstance(found, str) else found
        return response(environ, start_response)

    @property
    def paths(self) -> list[str]:
        """The paths that were asked for, in order."""
        return [request.path for request in self.requests]

    def headers(self, name: str) -> list[str]:
        """A header of every request."""
        return [request.headers.get(name, "") for request in self.requests]


def phone_for(
    app: WSGIApplication, url: str = FIRST, *, status: str = "", fallback: str = ""
) -> Phone:
    """A phone that calls an app in this process."""
    line = Line(url, status or None, fallback or None)
    return Phone(Target("app", line, WsgiTransport(app, BASE), TOKEN, dated=True))


def http_phone(url: str, *, fallback: str = "", token: str = TOKEN) -> Phone:
    """A phone that calls a URL."""
    return Phone(Target(url, Line(url, None, fallback or None), HttpTransport(), token))


class _Quiet(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        """Write nothing."""


@contextmanager
def serving(app: WSGIApplication) -> Iterator[str]:
    """The app on a free port of loopback; its base URL."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Tcp(ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False


@contextmanager
def speaking(*parts: bytes, endless: bytes = b"", listen: bool = True) -> Iterator[str]:
    """A server that sends these bytes, one after the other, whatever it is asked.

    It then closes the connection, or sends `endless` until nobody takes it any more.
    """

    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):
                if listen:
                    self.request.recv(65536)
                for part in parts:
                    self.request.sendall(part)
                while endless:
                    self.request.sendall(endless)

    with _Tcp(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
