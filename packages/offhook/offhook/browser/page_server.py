"""The browser phone's server: its page, its routes, and server-sent events.

It listens on loopback alone and answers only requests that were meant for it, so that
no page of a stranger can place calls through somebody's browser.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from flask import Flask, Response, abort, jsonify, request, send_from_directory
from werkzeug.exceptions import HTTPException
from werkzeug.serving import BaseWSGIServer

from offhook.browser.calls import NO_SPEECH, Calls, NoSuchCall
from offhook.browser.page_stream import register_streams
from offhook.browser.request_body import Unusable, body, leg, moment, text
from offhook.browser.tty_routes import NO_TTY, can_type, register_tty
from offhook.callers.loopback import Loopback
from offhook.callers.realtime import DoesNotFit
from offhook.carrier.fault_injection import FaultError
from offhook.events import CALLER
from offhook.interpreter.speech_rate import seconds
from offhook.needs import Connected, HangUp, Input, Key, LegStatus, PartyLeft, Speech
from offhook.rest.api_server import register_rest

STATIC = Path(__file__).parent / "static"

POLICY = "default-src 'self'; media-src 'self' blob:; frame-ancestors 'none'"

LOOPBACK = frozenset(("localhost", "127.0.0.1", "[::1]"))

KEYS = frozenset("0123456789*#ABCD")
STATUSES = frozenset(("answered", "busy", "no-answer", "failed", "canceled", "machine"))

SOUND_LIMIT = 4 * 1024 * 1024
"""Bytes of a recording from the microphone: two minutes."""


def phone_server(calls: Calls) -> Flask:
    """The Flask app of the browser phone."""
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = SOUND_LIMIT
    app.before_request(_only_for_us)
    app.after_request(_guarded)
    app.register_error_handler(Unusable, _refusal(400))
    app.register_error_handler(NoSuchCall, _refusal(404))
    app.register_error_handler(FaultError, _refusal(400))
    app.register_error_handler(DoesNotFit, _refusal(409))
    app.register_error_handler(HTTPException, _http_refusal)
    _page(app)
    register_rest(app, calls.api)
    _state(app, calls)
    register_streams(app, calls)
    register_tty(app, calls)
    _inputs(app, calls)
    _legs(app, calls)
    _downloads(app, calls)
    return app


def listen(app: Flask, port: int) -> BaseWSGIServer:
    """A server for the phone on loopback. Raises OSError if the port is taken."""
    return Loopback(port).server(app)


def _refused(text: str, status: int) -> tuple[Response, int]:
    return jsonify(error=f"{text[:1].upper()}{text[1:].rstrip('.')}."), status


def _http_refusal(error: HTTPException) -> tuple[Response, int]:
    return _refused(error.description or str(error), error.code or 500)


def _refusal(status: int) -> Callable[[Exception], tuple[Response, int]]:
    return lambda error: _refused(str(error), status)


def _only_for_us() -> None:
    """Refuse a request that another site's page makes, or that came under another name."""
    host = request.host.rpartition(":")[0] or request.host
    origin = request.headers.get("Origin")
    if host not in LOOPBACK or (origin and origin != request.host_url.rstrip("/")):
        abort(403, "this phone answers its own page alone")


