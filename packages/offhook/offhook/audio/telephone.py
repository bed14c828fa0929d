"""Samples as the telephone carries them: 8 kHz, µ-law; and WAV files of them.

Samples are float32 from -1 to 1 in one dimension.
"""

from __future__ import annotations

import io
import wave

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]

RATE = 8000
"""Samples a second on the telephone. Source: ITU-T G.711."""

BIAS = 0x84
CLIP = 32635
"""The constants of µ-law encoding. Source: ITU-T G.711, as commonly implemented."""

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
    linear = np.clip(samples * 32768, -CLIP, CLIP).astype(np.int32)
    sign = np.where(linear < 0, 0x80, 0).astype(np.int32)
    magnitude = np.abs(linear) + BIAS
    exponent = np.floor(np.log2(magnitude)).astype(np.int32) - 7
    mantissa = (magnitude >> (exponent + 3)) & 0x0F
    codes: npt.NDArray[np.int32] = ~(sign | (exponent << 4) | mantissa) & 0xFF
    return codes.astype(np.uint8).tobytes()


def decode(ulaw: bytes) -> Samples:
    """Samples of µ-law bytes."""
    return _DECODED[np.frombuffer(ulaw, np.uint8)]


def _decoded() -> Samples:
    codes = ~np.arange(256, dtype=np.int32) & 0xFF
    exponent, mantissa = (codes >> 4) & 7, codes & 0x0F
    magnitude = (((mantissa << 3) + BIAS) << exponent) - BIAS
    signed = np.where(codes & 0x80, -magnitude, magnitude)
    return (signed / 32768).astype(np.float32)


_DECODED = _decoded()


def as_wav(samples: Samples) -> bytes:
    """A WAV file of what µ-law leaves of the samples; 16 bits, which every browser plays."""
    heard = decode(encode(samples))
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(RATE)
        writer.writeframes((heard * 32767).astype("<i2").tobytes())
    return file.getvalue()


def from_wav(data: bytes) -> tuple[Samples, int]:
    """The samples of a 16-bit mono WAV file, and their rate. Raises ValueError."""
    try:
        with wave.open(io.BytesIO(data)) as reader:
            if reader.getnchannels() != 1 or reader.getsampwidth() != 2:  # noqa: PLR2004 - bytes
                raise ValueError("the recording is not 16-bit mono")
            frames, rate = reader.readframes(reader.getnframes()), reader.getframerate()
    except (wave.Error, EOFError) as error:
        raise ValueError(f"the recording is no WAV file ({error})") from error
    return (np.frombuffer(frames, "<i2") / 32768).astype(np.float32), rate


def silence(seconds: float) -> Samples:
    """Nothing, for some seconds."""
    return np.zeros(round(seconds * RATE), np.float32)
