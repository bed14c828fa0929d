"""Streams as Twilio sends them, and as nobody should: each ends in a sensible turn."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable, Iterator
from datetime import datetime

import numpy as np
import pytest
from line_facts import MONDAY_AT_10, TOKEN

from ivr.call.flow import START
from ivr.call.nodes import Way
from ivr.call.red_flags import RED_FLAGS
from ivr.config import VoiceLine
from ivr.text.actions import GoTo
from ivr.twilio.stream_messages import FRAME, parse
from ivr.twilio.stream_session import Refused, Resumed, Session, Told
from ivr.twilio.tickets import Detect, Talk, Tickets
from ttymodem.baudot import Shifted
from ttymodem.modem import Receiver, Transmitter, modulate
from ttymodem.ulaw import RATE, decode, encode

CALL = "CA" + "1" * 32
SILENCE = b"\xff" * FRAME
FRAMES_A_SECOND = 50


def noon() -> datetime:
    """The time of every call here."""
    return MONDAY_AT_10


class Stream:
    """Twilio's end of a stream: frames go in, what is sent comes back in 20 ms pieces."""

    def __init__(
        self, line: VoiceLine, admits: Talk | Detect | None = None, ticket: str = ""
    ) -> None:
        """Open a stream, with this ticket or one that admits to this."""
        assert line.tty is not None
        self.session = Session(line.tty, Tickets(TOKEN), noon)
        self.went: list[str] = []
        self.resumed: list[Resumed] = []
        self.text = ""
        self.cleared = 0
        self.frame = 0
        self._ear = Receiver()
        self._queue = bytearray()
        self._marks: list[tuple[int, str]] = []
        self.took = 0
        ticket = ticket or Tickets(TOKEN).issue(admits or Talk("en", Way(START)), CALL, noon())
        self.tell(started(ticket))

    def tell(self, message: object) -> None:
        """Twilio sends this message."""
        text = message if isinstance(message, str | bytes) else json.dumps(message)
        self._take(self.session.receive(text))

    def _take(self, answers: Iterator[Told]) -> None:
        for answer in answers:
            if isinstance(answer, GoTo):
                self.went.append(answer.path)
                continue
            if isinstance(answer, Resumed):
                self.resumed.append(answer)
                continue
            message = json.loads(answer)
            match message["event"]:
                case "media":
                    sound = base64.b64decode(message["media"]["payload"])
                    assert len(sound) % FRAME == 0
                    self._queue += sound
                    self.took += len(sound)
                case "mark":
                    self._marks.append((self.took, message["mark"]["name"]))
                case "clear":
                    self.cleared += 1
                    self._queue.clear()
        self._return_marks()

    def _return_marks(self) -> None:
        played = self.took - len(self._queue)
        due = [name for place, name in self._marks if place <= played]
        self._marks = [(place, name) for place, name in self._marks if place > played]
        for name in due:
            self.tell({"event": "mark", "mark": {"name": name}})

    def hear(self, ulaw: bytes = SILENCE, at: int | None = None) -> None:
        """A frame of the caller's, at its time or another; a frame of ours is played."""
        heard = bytes(self._queue[:FRAME])
        del self._queue[:FRAME]
        self.text += "".join(each.text for each in self._ear.take(heard.ljust(FRAME, b"\xff")))
        self.tell(media(ulaw, 20 * self.frame if at is None else at))
        self.frame += 1
        self._return_marks()

    def idle(self, seconds: float) -> None:
        """The caller is silent."""
        for _ in range(round(seconds * FRAMES_A_SECOND)):
            self.hear()

    def read(self) -> str:
        """Until the line has sent everything, over all breaks; what it sent since the last time."""
        quiet = 0
        while quiet < 2 * FRAMES_A_SECOND and not self.went:
            self.hear()
            quiet = 0 if self._queue else quiet + 1
        text, self.text = self.text, ""
        return text

    def read_to_the_end(self) -> list[str]:
        """Until the call has moved on: where to."""
        self.read()
        return self.went

    def send(self, ulaw: bytes) -> None:
        """The caller makes this sound."""
        for start in range(0, len(ulaw), FRAME):
            self.hear(ulaw[start : start + FRAME])

    def answer(self, text: str) -> str:
        """Type, and read what comes."""
        self.text = ""
        self.send(modulate(text))
        self.idle(1)
        return self.read()


