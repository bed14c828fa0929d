"""Media streams over real WebSockets, and servers that are none."""

from __future__ import annotations

import base64
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
from apps.serving import TOKEN, App, phone_for, serving, speaking, twiml
from apps.streaming import (
    ACCOUNT,
    CALL_SID,
    SID,
    WAIT_SECONDS,
    Message,
)
from twilio.request_validator import RequestValidator
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request
from websockets.server import ServerProtocol
from websockets.sync.server import ServerConnection, serve

from offhook.account.exchange import Line
from offhook.callers.loopback import served
from offhook.callers.phone import Phone
from offhook.callers.phone_call import PhoneCall
from offhook.callers.target import LOOPBACK_URL, Target
from offhook.carrier.transport import WsgiTransport
from offhook.events import KeySent, Pressed, Streaming, Warned
from offhook.media import sockets
from offhook.media.messages import FRAME_BYTES, SILENCE
from offhook.media.sockets import Ends, Handset, SocketStreams
from offhook.media.websocket import MOST_BYTES, WebSocket
from offhook.needs import CloseStream, OpenStream, SendKey

pytestmark = pytest.mark.slow


class Server:
    """A WebSocket app on loopback; it keeps the messages that it got."""

    def __init__(self, url: str) -> None:
        """Take the URL at which it is served."""
        self.url = url
        self.messages: list[Message] = []
        self.headers: list[str] = []
        self.done = threading.Event()

    def kinds(self) -> list[str]:
        """The kinds of the messages, sound left out."""
        return [each["event"] for each in self.messages if each["event"] != "media"]


Talk = Callable[[ServerConnection, Message], bool]
"""What an app does with a message; true if it then closes."""


@contextmanager
def socket_app(talk: Talk) -> Iterator[Server]:
    """Serve an app for media streams."""
    app = Server("")

    def handler(connection: ServerConnection) -> None:
        assert connection.request is not None
        app.headers.append(connection.request.headers.get("X-Twilio-Signature", ""))
        with suppress(ConnectionClosed):
            for text in connection:
                message: Message = json.loads(text)
                app.messages.append(message)
                if talk(connection, message):
                    break
        app.done.set()

    with serve(handler, "127.0.0.1", 0) as server:
        app.url = f"ws://127.0.0.1:{server.socket.getsockname()[1]}/stream"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield app
        finally:
            server.shutdown()
            thread.join()


def reply(connection: ServerConnection, message: Message, event: str, **content: object) -> None:
    body = {"event": event, "streamSid": message["streamSid"], event: content}
    connection.send(json.dumps(body))


def call_with(url: str, *, before: str = "", after: str = "<Say>back</Say>") -> PhoneCall:
    """A call on an app that connects it to a stream."""
    stream_noun = f"<Stream url='{url}'><Parameter name='who' value='é &amp; co'/></Stream>"
    document = f"{before}<Connect>{stream_noun}</Connect>{after}"
    return phone_for(App({"first": document})).dial()


def test_an_echo_app_is_heard_and_the_document_goes_on() -> None:
    """What the caller says comes back; when the app closes the socket, the next verb follows."""
    said = [b"\x11" * FRAME_BYTES, b"\x22" * FRAME_BYTES]

    def echo(connection: ServerConnection, message: Message) -> bool:
        if message["event"] == "start":
            parameters.update(message["start"]["customParameters"])
        if message["event"] == "media":
            payload = base64.b64decode(message["media"]["payload"])
            if payload in said:
                reply(connection, message, "media", payload=message["media"]["payload"])
            if payload == said[-1]:
                reply(connection, message, "mark", name="done")
        return bool(message["event"] == "mark")

    parameters: dict[str, str] = {}
    with socket_app(echo) as app:
        call = call_with(app.url)
        assert call.handset is not None
        call.handset.send(b"".join(said))
        call.await_stream_end(WAIT_SECONDS)
        heard = bytes(call.handset.heard)
    assert heard == b"".join(said)
    assert call.said == "back"
    assert parameters == {"who": "é & co"}
    assert app.kinds() == ["connected", "start", "mark"]
    assert not call.warnings
    assert not call.handset.warnings


