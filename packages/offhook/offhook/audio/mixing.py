"""A whole call as one recording, as the caller heard it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from offhook.audio.speech import Voices
from offhook.audio.telephone import RATE, Samples, silence
from offhook.audio.tones import BEEP, ringback, tone, touch_tones
from offhook.events import (
    CALLER,
    Answered,
    Interrupted,
    KeySent,
    LegEnded,
    Played,
    Pressed,
    Ringing,
    Said,
)
from offhook.transcript import Moment

LONGEST = 3600
"""Seconds of a call that are written at most; an hour is 58 MB."""


def recording(moments: Sequence[Moment], speech: Voices) -> Samples:
    """The caller's side of a call: prompts, keys and ringing, each where it was heard."""
    last = min(moments[-1].at if moments else 0.0, LONGEST)
    sound = silence(last + 1.0)
    for place, moment in enumerate(moments):
        piece = _heard(moment, moments[place + 1 :], speech)
        if piece is not None:
            _lay(sound, piece, moment.at)
    return sound


def _heard(moment: Moment, following: Sequence[Moment], speech: Voices) -> Samples | None:
    match moment.event:
        case Said(text=text, language=language, leg=leg) if leg == CALLER:
            piece = speech.sound(text, language)
            return None if piece is None else _until_cut(piece, moment.at, following)
        case Played(what=what, seconds=seconds, leg=leg) if leg == CALLER:
            return tone(BEEP, seconds) if what == "a beep" else touch_tones(what)
        case Pressed(keys=keys, leg=leg) if leg == CALLER:
            return touch_tones(keys)
        case KeySent(key=key, leg=leg) if leg == CALLER:
            return touch_tones(key)
        case Ringing():
            return ringback(_next(following, Answered, LegEnded) - moment.at)
        case _:
            return None


def _until_cut(piece: Samples, since: float, following: Sequence[Moment]) -> Samples:
    """A prompt, as far as it was heard before a key cut it short."""
    for moment in following:
        if isinstance(moment.event, Interrupted):
            return piece[: round((moment.at - since) * RATE)]
        if isinstance(moment.event, Said):
            break
    return piece


def _next(following: Sequence[Moment], *kinds: type) -> float:
    return next(
        (moment.at for moment in following if isinstance(moment.event, kinds)),
        following[-1].at if following else 0.0,
    )


def _lay(sound: Samples, piece: Samples, at: float) -> None:
    start = round(at * RATE)
    end = min(start + len(piece), len(sound))
    if start < end:
        sound[start:end] = np.clip(sound[start:end] + piece[: end - start], -1, 1)
