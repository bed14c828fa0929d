"""The line's end of a WebSocket, on real servers, and its protocol byte by byte."""

from __future__ import annotations

import base64
import json
import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from line_facts import TOKEN
from served import SECONDS, gunicorn
from twilio.request_validator import RequestValidator
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.frames import Frame, Opcode
from websockets.sync.client import ClientConnection, connect
from werkzeug.test import EnvironBuilder

import ivr.twilio.stream_server
from ivr import Settings, create_app
from ivr.call.flow import START
from ivr.call.nodes import Way
from ivr.twilio.call_redirect import CallRedirector, CallRef
from ivr.twilio.signature import HEADER, Signature
from ivr.twilio.stream_server import UNADMITTED_BYTES
from ivr.twilio.stream_session import Session, Told
from ivr.twilio.tickets import STREAM_PATH, Detect, Talk, Tickets
from ivr.twilio.webhook_request import TwilioRequest
from ivr.twilio.websocket import Unusable, WebSocket
from offhook.callers.loopback import Loopback
from ttymodem.modem import modulate

pytestmark = pytest.mark.slow

CALL = "CA" + "1" * 32
ACCOUNT = "AC" + "1" * 32
TALK = Talk("en", Way(START))

REQUEST = {
    "HTTP_UPGRADE": "websocket",
    "HTTP_CONNECTION": "Upgrade",
    "HTTP_SEC_WEBSOCKET_KEY": "dHR5IHRlc3QgdHR5IHRlcw==",
    "HTTP_SEC_WEBSOCKET_VERSION": "13",
}


def started(admits: Talk | Detect = TALK) -> str:
    """The first message of a stream that is admitted."""
    ticket = Tickets(TOKEN).issue(admits, CALL, datetime.now(UTC))
    start = {"streamSid": "MZ", "callSid": CALL, "accountSid": ACCOUNT}
    return json.dumps({"event": "start", "start": start | {"customParameters": {"ticket": ticket}}})


@pytest.fixture
def line() -> Iterator[str]:
    """Where our line's streams are."""
    app = create_app(Settings.from_environment({"TWILIO_AUTH_TOKEN": TOKEN}))
    with Loopback() as loopback:
        loopback.serve(app)
        yield f"ws://127.0.0.1:{loopback.port}{STREAM_PATH}"


def hears_a_text(stream: ClientConnection) -> bool:
    """Whether the line sends a text, and the mark behind it."""
    events = []
    while "mark" not in events:
        events.append(json.loads(stream.recv(timeout=SECONDS))["event"])
    return set(events) == {"media", "mark"}


def is_closed(stream: ClientConnection) -> bool:
    """Whether the line closes the stream in time."""
    try:
        while True:
            stream.recv(timeout=SECONDS)
    except ConnectionClosed:
        return True


# The protocol


@pytest.fixture
def open_socket() -> WebSocket:
    """A WebSocket that has shaken hands."""
    made = WebSocket(REQUEST)
    assert made.to_send()[0].startswith(b"HTTP/1.1 101 ")
    return made


def framed(opcode: Opcode, data: bytes, *, fin: bool = True) -> bytes:
    """A frame of a client."""
    return Frame(opcode, data, fin=fin).serialize(mask=True)


def test_a_message_in_pieces_is_one(open_socket: WebSocket) -> None:
    """However its frames, and the bytes of these, are cut; a ping may come between."""
    sent = framed(Opcode.TEXT, b"one", fin=False) + framed(Opcode.PING, b"?")
    sent += framed(Opcode.CONT, b" message") + framed(Opcode.TEXT, b"another")
    got = [message for byte in sent for message in open_socket.receive(bytes([byte]))]
    assert got == [b"one message", b"another"]
    assert b"".join(open_socket.to_send()) == Frame(Opcode.PONG, b"?").serialize(mask=False)