def test_a_served_app_of_this_process_is_reached() -> None:
    """Its webhooks are still called here, and its WebSockets at the server's URL."""
    document = '<Connect><Stream url="ws://{}/stream"/></Connect><Say>back</Say>'
    app = App({"first": lambda request: twiml(document.format(request.host))})
    here = Target("app", Line("http://localhost/first"), WsgiTransport(app, LOOPBACK_URL), TOKEN)
    with served(here) as there:
        call = Phone(there).dial()
    assert app.paths == ["/first", "/stream"]
    (warning,) = call.warnings
    assert "404" in warning.message
    assert warning.remedy == "Serve a WebSocket at this wss:// URL."


def test_the_handshake_is_signed() -> None:
    """The header signs the stream's URL alone."""
    with socket_app(lambda *_: True) as app:
        call = call_with(app.url)
        call.await_stream_end(WAIT_SECONDS)
    assert RequestValidator(TOKEN).validate(app.url, {}, app.headers[0])


def test_a_caller_who_hangs_up_stops_the_stream() -> None:
    """The app is told with `stop`, and the socket is closed."""
    with socket_app(lambda *_: False) as app:
        call = call_with(app.url)
        call.hang_up()
        assert app.done.wait(WAIT_SECONDS)
    assert call.ended == "the caller hung up"
    assert app.kinds() == ["connected", "start", "stop"]
    assert app.messages[-1]["streamSid"] == app.messages[1]["streamSid"]
    assert len([event for event in call.events if isinstance(event, Streaming)]) >= 1


def test_a_server_that_drops_the_line_lets_the_call_go_on() -> None:
    """A connection that is cut without a close frame ends the stream like any other."""

    def cut(connection: ServerConnection, message: Message) -> bool:
        if message["event"] == "media":
            connection.socket.close()
            return True
        return False

    with socket_app(cut) as app:
        call = call_with(app.url)
        call.await_stream_end(WAIT_SECONDS)
        assert app.done.wait(WAIT_SECONDS)
    assert call.said == "back"