def started(ticket: object, call: str = CALL, account: str = "AC" + "2" * 32) -> dict[str, object]:
    """The first message of a stream that matters."""
    parameters = {} if ticket is None else {"ticket": ticket}
    start = {"streamSid": "MZ1", "callSid": call, "accountSid": account}
    return {"event": "start", "start": start | {"customParameters": parameters}}


def media(ulaw: bytes, at: object) -> dict[str, object]:
    """A frame."""
    payload = base64.b64encode(ulaw).decode()
    return {
        "event": "media",
        "media": {"track": "inbound", "timestamp": str(at), "payload": payload},
    }


@pytest.fixture
def stream(line: VoiceLine) -> Stream:
    """A stream on which the first question was read."""
    stream = Stream(line)
    assert "ANY CHANGE IN BLADDER OR BOWEL CONTROL" in stream.read()
    return stream


# Who is admitted


@pytest.mark.parametrize(
    "start",
    [
        started(None),
        started("forged"),
        started(["a list"]),
        started(Tickets("another token").issue(Talk("en", Way(START)), CALL, noon())),
        started(Tickets(TOKEN).issue(Talk("en", Way(START)), "CA" + "3" * 32, noon())),
        started(Tickets(TOKEN).issue(Talk("en", Way(START)), "", noon()), call=""),
        started(Tickets(TOKEN).issue(Talk("en", Way(START)), CALL, noon()), account="../.."),
    ],
)
def test_a_stream_without_its_ticket_is_closed(line: VoiceLine, start: object) -> None:
    """No ticket, a forged one, another call's, or sids that are none."""
    assert line.tty is not None
    session = Session(line.tty, Tickets(TOKEN), noon)
    with pytest.raises(Refused):
        list(session.receive(json.dumps(start)))
    assert session.call is None


def test_sound_before_the_start_is_refused(line: VoiceLine) -> None:
    """Whoever sends sound first is not Twilio."""
    assert line.tty is not None
    session = Session(line.tty, Tickets(TOKEN), noon)
    assert list(session.receive('{"event": "connected"}')) == []
    with pytest.raises(Refused):
        list(session.receive(json.dumps(media(SILENCE, 0))))


# Messages


@pytest.mark.parametrize(
    "message",
    [
        "",
        "{",
        b"\xff\xfe",
        "[]",
        "null",
        "3",
        '"text"',
        '{"event": 3}',
        '{"event": "media"}',
        '{"event": "media", "media": 3}',
        '{"event": "media", "media": {"payload": "not base64!"}}',
        '{"event": "media", "media": {"payload": 7, "timestamp": "1"}}',
        '{"event": "media", "media": {"payload": "AAA"}}',
        '{"event": "media", "media": {"payload": "' + "A" * 100_000 + '"}}',
        '{"event": "media", "media": {"track": "outbound", "payload": "AAAA"}}',
        '{"event": "dtmf", "dtmf": {"digit": "X"}}',
        '{"event": "dtmf", "dtmf": {"digit": ["1"]}}',
        '{"event": "unknown", "unknown": {}}',
        "[" * 100_000,
    ],
)
def test_a_message_that_cant_be_read_changes_nothing(stream: Stream, message: str) -> None:
    """The call goes on as if it had not come."""
    assert parse(message) is None
    stream.tell(message)
    assert "NO: RIGHT Q" in stream.answer("NO GA")


def test_a_second_start_changes_nothing(stream: Stream) -> None:
    """Not even with another's ticket."""
    stream.tell(started("forged"))
    assert "NO: RIGHT Q" in stream.answer("NO GA")


@pytest.mark.parametrize("time", ["-5", "1e9", "", "x", "9" * 40, "999999999999", None])
def test_a_strange_time_is_survived(stream: Stream, time: object) -> None:
    """A timestamp that is none, or years ahead, takes no memory and ends no call."""
    stream.tell(media(SILENCE, time))
    stream.frame += 10
    assert "NO: RIGHT Q" in stream.answer("NO GA")