@pytest.mark.parametrize(
    "data",
    [
        Frame(Opcode.TEXT, b"not masked").serialize(mask=False),
        framed(Opcode.CONT, b"of nothing"),
        b"GET / HTTP/1.1\r\n\r\n",
        framed(Opcode.TEXT, b"x" * (1 << 20) + b"too long"),
        framed(Opcode.TEXT, b"one", fin=False) + framed(Opcode.TEXT, b"in another"),
    ],
    ids=["not masked", "of nothing", "no frame", "too long", "one in another"],
)
def test_what_is_no_websocket_closes_it(open_socket: WebSocket, data: bytes) -> None:
    """It is told so, and nothing of it is a message."""
    assert list(open_socket.receive(data)) == []
    assert not open_socket.is_open
    said = b"".join(open_socket.to_send())
    assert said[:1] == b"\x88"
    open_socket.send("never")
    open_socket.ping()
    open_socket.close()
    assert open_socket.to_send() == []


@pytest.mark.parametrize("missing", sorted(REQUEST))
def test_a_request_that_is_none_is_refused(missing: str) -> None:
    """With a status, and the end of the connection."""
    made = WebSocket({name: value for name, value in REQUEST.items() if name != missing})
    *said, end = made.to_send()
    assert b"".join(said).startswith(b"HTTP/1.1 4")
    assert end == b""
    assert not made.is_open


def test_headers_that_twilio_does_not_send_are_refused() -> None:
    """Too long ones, for instance."""
    with pytest.raises(Unusable):
        WebSocket(REQUEST | {f"HTTP_X_{name}": "x" * 9000 for name in "ABC"})


def test_a_message_in_endless_pieces_closes_it(open_socket: WebSocket) -> None:
    """Before it has cost much."""
    pieces = [framed(Opcode.TEXT, b"x", fin=False)]
    pieces += [framed(Opcode.CONT, b"x" * 1024, fin=False)] * 200
    assert [message for piece in pieces for message in open_socket.receive(piece)] == []
    assert not open_socket.is_open


# On a server


def test_a_server_that_keeps_its_connection_is_named(caplog: pytest.LogCaptureFixture) -> None:
    """The stream does not open, so that the call goes on with what is behind it."""
    app = create_app(Settings.from_environment({"TWILIO_AUTH_TOKEN": TOKEN}))
    headers = {"Connection": "Upgrade", "Upgrade": "websocket"}
    assert app.test_client().get(STREAM_PATH, headers=headers).status_code == 501
    assert "gthread" in caplog.text


def test_a_stream_that_has_stopped_is_closed(line: str) -> None:
    """And lets go of the server's thread."""
    with connect(line) as stream:
        stream.send(started())
        assert hears_a_text(stream)
        stream.send('{"event": "stop", "stop": {}}')
        assert is_closed(stream)