def test_a_server_that_closes_at_once_lets_the_call_go_on() -> None:
    """Even if it is gone before the first message."""

    def handler(connection: ServerConnection) -> None:
        connection.close()

    with serve(handler, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        for _ in range(10):
            call = call_with(f"ws://127.0.0.1:{server.socket.getsockname()[1]}/")
            call.await_stream_end(WAIT_SECONDS)
            assert call.said == "back"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("goodbye", ["a close", "nothing"])
def test_what_was_sent_before_the_app_was_gone_is_received(goodbye: str) -> None:
    """Frames that are sent to an app that has gone, with a close or without, lose nothing."""

    def leave() -> None:
        connection, _ = listening.accept()
        with connection:
            protocol = ServerProtocol()
            protocol.receive_data(connection.recv(MOST_BYTES))
            (request,) = protocol.events_received()
            assert isinstance(request, Request)
            protocol.send_response(protocol.accept(request))
            for _ in range(3):
                protocol.send_text(b"heard")
            if goodbye == "a close":
                protocol.send_close()
            connection.sendall(b"".join(protocol.data_to_send()))

    with socket.create_server(("127.0.0.1", 0)) as listening:
        app = threading.Thread(target=leave)
        app.start()
        stream = WebSocket(f"ws://127.0.0.1:{listening.getsockname()[1]}/", {}, WAIT_SECONDS)
        app.join()
        for _ in range(3):
            stream.send("frame")
        assert list(stream.messages()) == [b"heard"] * 3
        stream.send("frame")
        stream.close()


def test_an_app_that_sends_nonsense_is_warned_and_goes_on() -> None:
    """Each wrong message is a 31951 at the handset, and the stream stays open."""

    def nonsense(connection: ServerConnection, message: Message) -> bool:
        if message["event"] == "start":
            for wrong in ("{", b"\xff", '{"event": []}', "[" * 100_000):
                connection.send(wrong)
            reply(connection, message, "mark", name="still here")
        return bool(message["event"] == "mark")

    with socket_app(nonsense) as app:
        call = call_with(app.url)
        call.await_stream_end(WAIT_SECONDS)
        assert call.handset is not None
        assert [warning.code for warning in call.handset.warnings] == [31951] * 4
    assert call.said == "back"


def test_sound_of_any_length_may_come_in_one_message() -> None:
    """Two minutes in one message are taken, and cleared."""
    long = base64.b64encode(b"\0" * 8000 * 120).decode()

    def pour(connection: ServerConnection, message: Message) -> bool:
        if message["event"] == "start":
            reply(connection, message, "media", payload=long)
            reply(connection, message, "mark", name="end")
            connection.send(json.dumps({"event": "clear", "streamSid": message["streamSid"]}))
        return bool(message["event"] == "mark")

    with socket_app(pour) as app:
        call = call_with(app.url)
        call.await_stream_end(WAIT_SECONDS)
    assert app.kinds() == ["connected", "start", "mark"]
    assert call.said == "back"


@pytest.mark.parametrize("track", ["inbound_track", "outbound_track", "both_tracks"])
def test_a_started_stream_runs_beside_the_document(track: str) -> None:
    """The gather goes on while frames of each wanted track flow; the call's end stops them."""
    wanted = {"both_tracks": {"inbound", "outbound"}}.get(track, {track.partition("_")[0]})
    seen: set[str] = set()
    flowing = threading.Event()

    def listen(_: ServerConnection, message: Message) -> bool:
        if message["event"] == "media":
            seen.add(message["media"]["track"])
            if seen == wanted:
                flowing.set()
        return False

    with socket_app(listen) as app:
        noun = f"<Stream name='s' url='{app.url}' track='{track}'/>"
        web = App({"first": f"<Start>{noun}</Start><Gather action='/next'/>"})
        web.answers["next"] = "<Stop><Stream name='s'/></Stop><Say>bye</Say>"
        call = phone_for(web).dial()
        assert flowing.wait(WAIT_SECONDS)
        call.press("5#")
        assert app.done.wait(WAIT_SECONDS)
        assert call.said == "bye"
    assert web.forms[1]["Digits"] == "5"
    assert seen == wanted
    assert app.messages[1]["start"]["tracks"] == sorted(wanted)
    assert app.kinds()[-1] == "stop"
    assert not call.warnings


def test_a_one_way_stream_that_drops_does_not_end_the_talk() -> None:
    """The caller's handset is told only of the stream that holds the call."""
    gone = threading.Event()

    def drop(*_: object) -> bool:
        gone.set()
        return True

    with socket_app(drop) as short, socket_app(lambda *_: False) as long:
        call = call_with(long.url, before=f"<Start><Stream url='{short.url}'/></Start>")
        assert gone.wait(WAIT_SECONDS)
        assert short.done.wait(WAIT_SECONDS)
        with pytest.raises(AssertionError, match="has not closed the media stream"):
            call.await_stream_end(0.1)
        call.hang_up()
        assert long.done.wait(WAIT_SECONDS)


def test_a_one_way_stream_that_drops_is_closed_before_what_comes_next() -> None:
    """A call that stands still learns of it with the next input; its end tells nothing more."""
    with socket_app(lambda *_: True) as app:
        web = App({"first": f"<Start><Stream url='{app.url}'/></Start><Gather action='/next'/>"})
        call = phone_for(web).dial()
        for thread in threading.enumerate():
            if thread.name.startswith("stream "):
                thread.join(WAIT_SECONDS)
        call.press("5#")
    kinds = [type(each) for each in call.events if isinstance(each, (Streaming, Pressed))]
    assert kinds == [Streaming, Streaming, Pressed]


def test_a_key_is_sent_to_the_stream_that_holds_the_call() -> None:
    """It gets a dtmf message for each; a one-way stream beside it gets none."""
    with (
        socket_app(lambda _, message: message.get("dtmf", {}).get("digit") == "#") as app,
        socket_app(lambda *_: False) as beside,
    ):
        call = call_with(app.url, before=f"<Start><Stream url='{beside.url}'/></Start>")
        call.press("7#")
        call.await_stream_end(WAIT_SECONDS)
    sent = [message["dtmf"] for message in app.messages if message["event"] == "dtmf"]
    assert sent == [{"track": "inbound_track", "digit": digit} for digit in "7#"]
    assert "dtmf" not in beside.kinds()
    shown = [event for event in call.events if isinstance(event, KeySent)]
    assert shown == [KeySent(key) for key in "7#"]


def test_a_key_for_a_stream_that_is_closed_goes_nowhere() -> None:
    """The app has closed it, or the call has; neither raises."""
    with socket_app(lambda _, message: bool(message["event"] == "dtmf")) as app:
        closed = threading.Event()
        streams = SocketStreams(TOKEN, Ends(closed=lambda _: closed.set()))
        need = OpenStream(SID, app.url, ACCOUNT, CALL_SID, ("inbound",), {}, two_way=True)
        assert streams.open(need).error == ""
        streams.press(SendKey(SID, "7"))
        assert closed.wait(WAIT_SECONDS)
        streams.press(SendKey(SID, "8"))
        streams.close(CloseStream(SID))
        streams.press(SendKey(SID, "9"))
        streams.close(CloseStream(SID))
    assert app.messages[-1]["dtmf"] == {"track": "inbound_track", "digit": "7"}


def test_the_stream_callbacks_tell_of_its_start_and_stop() -> None:
    """The statusCallback gets stream-started and stream-stopped with the sids."""
    with socket_app(lambda _, message: bool(message["event"] == "start")) as app:
        noun = f"<Stream url='{app.url}' statusCallback='/told'/>"
        web = App({"first": f"<Connect>{noun}</Connect>", "told": ""})
        call = phone_for(web).dial()
        call.await_stream_end(WAIT_SECONDS)
    told = [form for form in web.forms if "StreamEvent" in form]
    assert [form["StreamEvent"] for form in told] == ["stream-started", "stream-stopped"]
    assert {form["StreamSid"] for form in told} == {app.messages[1]["streamSid"]}
    assert {form["CallSid"] for form in told} == {call.call.sid}


def unopened(url: str) -> tuple[PhoneCall, Warned]:
    call = call_with(url)
    (warning,) = call.warnings
    return call, warning


FORGED = (
    b"HTTP/1.1 101 Switching Protocols",
    b"Upgrade: websocket",
    b"Connection: Upgrade",
    b"Sec-WebSocket-Accept: forged",
    *(b"", b""),
)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
        b"\r\n".join(FORGED),
        b"SSH-2.0-OpenSSH\r\n",
        b"",
    ],
)
def test_a_server_that_is_no_websocket_is_a_31920(answer: bytes) -> None:
    """The call goes on behind the Connect, and the warning has a place and a remedy."""
    with speaking(answer) as url:
        call, warning = unopened(url.replace("http:", "ws:"))
    assert warning.code == 31920
    assert warning.remedy
    assert warning.place == "line 1, <Stream>"
    assert call.said == "back"


