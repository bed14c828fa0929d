"""A whole call as sound: what its events were, and what crossed the line beside them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from offhook.audio.mixing import LONGEST, recording
from offhook.audio.speech import Voices
from offhook.audio.telephone import RATE, Samples, decode, silence
from offhook.browser.line_audio import Piece
from offhook.transcript import Moment


def whole(moments: Sequence[Moment], pieces: Sequence[Piece], speech: Voices) -> Samples:
    """Prompts, keys and ringing, with the tones of a TTY and what media streams sent."""
    sound = recording(moments, speech)
    last = max((round(piece.at * RATE) + len(piece.ulaw) for piece in pieces), default=0)
    longer = max(min(last, LONGEST * RATE) - len(sound), 0)
    sound = np.concatenate([sound, silence(longer / RATE)])
    for piece in pieces:
        place = sound[round(piece.at * RATE) :][: len(piece.ulaw)]
        place[:] = np.clip(place + decode(piece.ulaw)[: len(place)], -1, 1)
    return sound
