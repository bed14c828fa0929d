"""A pretend app of a few documents for the tests of the verbs, and phones that call it."""

from __future__ import annotations

import io
import wave
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from werkzeug.wrappers import Request, Response

from offhook.account.exchange import Exchange, Line
from offhook.callers.phone import Phone
from offhook.callers.phone_call import PhoneCall
from offhook.callers.place_call import CallRequest
from offhook.callers.script import ScriptedCaller
from offhook.callers.target import Target
from offhook.carrier.transport import WsgiTransport
from offhook.events import Event, Requested
from offhook.interpreter.options import Options
from offhook.needs import CloseStream, OpenStream, SendKey, StreamReply

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

BASE = "https://app.example.org"
TOKEN = "12345"

CALLER = "+16125550123"
LINE = "+19525550100"
AGENT = "+19525550101"
"""Calls to this number get the document `agent`; all others get `first`."""

NURSE = "+16125550199"
SECOND = "+16125550198"

E = TypeVar("E")


@dataclass(frozen=True)
class Asked:
    """A request that the app was sent."""

    path: str
    method: str
    told: dict[str, str]
    headers: dict[str, str]


class App:
    """Serves TwiML by path, an empty document for any other, and keeps what it was asked.

    A tuple of documents is served one after another, the last for ever.
    """

    def __init__(self, **documents: str | Response | tuple[str, ...]) -> None:
        """Serve each document at the path of its name."""
        self.documents = documents
        self.requests: list[Asked] = []

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        request = Request(environ)
        told = request.args.to_dict() | request.form.to_dict()
        path = request.path.strip("/")
        if path == "first" and told.get("To") == AGENT:
            path = "agent"
        before = len(self.asked(path))
        self.requests.append(Asked(path, request.method, told, dict(request.headers)))
        document = self.documents.get(path, "")
        if isinstance(document, tuple):
            document = document[min(before, len(document) - 1)]
        if isinstance(document, str):
            document = Response(f"<Response>{document}</Response>", mimetype="text/xml")
        return document(environ, start_response)

    @property
    def paths(self) -> list[str]:
        """The paths that were asked for, in order."""
        return [asked.path for asked in self.requests]

    def asked(self, path: str) -> list[dict[str, str]]:
        """The parameters of each request for a path."""
        return [asked.told for asked in self.requests if asked.path == path]

    def methods(self, path: str) -> list[str]:
        """The method of each request for a path."""
        return [asked.method for asked in self.requests if asked.path == path]


def phone(app: App, options: Options | None = None) -> Phone:
    """A phone that calls the app; how calls end is told to `status`."""
    line = Line(f"{BASE}/first", f"{BASE}/status")
    return Phone(Target("app", line, WsgiTransport(app, BASE), TOKEN), options)


def dial(
    first: str | Response, options: Options | None = None, **documents: str | tuple[str, ...]
) -> tuple[App, PhoneCall]:
    """An app of these documents, and a call to it."""
    app = App(first=first, **documents)
    return app, phone(app, options).dial(LINE, caller=CALLER)


def told(asked: dict[str, str], *names: str) -> dict[str, str]:
    """Those of the parameters that have these names."""
    return {name: asked[name] for name in names if name in asked}


def of(call: PhoneCall, kind: type[E]) -> list[E]:
    """The events of one kind."""
    return [event for event in call.events if isinstance(event, kind)]


def times(call: PhoneCall, purpose: str) -> list[float]:
    """When requests of this purpose were made, in seconds since the call began."""
    return [
        round(moment.at, 2)
        for moment in call.moments
        if isinstance(moment.event, Requested) and moment.event.purpose == purpose
    ]


def codes(call: PhoneCall) -> list[int]:
    """The codes of all warnings."""
    return [warned.code for warned in call.warnings]


def wav(seconds: float) -> Response:
    """A recording of silence, as an app serves it."""
    sound = io.BytesIO()
    with wave.open(sound, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(round(seconds * 8000) * 2))
    return Response(sound.getvalue(), mimetype="audio/wav")


@dataclass
class PretendStreams:
    """Media streams without sockets: what was opened, closed and sent, in order."""

    opened: list[OpenStream] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    keys: list[SendKey] = field(default_factory=list)

    def open(self, need: OpenStream) -> StreamReply:
        """Open any stream."""
        self.opened.append(need)
        return StreamReply()

    def close(self, need: CloseStream) -> StreamReply:
        """Close a stream."""
        self.closed.append(need.sid)
        return StreamReply()

    def press(self, need: SendKey) -> StreamReply:
        """Take a key."""
        self.keys.append(need)
        return StreamReply()


def follow(
    app: App,
    script: str = "",
    options: Options | None = None,
    streams: PretendStreams | None = None,
) -> list[Event]:
    """What happens in a call by a caller who follows a script."""
    line = Line(f"{BASE}/first", f"{BASE}/status")
    target = Target("verbs", line, WsgiTransport(app, BASE), TOKEN)
    request = CallRequest(target, CALLER, LINE, options=options or Options())
    events: list[Event] = []
    caller = ScriptedCaller(script)
    caller.hold(request.place(Exchange(TOKEN)), lambda event, _: events.append(event), streams)
    caller.check_finished()
    return events