def test_frames_of_odd_sizes_are_read(stream: Stream) -> None:
    """Twilio's have 160 bytes; nothing depends on it."""
    sound, milliseconds = modulate("NO GA") + SILENCE * 50, 20 * stream.frame
    chances = random.Random(1)  # noqa: S311 - no secret
    while sound:
        size = 8 * chances.randint(1, 90)
        stream.tell(media(sound[:size], milliseconds))
        milliseconds += size // 8
        sound = sound[size:]
    stream.frame = milliseconds // 20 + 1
    assert "NO: RIGHT Q" in stream.read()


@pytest.mark.parametrize("disorder", ["repeated", "swapped"])
def test_disorder_is_put_right(stream: Stream, disorder: str) -> None:
    """Frames that come twice, or the later one first, are one text all the same."""
    sound = modulate("NOPE GA")
    frames = [
        (20 * (stream.frame + place), sound[start : start + FRAME])
        for place, start in enumerate(range(0, len(sound), FRAME))
    ]
    if disorder == "repeated":
        frames = [frame for frame in frames for _ in range(2)]
    else:
        pairs = zip(frames[1::2], frames[::2], strict=False)
        frames = [frame for pair in pairs for frame in pair]
    for at, frame in frames:
        stream.tell(media(frame, at))
    stream.frame += len(sound) // FRAME + 2
    stream.idle(1)
    assert "NO: RIGHT Q" in stream.read()


def test_a_socket_that_ends_in_a_character_ends_quietly(stream: Stream) -> None:
    """Half a character, then Twilio's stop: nothing is done, nothing fails."""
    stream.send(modulate("NO")[:3000])
    stream.tell({"event": "stop", "stop": {}})
    assert stream.session.ended
    assert stream.went == []


def test_time_passes_though_silent_frames_are_left_out(stream: Stream) -> None:
    """Twilio sometimes sends none: the warning comes all the same."""
    for _ in range(2 * 91):
        stream._take(stream.session.waited(0.5))  # noqa: SLF001 - as the socket's loop does
    assert "ARE YOU THERE" in stream.read()


def test_frames_that_come_late_are_no_new_time(line: VoiceLine) -> None:
    """What was waited for is not counted once more when its frames come after all."""
    stream = Stream(line)
    stream.idle(1)
    for _ in range(6):
        stream._take(stream.session.waited(0.5))  # noqa: SLF001 - as the socket's loop does
    stream.idle(4)
    assert stream.session.seconds == pytest.approx(5, abs=0.1)


# What is on the line


def test_a_text_waits_until_the_callers_tty_can_hear_it(line: VoiceLine) -> None:
    """While it still sends, and holds its carrier after that, it hears nothing."""
    stream = Stream(line)
    stream.send(modulate("   "))
    assert stream.took == 0
    assert stream.read().strip().startswith("IN AN EMERGENCY, HANG UP AND DIAL 911.")


def test_a_page_ends_in_a_second_of_quiet(line: VoiceLine) -> None:
    """A caller can break in then; soon after it the next page comes."""
    stream = Stream(line)
    _play_a_page(stream)
    stream.idle(1)
    assert stream.text.strip().endswith("BACK PAIN LINE OF HEALTHPARTNERS.")
    stream.text = ""
    stream.idle(2)
    assert "TYPE" in stream.text


@pytest.mark.parametrize("typed", ["YES GA", "NOT SURE GA"])
def test_a_nurse_is_dialled_within_50_seconds_of_a_yes(stream: Stream, typed: str) -> None:
    """By the stream's own time, from the last tone of GA; an emergency's advice is the longest."""
    stream.send(modulate(typed))
    answered = stream.frame
    stream.read()
    assert stream.went == ["/tty/en/careline-tty/1/dial"]
    assert (stream.frame - answered) / FRAMES_A_SECOND <= 50


def test_who_types_in_the_quiet_between_pages_is_heard(line: VoiceLine) -> None:
    """The next page waits; 0 and its words count at once."""
    stream = Stream(line)
    _play_a_page(stream)
    stream.idle(0.5)
    assert "DIALING A NURSE'S TTY" in stream.answer("NURSE GA")
    assert stream.cleared == 0


def _play_a_page(stream: Stream) -> None:
    while not stream._queue:  # noqa: SLF001 - what is to be played
        stream.hear()
    while stream._queue:  # noqa: SLF001 - the same
        stream.hear()


