"""How long a recording lasts, from its own header."""

from __future__ import annotations

import struct

MP3_BYTES_A_SECOND = 16_000
"""128 kbit/s, the usual rate; an MP3's real rate is not looked up."""


def sound_seconds(body: bytes) -> float | None:
    """The length of a WAV file, an estimate for MP3, None for anything else."""
    if body[:4] == b"RIFF" and body[8:12] == b"WAVE":
        return _wav_seconds(body)
    if body[:3] == b"ID3" or body[:1] == b"\xff":
        return len(body) / MP3_BYTES_A_SECOND
    return None


def _wav_seconds(body: bytes) -> float | None:
    place, byte_rate = 12, 0
    while place + 8 <= len(body):
        name, size = struct.unpack_from("<4sI", body, place)
        if name == b"fmt " and place + 20 <= len(body):
            (byte_rate,) = struct.unpack_from("<I", body, place + 16)
        if name == b"data":
            return min(size, len(body) - place - 8) / byte_rate if byte_rate else None
        place += 8 + size + size % 2
    return None
