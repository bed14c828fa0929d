"""A voice is told from what is as loud and steady, and our own text from a caller's."""

from __future__ import annotations

import numpy as np
import pytest
from line_noises import speech

from ttymodem.echo import OwnText
from ttymodem.modem import Receiver, modulate
from ttymodem.ulaw import RATE, Samples, decode, encode

TEN_SECONDS = 10 * RATE


def heard(sound: Samples, least: float = -48.0) -> float:
    """Seconds of speech that a receiver finds in the last five of a sound."""
    receiver = Receiver()
    receiver.take(encode(np.clip(sound, -1, 1)))
    return receiver.speech(0.0, least)


def rms(sound: Samples, level: float) -> Samples:
    """A sound at this level in dBFS."""
    scaled: Samples = sound / np.sqrt((sound**2).mean()) * 10 ** (level / 20)
    return scaled


def hum(hertz: float) -> Samples:
    """A mains hum with its harmonics."""
    time = np.arange(TEN_SECONDS) / RATE
    parts = [np.sin(2 * np.pi * hertz * part * time) / part for part in range(1, 60)]
    summed: Samples = np.sum(parts, axis=0)
    return summed


@pytest.mark.parametrize("level", [-53, -45, -30, -15])
def test_a_steady_noise_is_no_speech(level: float) -> None:
    """White, and a hum of either mains, however loud."""
    white = np.random.default_rng(3).normal(0, 1, TEN_SECONDS)
    assert [heard(rms(each, level)) for each in (white, hum(50), hum(60))] == [0, 0, 0]


def test_a_gain_that_is_turned_up_in_pauses_is_no_speech() -> None:
    """Noise that rises by 20 dB within half a second, and stays."""
    rising = np.interp(np.arange(TEN_SECONDS) / RATE, [0, 6, 6.5, 10], [-60, -60, -40, -40])
    noise = np.random.default_rng(4).normal(0, 1, TEN_SECONDS) * 10 ** (rising / 20)
    assert heard(noise) == 0


def test_typing_is_no_speech() -> None:
    """Whatever the pauses between its keys, in noise 10 dB under it."""
    keys = [np.concatenate([decode(modulate(key)), np.zeros(RATE)]) for key in "NO GA"]
    sound = np.concatenate(keys)
    noise = np.random.default_rng(5).normal(0, 1, len(sound))
    assert heard(sound + rms(noise, -29)) == 0


def test_a_voice_is_heard_as_far_as_it_is_loud_enough() -> None:
    """Every sentence of both voices; not one that is fainter than what counts."""
    for name, sound in speech():
        assert heard(rms(sound, -25)) > 0.24, name
        assert heard(rms(sound, -25), least=0.0) == 0


def test_the_background_leaves_out_a_ttys_tones() -> None:
    """So our own echo is none of it."""
    tones = decode(modulate("HELLO HELLO"))
    noise = rms(np.random.default_rng(6).normal(0, 1, len(tones)), -40)
    receiver = Receiver()
    receiver.take(encode(tones + noise))
    assert receiver.background(0.0) < -30


TEXT = "ANY CHANGE IN BLADDER OR BOWEL CONTROL Q TYPE YES, NO OR NOT SURE. GA"


@pytest.mark.parametrize("late", [0.0, 0.1, 0.3, 0.8])
def test_our_own_text_is_told_when_it_comes_back(late: float) -> None:
    """All of it, however late, and its level is known then."""
    own = OwnText()
    own.send(TEXT, 0.0)
    receiver = Receiver()
    sound = b"\xff" * round(late * RATE) + encode(decode(modulate(TEXT)) / 4) + b"\xff" * RATE
    theirs = [
        each
        for start in range(0, len(sound), 160)
        for each in own.theirs(receiver.take(sound[start : start + 160]), receiver.now)
    ]
    assert theirs == []
    assert own.level == pytest.approx(-16 - 12, abs=1)


@pytest.mark.parametrize("typed", ["NURSE GA", "YES GA", "NO GA", "NOT SURE GA", "   "])
def test_what_a_caller_types_over_it_is_the_callers(typed: str) -> None:
    """Also words that stand in the text, at another time."""
    own = OwnText()
    own.send(TEXT, 0.0)
    receiver = Receiver()
    sound = b"\xff" * RATE + modulate(typed) + b"\xff" * RATE
    theirs = [
        each
        for start in range(0, len(sound), 160)
        for each in own.theirs(receiver.take(sound[start : start + 160]), receiver.now)
    ]
    assert "".join(each.text for each in theirs) == typed
    assert own.level is None