def _guarded(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response


def _page(app: Flask) -> None:
    @app.get("/")
    def index() -> Response:
        return send_from_directory(STATIC, "index.html")

    @app.get("/<path:name>")
    def static_file(name: str) -> Response:
        return send_from_directory(STATIC, name)


def _state(app: Flask, calls: Calls) -> None:
    @app.get("/api/state")
    def state() -> Response:
        return jsonify(
            target=calls.target.name,
            numbers={"from": calls.page.caller, "to": calls.page.called},
            now=datetime.now(UTC).astimezone(calls.page.zone).isoformat(timespec="seconds"),
            speech=calls.speech is not None,
            speech_help="" if calls.speech else NO_SPEECH,
            recogniser=_can_hear(),
            tty={"can": can_type(), "help": NO_TTY, "wanted": calls.page.tty},
            map=calls.page.call_map,
            calls=calls.history,
            texts=_texts(calls),
            news=len(calls.news),
        )

    @app.post("/api/calls")
    def dial() -> tuple[Response, int]:
        wanted = body()
        at = moment(wanted.get("at"))
        faults = wanted.get("faults") or []
        if not isinstance(faults, list):
            raise Unusable("faults is a list of texts")
        live = calls.dial(
            str(wanted.get("from") or calls.page.caller),
            str(wanted.get("to") or calls.page.called),
            at,
            [str(fault) for fault in faults],
            patient=wanted.get("patient") is True,
            tty=wanted.get("tty") is True and can_type(),
        )
        return jsonify(id=live.call.sid), 201


def _inputs(app: Flask, calls: Calls) -> None:
    """What people on the line do: each a POST, answered 204, or 409 where it does not fit."""
    act = partial(_act, calls)

    @app.post("/api/calls/<sid>/keys")
    def keys(sid: str) -> tuple[str, int]:
        key = text("key")
        if key not in KEYS:
            raise Unusable(f"{key!r} is no key")
        return act(sid, Key(key), leg())

    @app.post("/api/calls/<sid>/say")
    def say(sid: str) -> tuple[str, int]:
        words = text("words")
        return act(sid, Speech(words, seconds(words)), leg())

    @app.post("/api/calls/<sid>/hangup")
    def hang_up(sid: str) -> tuple[str, int]:
        return act(sid, HangUp(), leg())

    @app.post("/api/calls/<sid>/speech")
    def speech(sid: str) -> tuple[Response, int]:
        live = calls.find(sid)
        words = _recognised(request.get_data(), live.hints)
        live.input(Speech(words), CALLER)
        return jsonify(words=words), 200


def _legs(app: Flask, calls: Calls) -> None:
    """What the others do."""
    act = partial(_act, calls)

    @app.post("/api/calls/<sid>/leg")
    def leg(sid: str) -> tuple[str, int]:
        status = text("status")
        if status not in STATUSES:
            raise Unusable(f"{status!r} is no end of a leg")
        return act(sid, LegStatus(status, str(body().get("number") or "")))

    @app.post("/api/calls/<sid>/party")
    def party(sid: str) -> tuple[str, int]:
        return act(sid, PartyLeft())

    @app.post("/api/calls/<sid>/connect")
    def connect(sid: str) -> tuple[str, int]:
        return act(sid, Connected(str(body().get("party") or "an agent")))


def _act(calls: Calls, sid: str, given: Input, leg: str = CALLER) -> tuple[str, int]:
    calls.find(sid).input(given, leg)
    return "", 204


def _downloads(app: Flask, calls: Calls) -> None:
    @app.get("/api/audio/<name>.wav")
    def audio(name: str) -> Response:
        sound = calls.speech.kept(name) if calls.speech else None
        if sound is None:
            abort(404, "that prompt is not kept any more")
        from offhook.audio.telephone import as_wav  # noqa: PLC0415 - an extra

        return Response(as_wav(sound), mimetype="audio/wav")

    @app.get("/api/calls/<sid>/played/<int:place>")
    def played(sid: str, place: int) -> Response:
        found = calls.find(sid).recording(place)
        if found is None:
            abort(404, "that recording is not kept")
        body, mimetype = found
        return Response(body, mimetype=mimetype)

    @app.get("/api/calls/<sid>/scenario.toml")
    def scenario(sid: str) -> Response:
        return Response(calls.find(sid).scenario(), mimetype="application/toml")

    @app.get("/api/calls/<sid>/call.wav")
    def wav(sid: str) -> Response:
        live = calls.find(sid)
        if calls.speech is None:
            abort(501, "the call can't be written as sound: install the extra `audio`")
        from offhook.audio.telephone import as_wav  # noqa: PLC0415 - an extra
        from offhook.browser.recording import whole  # noqa: PLC0415 - an extra

        sound = whole(list(live.moments), live.overheard.pieces, calls.speech)
        return Response(as_wav(sound), mimetype="audio/wav")


def _texts(calls: Calls) -> list[dict[str, str]]:
    return [
        {"from": text.sender, "to": text.to, "body": text.body} for text in calls.exchange.texts
    ]


def _can_hear() -> bool:
    from offhook.audio.hearing import can_hear  # noqa: PLC0415 - an extra

    return can_hear()


def _recognised(wav: bytes, hints: tuple[str, ...]) -> str:
    from offhook.audio import hearing, telephone  # noqa: PLC0415 - an extra

    try:
        samples, rate = telephone.from_wav(wav)
        if rate != hearing.RATE:
            raise Unusable(f"the recording has {rate} samples a second, not {hearing.RATE}")
        pcm = (samples * 32767).astype("<i2").tobytes()
        words = hearing.recognise(pcm, hints)
    except hearing.CannotHear as error:
        abort(501, str(error))
    except ValueError as error:
        raise Unusable(str(error)) from error
    if not words:
        abort(422, "no words were recognised; speak up, or type them")
    return words
