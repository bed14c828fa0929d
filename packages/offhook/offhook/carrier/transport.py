"""What carries a request to an app: HTTP, or a call in this process."""

from __future__ import annotations

import base64
import io
import math
import ssl
import sys
import threading
import time
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote_plus, unquote, urlsplit

import requests
import urllib3

from offhook.carrier.overrides import Overrides
from offhook.needs import Response

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication
    from time_machine import travel

BODY_LIMIT = 16 * 1024 * 1024
"""Bytes that are read of an answer; a recording is no longer, and TwiML has its own limit."""

CHUNK = 64 * 1024

REASON_LENGTH = 200
"""Characters that are shown of why there was no answer."""

_quoted = lru_cache(maxsize=4096)(quote_plus)  # most fields of a call are the same each time


@dataclass(frozen=True)
class Request:
    """One request, signed and ready. `now` is the time an app in this process is to see.

    `deadline`, by the monotonic clock, ends it whatever its own limits are: it may be one
    of several tries, or of several hops.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    form: Mapping[str, str]
    overrides: Overrides = field(default_factory=Overrides)
    now: datetime | None = None
    deadline: float = math.inf


@lru_cache(maxsize=1024)
def wire_url(url: str) -> str:
    """The URL as it is requested, and signed: escaped, host in lower case, without a fragment.

    Raises ValueError if it can't be requested.
    """
    prepared = requests.PreparedRequest()
    prepared.prepare_url(url.partition("#")[0], None)
    return prepared.url or ""


class Transport(Protocol):
    """Carries a request to an app. No redirects are followed, no cookies kept."""

    def send(self, request: Request) -> Response:
        """Carry out one request; status 0, and `error`, if nothing came back."""


def unanswered(error: int, why: str) -> Response:
    """Nothing came back: 11205 if there was no connection, 11200 if no answer."""
    return Response(0, body=why.encode(), error=error)


TOO_LONG = unanswered(11200, f"an answer of more than {BODY_LIMIT // 2**20} MB")


class _Session(requests.Session):
    """A session that never looks where a redirect leads: it would read all of its body."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Nowhere."""
        del resp
        return None


class HttpTransport:
    """Calls an app over the network."""

    def __init__(self) -> None:
        """Keep connections open between requests, one set a thread."""
        self._local = threading.local()

    def _session(self) -> requests.Session:
        if not hasattr(self._local, "session"):
            self._local.session = _Session()
            self._local.session.trust_env = False
        session: requests.Session = self._local.session
        return session

    def send(self, request: Request) -> Response:
        """Carry out one request within its time limits."""
        limits = request.overrides
        read = min(limits.read, limits.total)
        late = unanswered(11200, f"no answer within {read:g} s")
        deadline = min(time.monotonic() + limits.total, request.deadline)
        left = deadline - time.monotonic()
        if left <= 0:
            return late
        session = self._session()
        session.cookies.clear()
        try:
            answer = session.request(
                request.method,
                request.url,
                data=dict(request.form) or None,
                headers=dict(request.headers),
                timeout=(min(limits.connect, left), min(read, left)),
                allow_redirects=False,
                stream=True,
            )
            with answer:
                return _received(answer, deadline)
        except requests.ConnectTimeout:
            return unanswered(11205, f"no connection within {limits.connect:g} s")
        except (requests.Timeout, urllib3.exceptions.ReadTimeoutError):
            return late
        except (urllib3.exceptions.HTTPError, requests.exceptions.ContentDecodingError) as error:
            return unanswered(11200, _reason(error))  # there was an answer, but it broke off
        except (requests.RequestException, ValueError, OSError) as error:
            return unanswered(11205, _reason(error))


def _received(answer: requests.Response, deadline: float) -> Response:
    body = bytearray()
    while chunk := answer.raw.read1(CHUNK, decode_content=True):  # never waits for a whole chunk
        body += chunk
        if len(body) > BODY_LIMIT:
            return TOO_LONG
        if time.monotonic() > deadline:
            return unanswered(11200, "the answer took too long")
    headers = {name.lower(): value for name, value in answer.headers.items()}
    cookies = answer.raw.headers.getlist("Set-Cookie")
    if cookies:  # a comma would be part of an expiry date
        headers["set-cookie"] = "\n".join(cookies)
    return Response(
        answer.status_code, headers.get("content-type", ""), bytes(body), headers, answer.url
    )