def test_a_tone_that_does_not_end_is_not_waited_for(line: VoiceLine) -> None:
    """It may be the mark of a modem, or music."""
    stream = Stream(line)
    seconds = np.arange(3 * RATE) / RATE
    stream.send(encode(0.2 * np.sin(2 * np.pi * 1400 * seconds)))
    assert stream.took > 0


def test_the_emergency_sentence_is_begun_again_for_who_typed_through_it(line: VoiceLine) -> None:
    """A TTY that sends shows nothing of what comes."""
    stream = Stream(line)
    while "EMERGENCY" not in stream.text:
        stream.hear()
    stream.text = ""
    stream.send(modulate("HELLO HELLO"))
    assert stream.cleared
    assert "IN AN EMERGENCY, HANG UP AND DIAL 911." in stream.read()


def test_our_own_echo_is_not_read(line: VoiceLine) -> None:
    """What we send, 40 dB fainter, answers nothing."""
    stream = Stream(line)
    faint = encode(decode(modulate("NURSE GA NURSE GA NURSE GA")) / 100)
    stream.send(faint)
    assert stream.cleared == 0
    stream.read()
    assert stream.went == []


def test_a_caller_who_types_through_our_text_is_heard(line: VoiceLine) -> None:
    """It stops; an answer that came before its question's end counts only behind that."""
    stream = Stream(line)
    while "BLADDER" not in stream.text:
        stream.hear()
    assert "STARTING TO PEE Q\r\nTYPE YES, NO OR NOT SURE. GA" in stream.answer("NO GA")
    assert stream.cleared == 1
    assert "NO: RIGHT Q" in stream.answer("NO GA")


