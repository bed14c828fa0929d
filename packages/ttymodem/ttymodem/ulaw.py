"""The telephone's sound: 8 kHz, µ-law, one byte a sample (ITU-T G.711); and its levels.

Levels are in dBFS as AES17 has them: a sine that just reaches full scale is 0 dBFS, so a
tone's level is that of its peak, and noise counts with √2 times its RMS.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float64]

RATE = 8000
"""Samples a second."""

SILENCE = 0xFF
"""The byte of a sample of nothing."""

_BIAS = 0x84
_CLIP = 32635


def encode(samples: Samples) -> bytes:
    """µ-law of samples from -1 to 1; what is louder is clipped."""
    linear = np.clip(np.rint(samples * 32768), -32768, 32767).astype(np.int64)
    return bytes(_ENCODED[linear + 32768])


def decode(ulaw: bytes | bytearray) -> Samples:
    """Samples from -1 to 1 of µ-law bytes."""
    return _DECODED.take(np.frombuffer(ulaw, np.uint8))


def power(dbfs: float) -> float:
    """Twice the mean square of sound of this level: the square of a sine's peak."""
    return float(10 ** (dbfs / 10))


def _decoded() -> Samples:
    codes = ~np.arange(256, dtype=np.int64) & 0xFF
    exponent, mantissa = (codes >> 4) & 7, codes & 0x0F
    magnitude = (((mantissa << 3) + _BIAS) << exponent) - _BIAS
    return np.where(codes & 0x80, -magnitude, magnitude) / 32768


def _encoded() -> npt.NDArray[np.uint8]:
    """The byte of every 16-bit sample."""
    linear = np.arange(-32768, 32768)
    sign = np.where(linear < 0, 0x80, 0)
    magnitude = np.minimum(np.abs(linear), _CLIP) + _BIAS
    exponent = np.floor(np.log2(magnitude)).astype(np.int64) - 7
    mantissa = (magnitude >> (exponent + 3)) & 0x0F
    codes: npt.NDArray[np.uint8] = (~(sign | (exponent << 4) | mantissa) & 0xFF).astype(np.uint8)
    return codes


_DECODED = _decoded()
_ENCODED = _encoded()
