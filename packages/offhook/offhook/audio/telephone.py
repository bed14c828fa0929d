"""Samples as the telephone carries them: 8 kHz, µ-law; and WAV files of them.

Samples are float32 from -1 to 1 in one dimension.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ttymodem import ulaw as codec
from ttymodem.files import wav
from ttymodem.wav import PCM, read_wav

Samples = npt.NDArray[np.float32]

RATE = 8000
"""Samples a second on the telephone. Source: ITU-T G.711."""

FILTER_TAPS = 127
PASS_BAND = 3400
"""Hz that the telephone carries at most. Source: ITU-T G.712."""


def to_telephone(samples: Samples, rate: int) -> Samples:
    """Samples of any whole multiple of 8 kHz, filtered and thinned out to 8 kHz.

    Raises ValueError for another rate.
    """
    if rate % RATE:
        raise ValueError(f"{rate} samples a second is no multiple of {RATE}")
    if rate == RATE:
        return samples
    return np.convolve(samples, _low_pass(rate), "same")[:: rate // RATE].astype(np.float32)


def _low_pass(rate: int) -> Samples:
    """A windowed-sinc filter that passes what the telephone carries."""
    place = np.arange(FILTER_TAPS) - (FILTER_TAPS - 1) / 2
    taps = np.sinc(2 * PASS_BAND / rate * place) * np.hamming(FILTER_TAPS)
    return np.asarray(taps / taps.sum(), np.float32)


def encode(samples: Samples) -> bytes:
    """µ-law, one byte a sample."""
    return codec.encode(samples.astype(np.float64))


def decode(ulaw: bytes) -> Samples:
    """Samples of µ-law bytes."""
    return codec.decode(ulaw).astype(np.float32)


def as_wav(samples: Samples) -> bytes:
    """A WAV file of what µ-law leaves of the samples; 16 bits, which every browser plays."""
    return wav(encode(samples))


def from_wav(data: bytes) -> tuple[Samples, int]:
    """The samples of a 16-bit mono WAV file, and their rate. Raises ValueError."""
    found = read_wav(data)
    if found is None:
        raise ValueError("the recording is no WAV file")
    if (found.code, found.channels, found.bits) != (PCM, 1, 16):
        raise ValueError("the recording is not 16-bit mono")
    whole = found.data[: len(found.data) // 2 * 2]
    return (np.frombuffer(whole, "<i2") / 32768).astype(np.float32), found.rate


def silence(seconds: float) -> Samples:
    """Nothing, for some seconds."""
    return np.zeros(round(seconds * RATE), np.float32)