def test_a_web_server_is_no_stream() -> None:
    """A page where a WebSocket is wanted is a 31920, and the status is in the message."""
    with serving(App({})) as url:
        _, warning = unopened(url.replace("http:", "ws:"))
    assert warning.code == 31920
    assert "404" in warning.message


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "ws://example.com/", "stream", "ws://", ""])
def test_a_stream_has_to_be_wss(url: str) -> None:
    """Plain ws:// is for this machine alone; other URLs are a 31920."""
    codes = [warning.code for warning in call_with(url).warnings]
    assert codes[-1] == 31920


def test_a_server_that_does_not_shake_hands_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit for opening holds."""
    monkeypatch.setattr(sockets, "OPEN_SECONDS", 0.2)
    hold = threading.Event()

    def stuck(_: object) -> str:
        hold.wait(WAIT_SECONDS)
        return ""

    with serving(App({"": stuck})) as url:
        _, warning = unopened(url.replace("http:", "ws:"))
        hold.set()
    assert warning.code == 31920
    assert "timed out" in warning.message


def test_nobody_at_the_port_is_a_31920() -> None:
    """The message says that the connection was refused."""
    with serving(App({})) as url:
        pass
    _, warning = unopened(url.replace("http:", "ws:"))
    assert warning.code == 31920
    assert "refused" in warning.message


def test_a_handset_sends_what_it_was_given_and_then_silence() -> None:
    """Frame by frame, then silence for ever."""
    handset = Handset()
    handset.send(b"\x01" * 200)
    microphone = handset.ends.microphone
    assert [(len(microphone()), handset.sending) for _ in range(2)] == [(160, True), (40, False)]
    assert microphone() == SILENCE