def _reason(error: BaseException) -> str:
    """What went wrong, in the words of its innermost cause."""
    inner: BaseException | None = error
    while inner is not None:
        error = inner
        causes = (*error.args, getattr(error, "reason", None), error.__cause__)
        inner = next((each for each in causes if isinstance(each, BaseException)), None)
    text = str(error)[:REASON_LENGTH]
    if isinstance(error, ssl.SSLError):
        return f"no secure connection: {text}; write http:// if the app has no certificate"
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


class WsgiTransport:
    """Calls a WSGI app in this process, for its own host; other hosts over the network.

    If it is `served`, a server takes WebSockets for it under the same URL.
    """

    def __init__(self, app: WSGIApplication, base_url: str, *, served: bool = False) -> None:
        """Call this app under this URL."""
        import time_machine  # noqa: PLC0415 - takes long: it imports pytest, if that is installed

        self.app = app
        self.served = served
        self._host = _host(wire_url(base_url))
        self._elsewhere = HttpTransport()
        self._travel = partial(time_machine.travel, tick=True)
        self._lock = threading.Lock()

    def is_here(self, url: str) -> bool:
        """Whether a URL, also one that can't be read, is under the app's."""
        try:
            return _host(url).lower() == self._host
        except ValueError:
            return False

    def send(self, request: Request) -> Response:
        """Carry out one request. An exception that the app lets out is a 500, as on a server."""
        if not self.is_here(request.url):
            return self._elsewhere.send(request)
        try:
            with self._at(request.now):
                return _called(self.app, request)
        except Exception as error:  # noqa: BLE001 - the app's exceptions are its own, any may come
            return Response(500, "text/plain", type(error).__name__.encode())

    def _at(self, now: datetime | None) -> AbstractContextManager[object]:
        """The time that the app sees: the call's own, or the time it is."""
        return _Travel(self._lock, self._travel(now)) if now else nullcontext()


def _host(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2]


class _Travel:
    """One request at another time, for this process; others wait."""

    def __init__(self, lock: threading.Lock, to: travel) -> None:
        self._lock = lock
        self._travel = to

    def __enter__(self) -> None:
        self._lock.acquire()
        self._travel.start()

    def __exit__(self, *_: object) -> None:
        self._travel.stop()
        self._lock.release()


def _called(app: WSGIApplication, request: Request) -> Response:
    """Call a WSGI app (PEP 3333) with a request."""
    status = "500 Nothing was answered"
    headers: dict[str, str] = {}
    written: list[bytes] = []

    def start_response(line: str, fields: list[tuple[str, str]], _exc: object = None) -> Any:  # noqa: ANN401 - the type of PEP 3333's write()
        nonlocal status
        status = line
        for name, value in fields:
            lower = name.lower()
            headers[lower] = f"{headers[lower]}\n{value}" if lower in headers else value
        return written.append

    chunks: Iterable[bytes] = app(_environ(request), start_response)
    try:
        body = bytearray()
        for chunk in chunks:
            body += chunk
            if len(body) > BODY_LIMIT:
                return TOO_LONG
    finally:
        close = getattr(chunks, "close", None)
        if close:
            close()
    body = bytearray(b"".join(written)) + body
    code = int(status.split(" ", 1)[0])
    return Response(code, headers.get("content-type", ""), bytes(body), headers, request.url)


def _environ(request: Request) -> dict[str, object]:
    parts = urlsplit(request.url)
    body = "&".join([f"{_quoted(name)}={_quoted(value)}" for name, value in request.form.items()])
    user, _, host = parts.netloc.rpartition("@")
    default_port = "443" if parts.scheme == "https" else "80"
    environ: dict[str, object] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(parts.path or "/", "latin-1"),
        "QUERY_STRING": parts.query,
        "REQUEST_URI": (parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
        "SERVER_NAME": parts.hostname or "localhost",
        "SERVER_PORT": str(parts.port or default_port),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": host,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": parts.scheme,
        "wsgi.input": io.BytesIO(body.encode()),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    if request.form:
        environ["CONTENT_TYPE"] = "application/x-www-form-urlencoded"
    if user:
        environ["HTTP_AUTHORIZATION"] = f"Basic {base64.b64encode(unquote(user).encode()).decode()}"
    for name, value in request.headers.items():
        environ["HTTP_" + name.upper().replace("-", "_")] = value
    return environ
