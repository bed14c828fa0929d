"""Tones of the telephone: touch-tones, ringback, busy, the beep before a recording."""

from __future__ import annotations

import numpy as np

from offhook.audio.telephone import RATE, Samples, silence

ROWS = (697, 770, 852, 941)
COLUMNS = (1209, 1336, 1477, 1633)
KEYS = "123A456B789C*0#D"
"""Hz of the touch-tones, and the keys row by row. Source: ITU-T Q.23."""

TONE_SECONDS = 0.1
GAP_SECONDS = 0.1
PAUSES = {"w": 0.5, "W": 1.0}

RINGBACK = (440, 480)
RING_ON, RING_OFF = 2.0, 4.0
"""Hz and seconds of the North American ringback tone. Source: ITU-T E.180 supplement 2."""

BEEP = (1000,)
LOUDNESS = 0.2


def tone(frequencies: tuple[int, ...], seconds: float) -> Samples:
    """Several sines at once, with soft edges."""
    time = np.arange(round(seconds * RATE)) / RATE
    wave = sum(np.sin(2 * np.pi * frequency * time) for frequency in frequencies)
    edge = np.clip(np.minimum(time, seconds - time) / 0.005, 0, 1)
    return (np.asarray(wave) * edge * LOUDNESS / len(frequencies)).astype(np.float32)


def touch_tone(key: str) -> Samples:
    """The tone of a key, and the silence behind it; `w` and `W` are pauses."""
    if key in PAUSES:
        return silence(PAUSES[key])
    row, column = divmod(KEYS.index(key), len(COLUMNS))
    sound = tone((ROWS[row], COLUMNS[column]), TONE_SECONDS)
    return np.concatenate([sound, silence(GAP_SECONDS)])


def touch_tones(keys: str) -> Samples:
    """The tones of several keys; what is no key is left out."""
    known = [touch_tone(key) for key in keys if key in KEYS or key in PAUSES]
    return np.concatenate(known) if known else silence(0)


def ringback(seconds: float) -> Samples:
    """Ringing as the caller hears it."""
    one = np.concatenate([tone(RINGBACK, RING_ON), silence(RING_OFF)])
    return np.tile(one, int(seconds // (RING_ON + RING_OFF)) + 1)[: round(seconds * RATE)]
