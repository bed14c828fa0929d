"""Sound files with TTY text in them: WAV, as telephones and editors write it."""

from __future__ import annotations

import io
import wave
from pathlib import Path

import numpy as np

from ivr.tty.ulaw import RATE, Samples, decode, encode


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
    """The sound of a WAV file as µ-law at 8 kHz. Raises Unreadable."""
    try:
        with wave.open(str(path), "rb") as reader:
            channels, width, rate = (
                reader.getnchannels(),
                reader.getsampwidth(),
                reader.getframerate(),
            )
            data = reader.readframes(reader.getnframes())
    except OSError as error:
        raise Unreadable(f"{path} can't be read ({error.strerror or error})") from error
    except (wave.Error, EOFError) as error:
        how = "save it as a WAV file, 16-bit PCM, and try again"
        raise Unreadable(f"{path} is no WAV file that can be read ({error}); {how}") from error
    samples = _samples(data, width, path)
    mono = samples[: len(samples) // channels * channels].reshape(-1, channels).mean(axis=1)
    if not len(mono):
        raise Unreadable(f"{path} holds no sound; record it anew")
    return encode(_at_telephone_rate(mono, rate))


def _samples(data: bytes, width: int, path: Path) -> Samples:
    match width:
        case 1:
            return (np.frombuffer(data, np.uint8).astype(np.float64) - 128) / 128
        case 2:
            whole = data[: len(data) // 2 * 2]
            return np.frombuffer(whole, "<i2") / 32768
    raise Unreadable(f"{path} has {8 * width} bits a sample; save it with 16")


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
