"""Whole TTY calls over real media streams, with an independent modem on the caller's desk."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from line_facts import CARELINE, CARELINE_TTY, NAVIGATOR_TTY, TOKEN, TTY_NUMBER, VOICE_NUMBER
from modem_peers import read_by_minimodem, sent_by_minimodem
from tty_desk import Desk, DeskCall
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from ivr import Settings, create_app
from ivr.call.red_flags import RED_FLAGS
from ivr.config import VoiceLine
from ivr.text.conversation import Conversation
from ivr.twilio.call_redirect import CallRedirector
from ivr.twilio.tickets import STREAM_PATH
from offhook.account.exchange import Line
from offhook.callers.target import LOOPBACK_URL, Target
from offhook.carrier.transport import WsgiTransport
from offhook.events import Bridged, Requested, Ringing, Warned
from offhook.media.messages import Impairments
from offhook.needs import Activity, LegStatus, PartyLeft
from offhook.tty.call import TtyCall, TtyPhone, tty_phone

SPEED = 10.0
"""How many times as fast as real time these calls are."""


def our_line() -> Target:
    """The line of this project, made when the REST API's URL stands in the environment."""
    app = create_app(Settings.from_environment(os.environ | {"TWILIO_AUTH_TOKEN": TOKEN}))
    line = Line(f"{LOOPBACK_URL}/voice", f"{LOOPBACK_URL}/voice/status")
    return Target("our line", line, WsgiTransport(app.wsgi_app, LOOPBACK_URL), TOKEN)