def test_keys_are_heard(stream: Stream) -> None:
    """Touch-tones come as messages, and their sound is no typing."""
    seconds = np.arange(RATE // 4) / RATE
    tones = np.sin(2 * np.pi * 697 * seconds) + np.sin(2 * np.pi * 1336 * seconds)
    stream.send(encode(0.2 * tones))
    stream.tell({"event": "dtmf", "dtmf": {"digit": "2"}})
    assert "NO: RIGHT Q" in stream.read()


def test_a_voice_caller_is_led_to_where_a_voice_is_understood(stream: Stream) -> None:
    """Seconds of speech in the own turn move the call."""
    stream.send(speech(4))
    assert stream.went == ["/tty/en/bladder-bowel/1/aloud"]


def test_no_path_holds_what_was_answered(stream: Stream) -> None:
    """Who talks while an answer is read back is asked the question again."""
    assert "NO: RIGHT Q" in stream.answer("NO GA")
    stream.send(speech(4))
    assert stream.went == ["/tty/en/bladder-bowel/1/aloud"]


def test_a_fax_comes_to_a_person_in_the_end(stream: Stream) -> None:
    """Its calling tone answers nothing and stops nothing."""
    seconds = np.arange(RATE // 2) / RATE
    calling = encode(0.3 * np.sin(2 * np.pi * 1100 * seconds)) + b"\xff" * (3 * RATE)
    for _ in range(400):
        stream.send(calling)
        if stream.went:
            break
    assert stream.went
    assert stream.went[0] in {"/tty/en/bladder-bowel/1/aloud", "/tty/en/careline-tty/1/dial"}


def test_a_call_that_cant_be_moved_goes_on_here(stream: Stream) -> None:
    """Twilio's API does not answer: the numbers are shown."""
    stream.answer("NURSE GA")
    assert stream.went == ["/tty/en/careline-tty/1/dial"]
    stream.went.clear()
    stream._take(stream.session.not_moved())  # noqa: SLF001 - as the socket's loop does
    assert "I COULD NOT REACH ANYONE" in stream.read()


# Noticing a TTY on the voice line


def detecting(line: VoiceLine) -> Stream:
    """A stream that listens beside the voice line."""
    return Stream(line, Detect("/voice/en/tty", "en"))


@pytest.mark.parametrize("typed", ["  ", "HELLO"])
def test_two_keys_move_the_call(line: VoiceLine, typed: str) -> None:
    """The space bar, or text, two seconds behind the last one; what was typed goes along."""
    stream = detecting(line)
    stream.idle(2)
    keyboard = Transmitter()
    for key in typed:
        keyboard.put(key)
        for _ in range(25):
            stream.hear(keyboard.take(FRAME))
    assert stream.resumed == []
    stream.idle(2.1)
    (resumed,) = stream.resumed
    assert resumed.position.node == RED_FLAGS[0].name
    talk = Tickets(TOKEN).check(resumed.ticket, CALL, noon())
    assert isinstance(talk, Talk)
    assert "".join(map(Shifted().decode, talk.typed)) == typed
    stream.send(modulate("HELLO") + SILENCE * 150)
    assert stream.resumed == [resumed]  # once, however long the move takes
    going_on = not stream.session.ended
    stream.session.moved()
    stream.idle(4)
    going_on &= not stream.session.ended  # the document that follows stops it
    stream.idle(2)
    assert going_on
    assert stream.session.ended


def test_a_call_that_is_moved_takes_along_what_was_typed(line: VoiceLine) -> None:
    """A nurse who was asked for beside the voice line is dialled; a no is no answer yet."""
    stream = detecting(line)
    stream.send(modulate("NURSE GA") + SILENCE * 60)
    (resumed,) = stream.resumed
    assert Stream(line, ticket=resumed.ticket).read_to_the_end() == ["/tty/en/careline-tty/1/dial"]
    stream = detecting(line)
    stream.send(modulate("NO GA") + SILENCE * 60)
    (resumed,) = stream.resumed
    assert "BLADDER" in Stream(line, ticket=resumed.ticket).read()


def test_an_answer_that_was_typed_while_it_was_played_counts(line: VoiceLine) -> None:
    """Somebody was led to where a voice is understood, and types: the no is read back."""
    way = Way("fever", attempt=2)
    stream = Stream(line, Detect("/tty/en/fever/2/read", "en", way))
    stream.send(modulate("NO GA") + SILENCE * 60)
    (resumed,) = stream.resumed
    assert "NO: RIGHT Q" in Stream(line, ticket=resumed.ticket).read()


def test_our_own_burst_moves_nobody(line: VoiceLine) -> None:
    """It comes back as an echo, 25 dB under what was sent at worst."""
    stream = detecting(line)
    stream.send(encode(decode(modulate("TTY PRESS SPACE BAR GA")) * 10 ** (-25 / 20)))
    stream.idle(1)
    assert stream.went == []


@pytest.mark.parametrize("sound", ["silence", "speech"])
def test_nothing_else_does(line: VoiceLine, sound: str) -> None:
    """Neither a voice nor nothing."""
    stream = detecting(line)
    sounds: dict[str, Callable[[], bytes]] = {
        "silence": lambda: SILENCE * 500,
        "speech": lambda: speech(10),
    }
    stream.send(sounds[sound]() + SILENCE * 100)
    assert stream.went == []


def test_nobody_is_listened_to_without_end(line: VoiceLine) -> None:
    """After ten minutes without typing the stream may be closed, also if silence is left out."""
    stream = detecting(line)
    stream.idle(120)
    for _ in range(479):
        stream._take(stream.session.waited(1))  # noqa: SLF001 - as the socket's loop does
    going_on = not stream.session.ended
    stream.idle(2)
    assert going_on
    assert stream.session.ended
    assert stream.went == []


def test_a_stream_that_holds_a_moved_call_is_left_to_twilio(stream: Stream) -> None:
    """Were it closed here, the document behind it might go on before the move."""
    stream.answer("NURSE GA")
    stream.session.moved()
    assert not stream.session.ended


def speech(seconds: float) -> bytes:
    """A voice, roughly: a buzz of 120 Hz with moving formants, in syllables."""
    time = np.arange(round(seconds * RATE)) / RATE
    glottis = sum(np.sin(2 * np.pi * 120 * k * time) / k for k in range(1, 25))
    formant = 1 + 0.8 * np.sin(2 * np.pi * (500 + 200 * np.sin(2 * np.pi * 2 * time)) * time)
    syllables = np.clip(np.sin(2 * np.pi * 3 * time) + 0.4, 0, 1)
    return encode(0.12 * glottis * formant * syllables)
