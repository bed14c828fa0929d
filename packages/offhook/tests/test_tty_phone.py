"""The simulator's TTY: the device by itself, and its calls on an app over real sockets."""

from __future__ import annotations

import base64
import os
import socket
import struct
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import TYPE_CHECKING

import numpy as np
import pytest
from apps import tty_app
from apps.serving import TOKEN

from offhook.audio.recorded import telephone_sound
from offhook.audio.telephone import as_wav, decode
from offhook.callers.loopback import API_URL, Loopback, PortTaken, announced
from offhook.callers.phone import DEFAULT_CALLER, DEFAULT_NUMBER
from offhook.callers.place_call import CallRequest
from offhook.callers.target import target
from offhook.events import Pressed, Said, Typed, Warned
from offhook.interpreter.sound_length import sound_seconds
from offhook.media.messages import SILENCE, Impairments
from offhook.media.microphone import KEPT, Microphone
from offhook.tty.call import TtyCall, TtyPhone, tty_phone
from offhook.tty.device import (
    LINE,
    PATIENCE_MS,
    TURN_MS,
    YOU,
    Letters,
    Light,
    News,
    Sound,
    TtyDevice,
    Turn,
    Untypable,
)
from offhook.tty.line import TtyLine
from ttymodem.modem import Receiver, modulate

pytestmark = pytest.mark.slow

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

SPEED = 10.0
FRAME_MS = 20


# The device by itself


def sent(device: TtyDevice) -> bytes:
    """All that the device sends until it has stopped."""
    sound = bytearray()
    while device.sending:
        frame = device.microphone()
        sound += frame
        device.earpiece(b"")
    return bytes(sound)


def hears(device: TtyDevice, ulaw: bytes, quiet_ms: int = TURN_MS + 200) -> None:
    """Let the device hear this, and then silence."""
    for start in range(0, len(ulaw), len(SILENCE)):
        device.earpiece(ulaw[start : start + len(SILENCE)])
    for _ in range(quiet_ms // FRAME_MS):
        device.earpiece(b"")


def test_what_one_tty_types_another_shows() -> None:
    """Folded as Baudot has it, and shown where it was typed at once."""
    one, other = TtyDevice(), TtyDevice()
    one.type("Hello, it\u2019s 5 GA")
    assert one.text(YOU) == "HELLO, IT'S 5 GA"
    hears(other, sent(one))
    assert other.turns == [Turn(LINE, "HELLO, IT'S 5 GA")]


def test_a_character_that_baudot_lacks_is_refused_and_nothing_of_it_sent() -> None:
    """The message names the character."""
    device = TtyDevice()
    with pytest.raises(Untypable, match=r"a TTY has no key for \["):
        device.type("no [way]")
    assert device.turns == []
    assert not device.sending
    assert device.microphone() == SILENCE


def test_a_tty_does_not_hear_while_it_sends() -> None:
    """Half duplex: what comes meanwhile is lost, what comes afterwards is read."""
    device = TtyDevice()
    device.type("ONE TWO THREE FOUR")
    for start in range(0, 8000, len(SILENCE)):
        device.microphone()
        device.earpiece(modulate("LOST")[start : start + len(SILENCE)])
    sent(device)
    hears(device, modulate("READ"))
    assert device.text(LINE) == "READ"


def test_listeners_are_told_of_letters_lights_turns_and_sound() -> None:
    """Each letter when it comes, the turn when it is over, every frame of both ends."""
    device, news = TtyDevice(), list[News]()
    device.listen(news.append)
    hears(device, modulate("GA"))
    told = [each for each in news if not isinstance(each, Sound)]
    assert told == [
        Light(LINE, on=True),
        Letters(LINE, "G"),
        Letters(LINE, "A"),
        Light(LINE, on=False),
        Turn(LINE, "GA"),
    ]
    assert {each.by for each in news if isinstance(each, Sound)} == {LINE}
    device.forget(news.append)
    news.clear()
    hears(device, modulate("GA"))
    assert news == []


def test_it_is_the_callers_turn_when_the_line_has_answered_and_is_quiet() -> None:
    """Or when it has sent nothing for so long that somebody would try again."""
    device, turns = TtyDevice(), []
    for sound, quiet_ms in ((b"", TURN_MS), (b"", PATIENCE_MS - TURN_MS)):
        hears(device, sound, quiet_ms)
        turns.append(device.my_turn)
    device.type("HI")
    sent(device)
    for sound in (b"", modulate("GA")):
        hears(device, sound)
        turns.append(device.my_turn)
    assert turns == [False, True, False, True]


def test_sound_without_a_stream_is_heard_frame_by_frame_until_it_stops() -> None:
    """As of a document's recording."""
    device = TtyDevice()
    device.hear(b"\1" * 200)
    assert device.played() == b"\1" * 160
    assert device.played() == (b"\1" * 40).ljust(160, b"\xff")
    device.hear(b"\1" * 200)
    device.hush()
    assert device.played() == SILENCE


# What it needs


def test_all_listeners_of_a_microphone_hear_the_same() -> None:
    """Each from when it came; who lags by more than is kept hears what is left."""
    count = iter(range(10_000))
    microphone = Microphone(lambda: str(next(count)).encode())
    one = microphone.tap()
    assert [one(), one()] == [b"0", b"1"]
    other = microphone.tap()
    assert [other(), one(), one(), other()] == [b"2", b"2", b"3", b"3"]
    for _ in range(KEPT + 5):
        one()
    assert other() == b"9"


def wav(code: int, channels: int, rate: int, bits: int, data: bytes) -> bytes:
    """A WAV file, with a chunk before its samples that nobody asked for."""
    width = channels * bits // 8
    layout = struct.pack("<HHIIHH", code, channels, rate, rate * width, width, bits)
    chunks = b"fmt " + struct.pack("<I", 16) + layout + b"LIST" + struct.pack("<I", 3) + b"abc\0"
    return b"RIFF\0\0\0\0WAVE" + chunks + b"data" + struct.pack("<I", len(data)) + data


ULAW = modulate("GA")
PCM = (decode(ULAW) * 32767).astype("<i2")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (ULAW, "audio/ulaw"),
        (wav(7, 1, 8000, 8, ULAW), "audio/wav"),
        (as_wav(decode(ULAW)), "audio/wav"),
        (wav(1, 2, 8000, 16, np.repeat(PCM, 2).tobytes()), "audio/x-wav"),
        (wav(1, 1, 16000, 16, np.repeat(PCM, 2).tobytes()), "audio/wav"),
        (wav(1, 1, 8000, 8, (PCM // 256 + 128).astype("u1").tobytes()), "audio/wav"),
        (wav(7, 2, 8000, 8, np.repeat(np.frombuffer(ULAW, "u1"), 2).tobytes()), "audio/wav"),
    ],
)
def test_recordings_are_read_as_the_telephone_carries_them(body: bytes, content_type: str) -> None:
    """µ-law, and WAV of usual forms: the text in them can be read, and they last as long."""
    sound = telephone_sound(body, content_type)
    assert sound is not None
    assert "".join(each.text for each in Receiver().take(sound + SILENCE * 20)) == "GA"
    seconds = sound_seconds(body, content_type)
    assert seconds == pytest.approx(len(ULAW) / 8000, abs=0.001)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"ID3",
        wav(1, 1, 11025, 16, bytes(100)),
        wav(3, 1, 8000, 32, bytes(8)),
        wav(1, 0, 8000, 16, b""),
    ],
)
def test_other_recordings_are_not_read(body: bytes) -> None:
    """No text is made up of them."""
    assert telephone_sound(body, "audio/wav") is None