@pytest.fixture
def desk(line: VoiceLine, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A TTY that calls our line, on a clock that goes on while something is waited for."""
    desk = Desk(line)
    monkeypatch.setattr(requests, "post", desk.post)
    return desk


@pytest.fixture
def call(desk: Desk) -> DeskCall:
    """A call on the TTY number, on which the first question was read."""
    call = desk.dial(TTY_NUMBER)
    call.expect_text("YES, NO OR NOT SURE. GA")
    return call


@pytest.fixture
def phone() -> Iterator[TtyPhone]:
    """A TTY that calls our line over real sockets."""
    with tty_phone(our_line) as phone:
        yield phone


def dialled(call: TtyCall) -> list[str]:
    """The numbers that rang."""
    events = (moment.event for moment in list(call.live.moments))
    return [event.number for event in events if isinstance(event, Ringing)]


def rings(call: TtyCall, number: str) -> None:
    """Wait until this number rings."""
    call.until(lambda: number in dialled(call), f"{number} to ring")


def does(call: TtyCall, doing: Activity) -> bool:
    """Whether this goes on in the call."""
    return call.live.need is not None and call.live.need.doing is doing


def connected(call: TtyCall) -> bool:
    """Whether somebody has picked up."""
    return any(isinstance(moment.event, Bridged) for moment in list(call.live.moments))


# With minimodem


@pytest.mark.slow
def test_a_whole_call_with_an_independent_modem(desk: Desk, tmp_path: Path) -> None:
    """Six noes, each confirmed, a piece of the library, then a nurse: all by minimodem."""
    call = desk.dial(TTY_NUMBER)
    turns: list[str] = []

    def read() -> str:
        """Wait for the end of the line's turn; what minimodem makes of its sound."""
        call.await_turn()
        sound = b"".join(bytes(each) for each in call.recordings)
        call.recordings.clear()
        turns.append(read_by_minimodem(sound, tmp_path))
        return turns[-1]

    def answer(text: str) -> str:
        call.send(sent_by_minimodem(text, tmp_path))
        call.expect_text("GA")
        return read()

    assert "ANY CHANGE IN BLADDER OR BOWEL CONTROL" in read()
    for _ in RED_FLAGS:
        assert answer("NO GA") == "NO: RIGHT Q YES OR NO. GA"
        after = answer("YES GA")
    assert "1 NURSE. 2 BENEFITS." in after
    assert "2 MANAGING STRESS." in answer("3 GA")
    assert "STRESS CAN MAKE BACK PAIN WORSE." in answer("STRESS GA")
    assert "LEARNING TO MANAGE EVERYDAY STRESS" in answer("GA")
    assert "TAKE TIME TO RELAX. TYPE 1 FOR THE NEXT PIECE" in answer("GA")
    call.send(sent_by_minimodem("NURSE GA", tmp_path))
    rings(call, CARELINE_TTY)
    shown = read_by_minimodem(b"".join(bytes(each) for each in call.recordings), tmp_path)
    assert "952-883-5474" in shown
    assert "711" in shown
    call.live.input(LegStatus("answered", CARELINE_TTY))
    call.until(lambda: connected(call), "the nurse to be connected")
    call.hang_up()
    assert call.ended == "the caller hung up"


# Ways in and out


def test_silence_on_the_voice_line_is_answered_with_a_burst(desk: Desk) -> None:
    """The caller reads it, presses the space bar twice, and is greeted in text."""
    call = desk.dial(VOICE_NUMBER)
    call.expect_text("TTY PRESS SPACE BAR GA")
    call.type("  ", interrupt=True)
    call.expect_text("BACK PAIN LINE OF HEALTHPARTNERS.")
    call.expect_text("YES, NO OR NOT SURE. GA")


def test_nobody_is_moved_away_from_a_nurse(desk: Desk) -> None:
    """Who was listened to for typing, and is put through, may type to the nurse."""
    call = desk.dial(VOICE_NUMBER)
    call.expect_text("TTY PRESS SPACE BAR GA")
    call.press("0")
    rings(call, CARELINE[0])
    call.live.input(LegStatus("answered", CARELINE[0]))
    call.until(lambda: connected(call), "the nurse to be connected")
    call.type("HELLO GA HELLO GA", interrupt=True)
    call.hang_up()
    events = [moment.event for moment in list(call.live.moments)]
    assert not [each for each in events if isinstance(each, Requested) and each.purpose == "update"]
    assert not [each for each in events if isinstance(each, Warned)]


def test_9_on_the_voice_line_leads_to_the_text(desk: Desk) -> None:
    """And 9 there leads back."""
    call = desk.dial(VOICE_NUMBER)
    call.until(lambda: "press 9" in call.transcript.lower(), "the words for 9")
    call.press("9")
    call.expect_text("YES, NO OR NOT SURE. GA")
    call.await_turn()
    call.press("9")
    call.until(lambda: call.transcript.lower().count("press 9") > 1, "the voice line")


def test_a_busy_nurse_leads_to_the_next_and_to_the_numbers(call: DeskCall) -> None:
    """The hunt comes back into the conversation, with the numbers and 711."""
    call.type("NURSE GA")
    rings(call, CARELINE_TTY)
    call.live.input(LegStatus("busy", CARELINE_TTY))
    text = call.expect_text("TYPE NURSE TO TRY AGAIN, OR REPEAT. GA")
    assert "THAT NUMBER IS BUSY." in text
    assert "711" in text


def test_when_the_api_is_gone_the_numbers_are_shown(
    call: DeskCall, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line can't dial, so the caller is told whom to dial."""
    monkeypatch.setattr(CallRedirector, "move", lambda *_: False)
    call.type("NURSE GA")
    assert "952-883-5474" in call.expect_text("TYPE NURSE TO TRY AGAIN, OR REPEAT. GA")


def test_a_conversation_that_fails_takes_the_safe_exit(
    call: DeskCall, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An exception in the middle of it dials the CareLine's TTY number."""

    def broken(*_: object) -> object:
        raise RuntimeError

    monkeypatch.setattr(Conversation, "typed", broken)
    call.type("NO GA")
    call.expect_text("WENT WRONG ON OUR SIDE. I AM")
    rings(call, CARELINE_TTY)


def test_a_stream_that_breaks_leaves_a_line_that_answers_keys(
    call: DeskCall, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even if the safe exit can't be taken: what is behind the stream is."""

    def broken(*_: object) -> object:
        raise RuntimeError

    monkeypatch.setattr(Conversation, "typed", broken)
    monkeypatch.setattr(CallRedirector, "move", lambda *_: False)
    call.type("NO GA")
    call.expect_text("OUR LINE FAILED. I CAN'T READ TYPING NOW.")
    call.expect_text("3 NOT SURE, 0 A NURSE. GA")
    call.press("0")
    rings(call, CARELINE_TTY)


def test_lost_frames_lose_no_caller(desk: Desk) -> None:
    """At 3 % of frames lost somebody who says nurse, again if need be, comes to one."""
    call = desk.dial(TTY_NUMBER, lost=Impairments(loss=0.03, seed=4))
    call.expect_text("YES, NO OR NOT SURE. GA")
    for _ in range(3):
        call.type("NURSE GA")
        call.until(lambda: bool(dialled(call)) or call.unread.strip().endswith("GA"), "an answer")
        if dialled(call) or "CONNECTING" in call.unread:
            break
    rings(call, CARELINE_TTY)
    assert NAVIGATOR_TTY not in dialled(call)


def test_silence_after_a_nurse_hung_up_ends_the_call_with_a_goodbye(call: DeskCall) -> None:
    """In text, with SKSK; but a leg that was over at once rings once more first."""
    call.type("0 GA")
    for _ in range(2):
        call.until(lambda: does(call, Activity.RING), "the nurse's phone to ring")
        call.live.input(LegStatus("answered", CARELINE_TTY))
        call.until(lambda: does(call, Activity.TALK), "the nurse to be connected")
        call.live.input(PartyLeft())
        call.expect_text("IF YOU DID NOT REACH A NURSE")
    call.expect_text("SKSK")
    call.await_end()


# Over real sockets


@pytest.mark.slow
def test_a_call_in_real_time_goes_both_ways(phone: TtyPhone) -> None:
    """From voice to text by 9, and back by 9: over WebSockets, HTTP and the REST API."""
    call = phone.dial(VOICE_NUMBER, speed=SPEED)
    call.until(lambda: "press 9" in call.transcript.lower(), "the words for 9")
    call.press("9")
    call.expect_text("YES, NO OR NOT SURE. GA")
    call.await_turn()
    call.press("9")
    call.until(lambda: call.transcript.lower().count("press 9") > 1, "the voice line")


# Strangers


@pytest.mark.parametrize(
    "message",
    [
        "nonsense",
        json.dumps({"event": "media", "media": {"payload": "AAAA"}}),
        json.dumps(
            {
                "event": "start",
                "start": {
                    "streamSid": "MZ",
                    "callSid": "CA" + "1" * 32,
                    "accountSid": "AC" + "1" * 32,
                    "customParameters": {"ticket": "forged"},
                },
            }
        ),
    ],
    ids=["nonsense", "sound", "a forged ticket"],
)
@pytest.mark.slow
def test_a_stranger_is_sent_away(phone: TtyPhone, message: str) -> None:
    """A socket that shows no ticket of ours is closed, and hears nothing."""
    base = phone.target.line.voice_url.replace("http://", "ws://").removesuffix("/voice")
    with connect(base + STREAM_PATH) as socket:
        socket.send(message)
        with pytest.raises(ConnectionClosed):
            socket.recv(timeout=20)
