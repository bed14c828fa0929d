"""An English and a Spanish voice at 8 kHz, synthesised on this machine."""

from __future__ import annotations

from functools import cache

import numpy as np
from hibari import SAMPLE_RATE, Hibari
from py_nanotts import NanoTTS

from ttymodem.ulaw import RATE, Samples

PICO_RATE = 16_000

TAPS = 127
PASS_BAND = 3400
"""Hz that the telephone carries at most. Source: ITU-T G.712."""


@cache
def english(text: str) -> Samples:
    """What an English voice says."""
    return _to_telephone(np.asarray(Hibari()(text, seed=0), np.float64), SAMPLE_RATE)


@cache
def spanish(text: str) -> Samples:
    """What a Spanish voice says."""
    pcm = NanoTTS().speak(text, voice="es-ES", speed=1.0)
    return _to_telephone(np.frombuffer(pcm, "<i2") / 32768, PICO_RATE)


def _to_telephone(samples: Samples, rate: int) -> Samples:
    """Filtered to what a telephone carries, and thinned out to 8 kHz."""
    place = np.arange(TAPS) - (TAPS - 1) / 2
    taps = np.sinc(2 * PASS_BAND / rate * place) * np.hamming(TAPS)
    return np.convolve(samples, taps / taps.sum(), "same")[:: rate // RATE]
