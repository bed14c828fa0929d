"""A recording of the app's, as the telephone would carry it to the caller."""

from __future__ import annotations

import numpy as np

from offhook.audio.telephone import Samples, decode, encode, to_telephone
from offhook.interpreter.sound_length import is_ulaw
from ttymodem.wav import PCM, ULAW, Wav, read_wav

DEPTHS = {8: ("u1", 128.0), 16: ("<i2", 32768.0)}
"""Bits a sample: how they are stored, and full scale; 8 bits are unsigned, around 128."""


def telephone_sound(body: bytes, content_type: str) -> bytes | None:
    """A recording as µ-law at 8 kHz; None for what is not read here.

    Read are µ-law, and WAV of 8 or 16 bits or µ-law whose rate is a multiple of 8 kHz.
    """
    if is_ulaw(content_type) and body[:4] != b"RIFF":
        return body
    wav = read_wav(body)
    if wav is None or wav.channels < 1:
        return None
    if wav.code == ULAW and wav.rate == 8000 and wav.channels == 1:  # noqa: PLR2004 - as it is
        return wav.data
    try:
        samples = _samples(wav)
        return None if samples is None else encode(to_telephone(samples, wav.rate))
    except ValueError:  # a rate that is no multiple of the telephone's
        return None


def _samples(wav: Wav) -> Samples | None:
    """One channel of samples from -1 to 1: the mean, where there are several."""
    if wav.code == ULAW:
        return _mono(decode(wav.data), wav.channels)
    if wav.code != PCM or wav.bits not in DEPTHS:
        return None
    kind, scale = DEPTHS[wav.bits]
    width = wav.bits // 8
    stored = np.frombuffer(wav.data[: len(wav.data) // width * width], kind)
    zero = scale if kind == "u1" else 0.0
    return _mono(((stored - zero) / scale).astype(np.float32), wav.channels)


def _mono(samples: Samples, channels: int) -> Samples:
    whole = samples[: len(samples) // channels * channels].reshape(-1, channels)
    return np.asarray(whole.mean(axis=1), np.float32)
