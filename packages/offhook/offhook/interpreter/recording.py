"""How long a recording lasts, from its own header; and what a WAV file holds."""

from __future__ import annotations

import struct
from dataclasses import dataclass

MP3_BYTES_A_SECOND = 16_000
"""128 kbit/s, the usual rate; an MP3's real rate is not looked up."""

ULAW_RATE = 8000
ULAW_TYPES = frozenset(("audio/ulaw", "audio/mulaw", "audio/x-mulaw", "audio/basic"))
"""Content types of bare µ-law at 8 kHz; Twilio names the first."""


@dataclass(frozen=True)
class Wav:
    """A WAV file: its format (1 PCM, 7 µ-law), how it is laid out, and its samples as bytes."""

    code: int
    channels: int
    rate: int
    bytes_a_second: int
    bits: int
    data: bytes


def is_ulaw(content_type: str) -> bool:
    """Whether bytes of this type are µ-law without a header."""
    return content_type.partition(";")[0].strip().lower() in ULAW_TYPES


def sound_seconds(body: bytes, content_type: str = "") -> float | None:
    """The length of a WAV file or of µ-law, an estimate for MP3, None for anything else."""
    if body[:4] == b"RIFF" and body[8:12] == b"WAVE":
        wav = read_wav(body)
        return len(wav.data) / wav.bytes_a_second if wav and wav.bytes_a_second else None
    if is_ulaw(content_type):
        return len(body) / ULAW_RATE
    if body[:3] == b"ID3" or body[:1] == b"\xff":
        return len(body) / MP3_BYTES_A_SECOND
    return None


def read_wav(body: bytes) -> Wav | None:
    """A WAV file, read as far as it goes; None if it is none."""
    if body[:4] != b"RIFF" or body[8:12] != b"WAVE":
        return None
    layout = (0, 0, 0, 0, 0, 0)
    place = 12
    while place + 8 <= len(body):
        name, size = struct.unpack_from("<4sI", body, place)
        if name == b"fmt " and place + 24 <= len(body):
            layout = struct.unpack_from("<HHIIHH", body, place + 8)
        if name == b"data":
            code, channels, rate, bytes_a_second, _, bits = layout
            data = body[place + 8 : place + 8 + size]
            return Wav(code, channels, rate, bytes_a_second, bits, data)
        place += 8 + size + size % 2
    return None
