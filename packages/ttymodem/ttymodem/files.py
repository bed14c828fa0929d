"""Sound files with TTY text in them: WAV, as telephones and editors write it."""

from __future__ import annotations

import io
import wave
from pathlib import Path

import numpy as np

from ttymodem.ulaw import RATE, Samples, decode, encode
from ttymodem.wav import Wav, is_wav, read_wav

LOWEST_RATE = 4000
"""Samples a second that can carry a TTY's tone of 1,800 Hz."""


class Unreadable(Exception):
    """A file that holds no sound that can be read; the text says why and what to do."""


def wav(ulaw: bytes) -> bytes:
    """A WAV file of µ-law sound: 8 kHz, mono, 16 bits, which every program plays."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(RATE)
        writer.writeframes((decode(ulaw) * 32767).astype("<i2").tobytes())
    return file.getvalue()


def ulaw_from(path: Path) -> bytes:
    """The sound of a WAV file, PCM or µ-law, as µ-law at 8 kHz. Raises Unreadable."""
    try:
        found = _read(path.read_bytes())
        samples = _samples(found)
    except OSError as error:
        raise Unreadable(f"{path} can't be read ({error.strerror or error})") from error
    except Unreadable as error:
        raise Unreadable(f"{path} {error}") from error
    return encode(_at_telephone_rate(samples, found.rate))


def _read(content: bytes) -> Wav:
    if not content:
        raise Unreadable("is empty; record it anew")
    if not is_wav(content):
        raise Unreadable("is no WAV file; save it as one, 16-bit PCM, and try again")
    found = read_wav(content)
    if found is None:
        raise Unreadable("is a WAV file that breaks off before its sound; save it anew")
    return found


def _samples(found: Wav) -> Samples:
    """The mean of all channels."""
    if found.rate < LOWEST_RATE:
        raise Unreadable(f"says that it has {found.rate} samples a second; save it with {RATE}")
    if not found.channels:
        raise Unreadable("says that it has no channels; save it anew")
    samples = _decoded(found)
    whole = samples[: len(samples) // found.channels * found.channels]
    if not len(whole):
        raise Unreadable("holds no sound; record it anew")
    mono: Samples = whole.reshape(-1, found.channels).mean(axis=1)
    return mono


def _decoded(found: Wav) -> Samples:
    match found.code, found.bits:
        case (7, _):
            return decode(found.data)
        case (1, 8):
            return (np.frombuffer(found.data, np.uint8).astype(np.float64) - 128) / 128
        case (1, 16):
            return np.frombuffer(found.data[: len(found.data) // 2 * 2], "<i2") / 32768
        case (1, bits):
            raise Unreadable(f"has {bits} bits a sample; save it with 16")
    raise Unreadable(f"holds sound of another kind (format {found.code}); save it as 16-bit PCM")


def _at_telephone_rate(samples: Samples, rate: int) -> Samples:
    """Samples at 8 kHz: the mean over each new sample's time, which is filter enough for tones."""
    if rate == RATE:
        return samples
    length = int(len(samples) * RATE / rate)
    sums = np.concatenate([[0.0], np.cumsum(samples)])
    edges = np.arange(length + 1) * rate / RATE
    at_edges = np.interp(edges, np.arange(len(sums)), sums)
    resampled: Samples = np.diff(at_edges) * RATE / rate
    return resampled