def test_a_port_is_taken_before_there_is_an_app() -> None:
    """So its URL can be announced; a second taker is refused."""
    with Loopback() as loopback, announced(loopback.url):
        assert os.environ[API_URL] == loopback.url == f"http://127.0.0.1:{loopback.port}"
        with pytest.raises(PortTaken):
            Loopback(loopback.port)
    assert API_URL not in os.environ


def taking_the_connection(environ: WSGIEnvironment, start: StartResponse) -> list[bytes]:
    """An app that answers on the connection itself, and ends while the client still talks."""
    connection: socket.socket = environ["werkzeug.socket"]
    connection.sendall(b"mine")
    connection.recv(1, socket.MSG_PEEK)
    start("200 OK", [])
    return []


def test_a_websocket_that_the_app_has_left_is_closed() -> None:
    """The server does not wait for the client to say more, or to go."""
    request = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
    with Loopback() as loopback:
        loopback.serve(taking_the_connection)
        with socket.create_connection(("127.0.0.1", loopback.port), timeout=20) as client:
            client.sendall(request)
            assert client.recv(4) == b"mine"
            client.sendall(b"goodbye")
            with suppress(ConnectionResetError):
                while client.recv(4096):
                    pass


def test_an_announcement_ends_as_it_was_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """An app's own setting comes back."""
    monkeypatch.setenv(API_URL, "http://elsewhere")
    with announced("http://here"):
        assert os.environ[API_URL] == "http://here"
    assert os.environ[API_URL] == "http://elsewhere"


# Calls on an app that is not ours


@contextmanager
def calling(path: str = "voice", impairments: Impairments | None = None) -> Iterator[TtyCall]:
    """A call on the small app."""
    with phone(path) as called:
        yield called.dial(speed=SPEED, impairments=impairments)


def phone(path: str) -> AbstractContextManager[TtyPhone]:
    return tty_phone(lambda: target(f"apps.tty_app:app/{path}", auth_token=TOKEN))


def typed(call: TtyCall) -> list[tuple[str, str]]:
    """Whose turns they were, and what they were."""
    events = (moment.event for moment in call.live.moments)
    return [(event.by, event.text) for event in events if isinstance(event, Typed)]


