"""The modem alone: what goes in comes out, whatever the line does; and nothing else does."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest
from keyed_text import Line, frames, keyed
from synthetic_voices import english, spanish

from ttymodem.modem import LEVEL, Character, Detector, Receiver, Transmitter, modulate, received
from ttymodem.timeline import Timeline
from ttymodem.ulaw import RATE, decode, encode

FRAME = 160
TEXT = "HELLO, MY NUMBER IS 952-883-5474. GA"


def text_of(characters: list[Character]) -> str:
    """What they show."""
    return "".join(each.text for each in characters)


def taken(sizes: Iterator[int], sound: bytes) -> str:
    """What is received of sound that comes in pieces of these sizes."""
    receiver, found, place = Receiver(), list[Character](), 0
    while place < len(sound):
        size = next(sizes)
        found += receiver.take(sound[place : place + size])
        place += size
    return text_of(found)


def placed(pieces: list[tuple[int, bytes]]) -> str:
    """What is received of frames with their times in milliseconds."""
    receiver, found = Receiver(), list[Character]()
    for at, piece in pieces:
        found += receiver.take(piece, at)
    return text_of(found)


def cut(sound: bytes) -> list[tuple[int, bytes]]:
    """Frames of 20 ms with their times."""
    return [(start // 8, sound[start : start + FRAME]) for start in range(0, len(sound), FRAME)]


SOUND = modulate(TEXT) + b"\xff" * 4000


def test_pieces_of_any_size_are_one_text() -> None:
    """From a byte to a second."""
    chances = random.Random(3)  # noqa: S311 - no secret
    for most in (1, 7, 160, 8000):
        sizes = iter(lambda most=most: chances.randint(1, most), 0)  # type: ignore[misc]
        assert taken(sizes, SOUND) == TEXT


def test_a_sender_in_pieces_is_a_sender_at_once() -> None:
    """To the last byte but one bit of mark."""
    transmitter = Transmitter()
    transmitter.put(TEXT)
    pieces = b""
    while transmitter.sending:
        pieces += transmitter.take(FRAME)
    whole = modulate(TEXT)
    assert pieces[: len(whole) - 176] == whole[:-176]


def test_dropped_text_is_not_sent() -> None:
    """The character under way is finished."""
    transmitter = Transmitter()
    transmitter.put("ABCDEFGH")
    sound = transmitter.take(RATE)
    transmitter.drop()
    while transmitter.sending:
        sound += transmitter.take(FRAME)
    assert TEXT not in received(sound)
    assert "ABC".startswith(received(sound)[:3])
    assert not transmitter.take(FRAME).strip(b"\xff")


def test_50_baud_is_a_setting() -> None:
    """For the rest of the world."""
    assert received(modulate(TEXT, 50.0), 50.0) == TEXT


def test_late_and_repeated_frames_are_put_in_their_places() -> None:
    """Up to 100 ms late, or twice."""
    pieces = cut(SOUND)
    shuffled = [pieces[place + offset] for place in range(0, len(pieces) - 4, 4)
                for offset in (1, 0, 3, 2)]  # fmt: skip
    assert placed(shuffled).startswith(TEXT)
    assert placed([piece for piece in pieces for _ in range(2)]) == TEXT


def test_frames_up_to_100_ms_late_are_put_in_their_places() -> None:
    """Each by chance up to five frames after those that follow it."""
    chances = np.random.default_rng(8)
    for _ in range(5):
        late = np.arange(len(SOUND) // FRAME) + chances.integers(0, 6, len(SOUND) // FRAME)
        pieces = cut(SOUND)
        assert placed([pieces[place] for place in np.argsort(late, kind="stable")]) == TEXT


def test_lost_frames_move_nothing() -> None:
    """A tenth of them: what is left of the text stands where it was sent."""
    chances = np.random.default_rng(6)
    receiver, found = Receiver(), list[Character]()
    for at, piece in cut(SOUND):
        if chances.random() >= 0.1:
            found += receiver.take(piece, at)
    whole = {round(each.at, 2): each.code for each in Receiver().take(SOUND)}
    times = np.array(list(whole))
    assert len(found) >= 0.7 * len(whole)
    near = [times[np.argmin(np.abs(times - each.at))] - each.at for each in found]
    assert sum(abs(each) < 0.011 for each in near) >= 0.9 * len(found)


def test_a_gap_keeps_the_time() -> None:
    """What is missing is silence: the text after it is read, and is told when it came."""
    pieces = cut(SOUND)
    late = [(at + 2000, piece) for at, piece in pieces]
    receiver, found = Receiver(), list[Character]()
    for at, piece in [*pieces, *((at + len(SOUND) // 8, piece) for at, piece in late)]:
        found += receiver.take(piece, at)
    assert text_of(found) == TEXT + TEXT
    first, second = found[0].at, next(each.at for each in found[len(found) // 2 :])
    assert second - first == pytest.approx(2 + len(SOUND) / RATE, abs=0.1)


@pytest.mark.parametrize("hours", [0.01, 1, 1000])
def test_a_huge_gap_is_not_filled(hours: float) -> None:
    """A clock that jumps starts a new time: no sound is made for what is missing."""
    start = round(hours * 3_600_000)
    pieces = [*cut(SOUND), *((at + start, piece) for at, piece in cut(SOUND))]
    timeline = Timeline()
    assert sum(len(timeline.take(piece, at)) for at, piece in pieces) == 2 * len(SOUND)
    assert placed(pieces).endswith(TEXT)


def test_half_a_character_is_none() -> None:
    """The line breaks in the middle of it."""
    assert received(modulate("E")[: round(0.24 * RATE)]) == ""


def test_an_echo_is_not_read_behind_the_gate() -> None:
    """Our own text at -40 dB is, without the gate; with it, it is not."""
    echo = encode(decode(SOUND) * 10 ** (-30 / 20))  # -42 dBFS
    receiver = Receiver()
    assert text_of(receiver.take(echo)) == TEXT
    receiver = Receiver()
    receiver.gate = -35.0
    assert receiver.take(echo) == []


def test_keyed_answers_are_read_between_noise() -> None:
    """At 10 dB, the noise goes on between the keys: 99 % of the characters, and no others."""
    chances = np.random.default_rng(5)
    right = total = 0
    for _ in range(60):
        answer = str(chances.choice(["1 GA", "YES GA", "NO", "NOT SURE GA", "NURSE"]))
        receiver, found = Receiver(), list[Character]()
        for at, piece in frames(keyed(answer, chances), Line(10), chances):
            found += receiver.take(piece, at)
        shown = text_of(found)
        total += len(answer)
        right += sum(one == other for one, other in zip(answer, shown, strict=False))
        assert len(shown) <= len(answer)
    assert right >= 0.99 * total


def test_noise_and_a_carrier_are_no_text() -> None:
    """Ten minutes of noise at three levels, and a carrier in it that says nothing."""
    chances = np.random.default_rng(12)
    for level in (0.003, 0.03, 0.3):
        noise = chances.normal(0, level, 200 * RATE)
        assert text_of(Receiver().take(encode(np.clip(noise, -1, 1)))) == ""
    mark = np.sin(2 * np.pi * 1400 * np.arange(30 * RATE) / RATE)
    on = np.repeat(chances.integers(0, 2, 60), RATE // 2)
    noisy = 0.2 * mark * on + chances.normal(0, 0.2 / np.sqrt(20), len(mark))
    assert Receiver().take(encode(noisy)) == []


def test_the_time_of_a_character_is_that_of_its_start_bit() -> None:
    """To 5 ms, as sent, also at 10 dB and after a timestamp of hours."""
    chances = np.random.default_rng(14)
    noise = chances.normal(0, 10 ** (-12 / 20) / np.sqrt(20), len(SOUND))
    receiver, found = Receiver(), list[Character]()
    for at, piece in cut(encode(decode(SOUND) + noise)):
        found += receiver.take(piece, at + 7_200_000)
    starts = 7200 + 0.15 + np.arange(len(found)) * 8 / 45.45
    assert np.abs(np.array([each.at for each in found]) - starts).max() < 0.005


def test_the_carrier_and_its_level_are_told_as_they_come() -> None:
    """Within a frame or two, and though no character is complete."""
    receiver = Receiver()
    receiver.take(b"\xff" * 800)
    assert (receiver.carrier, receiver.level, receiver.speech(0, -50)) == (False, -100, 0)
    for start in range(0, 8000, FRAME):
        receiver.take(SOUND[start : start + FRAME])
        if start >= 4 * FRAME:
            assert receiver.carrier
            assert receiver.level == pytest.approx(LEVEL, abs=0.5)
    receiver.take(encode(np.random.default_rng(2).normal(0, 0.1, RATE)))
    assert not receiver.carrier


# Noticing a TTY


def detected_after(sound: bytes) -> float | None:
    """Seconds until somebody is noticed who types; None if nobody is."""
    receiver, detector = Receiver(), Detector()
    for at, piece in cut(sound):
        if detector.take(receiver.take(piece, at)):
            return receiver.now
    return None


@pytest.mark.parametrize("pause", [0.2, 0.5, 0.8])
@pytest.mark.parametrize("keys", ["  ", "HI"])
def test_two_keys_are_noticed_in_time(keys: str, pause: float) -> None:
    """At most 1.5 s after the first."""
    keyboard = Transmitter()
    sound = keyboard.take(RATE)
    for key in keys:
        keyboard.put(key)
        sound += keyboard.take(round(pause * RATE))
    after = detected_after(sound + keyboard.take(RATE))
    assert after is not None
    assert after - 1 <= 1.5


@pytest.mark.parametrize("pause", [0.2, 0.5, 0.8])
def test_two_spaces_are_noticed_without_a_shift(pause: float) -> None:
    """A space is in both shifts, so a TTY need not send one before it."""
    tap = modulate(" ")
    tap = tap[round(0.15 * RATE) :][: len(tap) - round(0.15 * RATE)]
    shift = round(8 * RATE / 45.45)  # the LTRS that we send first
    mark = modulate(" ")[: round(0.15 * RATE)]
    tapped = mark + tap[shift : shift + round(8 * RATE / 45.45)]
    sound = b"\xff" * RATE + tapped + b"\xff" * (round(pause * RATE) - len(tapped)) + tapped
    after = detected_after(sound + b"\xff" * RATE)
    assert after is not None
    assert after - 1 <= 1.5


def tones(*hertz: float, seconds: float = 2.0, level: float = 0.25) -> bytes:
    """Some tones at once."""
    time = np.arange(round(seconds * RATE)) / RATE
    return encode(level * np.mean([np.sin(2 * np.pi * each * time) for each in hertz], axis=0))


@cache
def voices() -> tuple[bytes, ...]:
    """A woman's and a man's voice, each at four speeds and pitches: some minutes."""
    in_english = (
        "I have had pain in my back for three weeks now, and it is getting worse every day.",
        "Yes. No. I am not sure. Could you say that again, please? One. Two. Three. Nurse!",
        "She sells sea shells by the sea shore, and whistles seventeen silly songs.",
    )
    in_spanish = ("Me duele la espalda desde hace tres semanas, y no puedo dormir por la noche.",)
    found = []
    for voice, sentences in ((english, in_english), (spanish, in_spanish)):
        for sentence in sentences:
            said = voice(sentence)
            for factor in (0.8, 1.0, 1.2, 1.5):
                places = np.arange(0, len(said) - 1, factor)
                found.append(encode(np.interp(places, np.arange(len(said)), said)))
    return tuple(found)


def other_sounds() -> Iterator[bytes]:
    """What is heard on telephones, and is no TTY."""
    yield from voices()
    for low in (697.0, 770.0, 852.0, 941.0):
        for high in (1209.0, 1336.0, 1477.0):
            yield tones(low, high, seconds=0.3) + b"\xff" * 800
    yield tones(440, 480) + b"\xff" * 32000
    yield tones(480, 620, seconds=0.5) + b"\xff" * 4000
    yield tones(350, 440)
    for note in range(60, 96):  # a scale, and its chords: some of it near mark and space
        hertz = 440.0 * 2 ** ((note - 69) / 12)
        yield tones(hertz, seconds=0.15) + tones(hertz, 1.26 * hertz, 1.5 * hertz, seconds=0.2)
    for first, second in ((1396.9, 1760.0), (1400.0, 1800.0), (1350.0, 1850.0)):
        yield b"".join(tones(each, seconds=0.12) for each in (first, second) * 20)  # a trill
    yield tones(1100, seconds=0.5) + b"\xff" * 24000
    yield tones(2100, seconds=3.0)
    chances = np.random.default_rng(9)
    bits = chances.integers(0, 2, 600)
    yield b"".join(tones(1850 if bit else 1650, seconds=1 / 300) for bit in bits)
    for level in (0.01, 0.1, 0.3):
        yield encode(np.clip(chances.normal(0, level, 20 * RATE), -1, 1))
        pink = np.cumsum(chances.normal(0, level, 20 * RATE))
        yield encode(np.clip(pink - np.convolve(pink, np.ones(80) / 80, "same"), -1, 1))


@pytest.mark.parametrize("level", [-12, 0])
def test_nothing_else_is_taken_for_a_tty(level: float) -> None:
    """Voices, touch-tones, ringing, music, fax and noise, at two levels; minutes of them."""
    minutes = 0.0
    for sound in other_sounds():
        changed = encode(np.clip(decode(sound) * 10 ** (level / 20), -1, 1))
        assert detected_after(changed + b"\xff" * 1600) is None
        minutes += len(sound) / RATE / 60
    assert minutes > 4