def test_a_stream_that_never_begins_is_closed(
    line: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Who opens one and says nothing holds nothing."""
    monkeypatch.setattr(ivr.twilio.stream_server, "START_SECONDS", 0.1)
    with connect(line) as stream:
        assert is_closed(stream)
    assert "the stream did not begin" in caplog.text


def talk(stream: ClientConnection) -> None:
    """Say something that means nothing, again and again."""
    pause = threading.Event()
    for _ in range(SECONDS * 20):
        stream.send("x")
        pause.wait(0.05)


def test_who_says_much_and_never_begins_is_sent_away_too(
    line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stranger may not hold a thread by talking."""
    monkeypatch.setattr(ivr.twilio.stream_server, "START_SECONDS", 0.5)
    with connect(line) as stream, pytest.raises(ConnectionClosed):
        talk(stream)


def test_strangers_leave_room_for_webhooks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """So many may wait to be admitted; then a stream is refused, and those admitted go on."""
    monkeypatch.setattr(ivr.twilio.stream_server, "STRANGERS", 1)
    app = create_app(Settings.from_environment({"TWILIO_AUTH_TOKEN": TOKEN}))
    with Loopback() as loopback:
        loopback.serve(app)
        url = f"ws://127.0.0.1:{loopback.port}{STREAM_PATH}"
        with connect(url) as known:
            known.send(started())
            assert hears_a_text(known)
            with connect(url), pytest.raises(InvalidStatus, match="503"):
                connect(url).close()
            known.send('{"event": "stop", "stop": {}}')
            assert is_closed(known)


def hold_strangers(line: str, held: ExitStack) -> None:
    """60 strangers who open a stream and are silent; who is refused tries no more."""
    for _ in range(60):
        with suppress(InvalidStatus):
            held.enter_context(connect(line))


def flood(line: str, over: threading.Event) -> None:
    """A stranger who sends what nobody can read, again and again."""
    noise = framed(Opcode.TEXT, b"x" * 1000) * 20
    while not over.is_set():
        with suppress(OSError), stranger(line) as peer:
            while not over.is_set():
                peer.sendall(noise)


def test_signed_streams_always_have_room(line: str) -> None:
    """Beside 60 silent strangers and 4 who flood, each caller's stream is admitted."""
    over = threading.Event()
    floods = [threading.Thread(target=flood, args=(line, over)) for _ in range(4)]
    with ExitStack() as held:
        held.callback(over.set)
        hold_strangers(line, held)
        for each in floods:
            each.start()
        for _ in range(10):
            caller = held.enter_context(connect(line, additional_headers=signature_of(line)))
            caller.send(started())
            assert hears_a_text(caller)
    for each in floods:
        each.join()


def signature_of(url: str) -> dict[str, str]:
    """The header by which Twilio signs a handshake of this URL."""
    return {HEADER: RequestValidator(TOKEN).compute_signature(url, {})}


@pytest.mark.parametrize("scheme", ["ws", "http"])
@pytest.mark.parametrize("end", ["", "/"])
def test_a_handshake_may_be_signed_in_each_form(
    monkeypatch: pytest.MonkeyPatch, scheme: str, end: str
) -> None:
    """By either scheme, with a slash at its end or without: no place of a stranger's is taken."""
    monkeypatch.setattr(ivr.twilio.stream_server, "STRANGERS", 0)
    app = create_app(Settings.from_environment({"TWILIO_AUTH_TOKEN": TOKEN}))
    with Loopback() as loopback:
        loopback.serve(app)
        address = f"127.0.0.1:{loopback.port}{STREAM_PATH}"
        signed = signature_of(f"{scheme}://{address}{end}")
        with connect(f"ws://{address}", additional_headers=signed) as caller:
            caller.send(started())
            assert hears_a_text(caller)
            caller.send('{"event": "stop", "stop": {}}')
            assert is_closed(caller)
        for wrong in ("", signature_of(f"{scheme}://{address}x")[HEADER]):
            with pytest.raises(InvalidStatus, match="503"):
                connect(f"ws://{address}", additional_headers={HEADER: wrong}).close()


@pytest.mark.parametrize("url", ["https://line.example.org", "https://line.example.org/line"])
@pytest.mark.parametrize("port", ["", ":443"])
def test_a_public_url_is_signed_with_its_port_or_without(url: str, port: str) -> None:
    """As wss or https; the URL that the server itself sees does not count then."""
    parts = urlsplit(url)
    checked = Signature(TOKEN, url)
    for scheme in ("wss", "https"):
        signed_url = f"{scheme}://{parts.netloc}{port}{parts.path}{STREAM_PATH}"
        headers = signature_of(signed_url)
        builder = EnvironBuilder(STREAM_PATH, "http://127.0.0.1:8000", headers=[*headers.items()])
        assert checked.signs_stream(TwilioRequest(builder.get_environ())), signed_url


def test_a_ticket_admits_a_stream_that_is_not_signed(
    line: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody knows for certain what Twilio signs: who comes by a ticket alone is told of."""
    with connect(line) as caller:
        caller.send('{"event": "connected"}')
        caller.send(started())
        assert hears_a_text(caller)
        caller.send('{"event": "stop", "stop": {}}')
        assert is_closed(caller)
    assert "by its ticket alone" in caplog.text


def test_those_admitted_by_a_ticket_leave_the_strangers_their_places(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where no handshake is signed as expected, more callers are held than strangers may wait."""
    monkeypatch.setattr(ivr.twilio.stream_server, "STRANGERS", 1)
    app = create_app(Settings.from_environment({"TWILIO_AUTH_TOKEN": TOKEN}))
    with Loopback() as loopback, ExitStack() as held:
        loopback.serve(app)
        for _ in range(4):
            url = f"ws://127.0.0.1:{loopback.port}{STREAM_PATH}"
            caller = held.enter_context(connect(url))
            caller.send(started())
            assert hears_a_text(caller)


@pytest.mark.parametrize(
    "first",
    ["nonsense", '{"event": "media", "media": {}}', '{"event": "news"}', "media", "mark", "stop"],
)
def test_a_stream_that_begins_with_anything_else_is_closed_at_once(line: str, first: str) -> None:
    """Neither `connected` nor `start`: nothing more of it is read."""
    messages = {
        "media": sound(b"\xff" * 160, 0),
        "mark": '{"event": "mark", "mark": {"name": "1"}}',
        "stop": '{"event": "stop", "stop": {}}',
    }
    with connect(line) as other:
        other.send(messages.get(first, first))
        assert is_closed(other)


def test_what_comes_at_once_behind_the_start_is_read(line: str) -> None:
    """After a stall of the network, a second of sound and more is in one piece."""
    with stranger(line) as peer:
        messages = [started(), *(sound(b"\xff" * 160, 20 * each) for each in range(100))]
        assert b" 101 " in read_until(peer, b"\r\n\r\n")
        peer.sendall(b"".join(framed(Opcode.TEXT, each.encode()) for each in messages))
        assert b'"media"' in read_until(peer, b'"media"')


def read_until(peer: socket.socket, wanted: bytes) -> bytes:
    """What comes, until this has."""
    said = bytearray()
    while wanted not in said:
        data = peer.recv(4096)
        assert data, "the line has closed the stream"
        said += data
    return bytes(said)


def test_a_stream_says_little_before_it_is_admitted(line: str) -> None:
    """However it is cut: after 16 kB the connection is at its end."""
    with connect(line) as other:
        other.send('{"event": "connected", "more": "' + "x" * UNADMITTED_BYTES + '"}')
        assert is_closed(other)


def test_a_move_without_an_answer_is_not_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may have been accepted, and a leg may ring."""
    asked: list[str] = []

    def slow(url: str, **_: object) -> requests.Response:
        asked.append(url)
        raise requests.ReadTimeout

    monkeypatch.setattr(requests, "post", slow)
    assert not CallRedirector("http://127.0.0.1:1", TOKEN).move(
        CallRef(ACCOUNT, CALL), "http://x/tty"
    )
    assert len(asked) == 1


def test_who_does_not_stop_when_told_is_cut_off(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stranger who is refused, and sends on without a word of goodbye."""
    monkeypatch.setattr(ivr.twilio.stream_server, "CLOSE_SECONDS", 0.5)
    with stranger(line) as peer:
        rests = threading.Event()
        for _ in range(SECONDS * 100):
            try:
                peer.sendall(framed(Opcode.TEXT, sound(b"", 0).encode()))
            except OSError:
                return
            rests.wait(0.01)
    pytest.fail("the stranger is still listened to")


@contextmanager
def stranger(line: str) -> Iterator[socket.socket]:
    """A WebSocket that follows no protocol once it is open."""
    shake = "".join(f"{name[5:].replace('_', '-')}: {REQUEST[name]}\r\n" for name in REQUEST)
    with socket.create_connection(("127.0.0.1", urlsplit(line).port), timeout=SECONDS) as peer:
        peer.sendall(f"GET {STREAM_PATH} HTTP/1.1\r\nHost: x\r\n{shake}\r\n".encode())
        yield peer


def test_a_peer_that_vanishes_is_let_go(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who does not even answer a ping holds nothing for ever."""
    monkeypatch.setattr(ivr.twilio.stream_server, "PING_SECONDS", 0.5)
    monkeypatch.setattr(ivr.twilio.stream_server, "GONE_SECONDS", 2.0)
    with stranger(line) as peer:
        said = bytearray()
        with suppress(ConnectionResetError):
            while data := peer.recv(4096):
                said += data
    assert said.startswith(b"HTTP/1.1 101 ")
    assert said.endswith(Frame(Opcode.PING, b"").serialize(mask=False))


def test_a_peer_that_answers_pings_may_be_silent(
    line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A caller whose silent frames are left out is asked again, not lost."""
    monkeypatch.setattr(ivr.twilio.stream_server, "PING_SECONDS", 0.5)
    monkeypatch.setattr(ivr.twilio.stream_server, "GONE_SECONDS", 2.0)
    waited: list[float] = []
    enough = threading.Event()
    wait = Session.waited

    def note(session: Session, seconds: float) -> Iterator[Told]:
        waited.append(seconds)
        if sum(waited) > 4:
            enough.set()
        return wait(session, seconds)

    monkeypatch.setattr(Session, "waited", note)
    with connect(line, ping_interval=None) as stream:
        stream.send(started())
        assert hears_a_text(stream)
        assert enough.wait(SECONDS)
        stream.send('{"event": "stop", "stop": {}}')
        assert is_closed(stream)


@pytest.mark.parametrize(
    "message", ["nonsense", '{"event": "news"}', "media"], ids=["nonsense", "unknown", "media"]
)
def test_time_passes_whatever_comes(
    line: str, monkeypatch: pytest.MonkeyPatch, message: str
) -> None:
    """Messages without a time of their own, or with one that stands still, hold nothing up."""
    waited = threading.Event()

    def note(_: Session, seconds: float) -> Iterator[str]:
        if seconds:
            waited.set()
        return iter(())

    monkeypatch.setattr(Session, "waited", note)
    with connect(line) as stream:
        stream.send(started())
        for _ in range(SECONDS * 10):
            stream.send(sound(b"\xff" * 160, 0) if message == "media" else message)
            if waited.wait(0.1):
                break
    assert waited.is_set()


@contextmanager
def held_up(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Twilio's REST API takes its time, until the event says that it is asked."""
    asked, go_on = threading.Event(), threading.Event()

    def move(_: CallRedirector, _call: CallRef, _document: bytes) -> bool:
        asked.set()
        return go_on.wait(SECONDS)

    monkeypatch.setattr(CallRedirector, "hand", move)
    try:
        yield asked
    finally:
        go_on.set()


def test_a_call_that_is_being_moved_holds_up_no_other(
    line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow REST API is waited for beside the streams."""
    with held_up(monkeypatch) as asked, connect(line) as slow, connect(line) as other:
        types_while_detected(slow)
        assert asked.wait(SECONDS)
        other.send(started())
        assert hears_a_text(other)


def test_a_stream_beside_a_call_that_was_moved_is_closed(
    line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is of no use any more, and costs money and a thread."""
    monkeypatch.setattr(CallRedirector, "hand", lambda *_: True)
    with connect(line) as stream:
        types_while_detected(stream)
        assert is_closed(stream)


def types_while_detected(stream: ClientConnection) -> None:
    """The caller of a one-way stream types: the call is to be moved."""
    typed = modulate("HI GA") + b"\xff" * 12000
    stream.send(started(Detect("/tty", "en")))
    for start in range(0, len(typed), 160):
        stream.send(sound(typed[start : start + 160], start // 8))


def sound(ulaw: bytes, at: int) -> str:
    """A frame of the caller's."""
    payload = base64.b64encode(ulaw).decode()
    media = {"track": "inbound", "timestamp": str(at), "payload": payload}
    return json.dumps({"event": "media", "media": media})


def test_a_move_that_fails_unforeseen_is_one_that_failed(
    line: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The conversation goes on, and the log names no caller."""

    def broken(*_: object, **__: object) -> requests.Response:
        raise RuntimeError(CALL)

    monkeypatch.setattr(requests, "post", broken)
    told = threading.Event()

    def note(_: Session) -> Iterator[str]:
        told.set()
        return iter(())

    monkeypatch.setattr(Session, "not_moved", note)
    with connect(line) as stream, caplog.at_level(logging.WARNING):
        types_while_detected(stream)
        assert told.wait(SECONDS)
    assert CALL not in caplog.text


def test_gunicorn_serves_streams(tmp_path: Path) -> None:
    """As the README starts it: admitted streams are greeted, others closed, and it ends."""
    with gunicorn(tmp_path) as server:
        url = f"ws://127.0.0.1:{server.port}{STREAM_PATH}"
        with connect(url) as stream, connect(url) as other:
            stream.send(started())
            assert hears_a_text(stream)
            other.send(sound(b"", 0))
            assert is_closed(other)
            stream.send('{"event": "stop", "stop": {}}')
    assert server.process.returncode == 0
    assert "a stream was refused" in server.log()
    assert "Traceback" not in server.log()