def test_a_conversation_ends_when_the_app_closes_it() -> None:
    """Greeting, echo, goodbye; then the document goes on, and its parameters have arrived."""
    with calling() as call:
        call.expect_text("echo GA")
        call.type("abc 123 GA")
        call.expect_text("abc 123 GA")
        call.type("SK")
        assert call.await_end() == "the document ended"
        assert typed(call) == [
            (LINE, tty_app.GREETING),
            (YOU, "ABC 123 GA"),
            (LINE, "ABC 123 GA"),
            (YOU, "SK"),
            (LINE, "BYE SK"),
        ]
        assert any(
            isinstance(moment.event, Said) and moment.event.text == "Bye"
            for moment in call.live.moments
        )
    assert tty_app.parameters == {"greeting": "yes"}


def test_each_of_the_lines_turns_is_kept_as_sound() -> None:
    """Another modem reads them, and what another modem has made can be sent."""
    with calling() as call:
        call.expect_text("GA")
        call.send(modulate("FROM ELSEWHERE GA"))
        call.expect_text("FROM ELSEWHERE GA")
        heard = [
            "".join(each.text for each in Receiver().take(bytes(sound)))
            for sound in call.recordings
        ]
        assert heard[0] == tty_app.GREETING


def test_a_recording_that_is_played_is_read() -> None:
    """Its text is displayed at its pace, and a key may cut it short."""
    with calling("recorded") as call:
        call.expect_text(tty_app.ANNOUNCEMENT)
        call.press("1")
        call.await_end()
        events = [moment.event for moment in call.live.moments]
        assert Pressed("1") in events
        assert (LINE, tty_app.ANNOUNCEMENT) in typed(call)
        assert not [event for event in events if isinstance(event, Warned)]


def test_a_recording_is_over_when_it_was_heard_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The line listens once the TTY has read all of it, however late its sound comes."""
    monkeypatch.setattr(TtyLine, "start", lambda _: None)  # no frame goes by of itself
    with phone("recorded") as called:
        dialling = CallRequest(called.target, DEFAULT_CALLER, DEFAULT_NUMBER)
        call = called.place(dialling, speed=1000)
        call.start()
        text = ""
        for record in call.live.follow():
            match record["event"]:
                case "played":
                    while call.device.unheard:
                        call.line.pass_frame()
                case "letters":
                    text += str(record["text"])
                case "listening":
                    break
        assert text == tty_app.ANNOUNCEMENT


def test_two_streams_hear_the_same() -> None:
    """Neither takes the other's sound away."""
    tty_app.overheard.clear()
    with calling("both") as call:
        call.type("BOTH HEAR THIS")
        call.until(lambda: all(map(ends_well, tty_app.overheard.values())), "both to have heard")
        assert tty_app.overheard == dict.fromkeys(("left", "right"), "BOTH HEAR THIS")


def ends_well(text: str) -> bool:
    return text.endswith("THIS")


def test_a_stream_beside_the_call_that_the_app_closes_is_told_of_at_once() -> None:
    """In the transcript and to its callback; what is awaited goes on."""
    with calling("brief") as call:
        call.until(lambda: "stream-stopped" in tty_app.told, "the callback")
        assert tty_app.told == ["stream-started", "stream-stopped"]
        assert "ear closes" in call.transcript
        assert not call.line.heard
        call.press("1")
        assert call.await_end() == "the document ended"
        assert "You pressed 1." in call.transcript
        assert call.transcript.count("ear closes") == 1


def test_a_caller_who_types_beside_the_words_is_moved_by_rest() -> None:
    """The app finds Twilio's REST API by its environment; the call comes to the greeting."""
    with calling("listening") as call:
        call.type("E", seconds=30)
        call.expect_text("I ECHO GA")
        call.type("SK")
        assert call.await_end() == "the document ended"
        assert "update: POST /voice" in call.transcript


def test_a_network_that_loses_every_frame_carries_nothing() -> None:
    """Impairments are those of the streams."""
    tty_app.overheard.clear()
    with calling("both", Impairments(loss=1.0)) as call:
        call.type("NOBODY HEARS THIS")
        call.hang_up()
    assert set(tty_app.overheard.values()) == {""}


def test_a_wait_is_bounded_and_shows_the_call() -> None:
    """What does not come fails, with the transcript."""
    with calling() as call:
        call.expect_text("GA")
        with pytest.raises(AssertionError, match=r"not within 0\.1 s[\s\S]*HELLO, TYPE"):
            call.expect_text("NEVER SENT", 0.1)
        call.hang_up()
        with pytest.raises(AssertionError, match="the call is over"):
            call.expect_text("NEVER SENT")
        with pytest.raises(AssertionError, match="the call is over"):
            call.press("1")


def test_the_rest_api_can_place_no_call_that_nobody_would_answer() -> None:
    """It says which phone could."""
    with phone("voice") as called:
        account = called.exchange.account_sid
        order = {"To": "+16125550123", "From": "+19525550100", "Twiml": "<Response/>"}
        login = base64.b64encode(f"{account}:{TOKEN}".encode()).decode()
        status, answer = called.api.handle(
            "POST", f"/2010-04-01/Accounts/{account}/Calls.json", f"Basic {login}", order
        )
    assert status == 503
    assert "--browser" in str(answer["message"])
