"""What a WAV file holds, read without numpy: its format, its layout, its samples as bytes.

Python's own wave reads neither µ-law nor extensible files, so the chunks are read here.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

PCM, ULAW = 1, 7
"""The formats of WAV files that are read. Source: RFC 2361."""

EXTENSIBLE = 0xFFFE
"""The format that names the real one further on. Source: RFC 2361."""

LAYOUT = struct.Struct("<HHIIHH")
"""Format, channels, rate, bytes a second, bytes of all channels' sample, bits of one."""

REAL_FORMAT_AT = 24
"""Bytes from the layout's start to the format that an extensible one really is."""


@dataclass(frozen=True)
class Wav:
    """A WAV file: its format (1 PCM, 7 µ-law), how it is laid out, and its samples as bytes."""

    code: int
    channels: int
    rate: int
    bytes_a_second: int
    bits: int
    data: bytes


def is_wav(content: bytes) -> bool:
    """Whether bytes begin as a WAV file does."""
    return content[:4] == b"RIFF" and content[8:12] == b"WAVE"


def read_wav(content: bytes) -> Wav | None:
    """A WAV file, read as far as it goes; None if it is none, or breaks off before its sound."""
    if not is_wav(content):
        return None
    chunks = dict(_chunks(content))
    layout = chunks.get(b"fmt ", b"")
    if len(layout) < LAYOUT.size or b"data" not in chunks:
        return None
    code, channels, rate, bytes_a_second, _, bits = LAYOUT.unpack_from(layout)
    if code == EXTENSIBLE:
        code = int.from_bytes(layout[REAL_FORMAT_AT : REAL_FORMAT_AT + 2], "little")
    return Wav(code, channels, rate, bytes_a_second, bits, chunks[b"data"])


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The parts of the file with their names; the last may be shorter than it says."""
    place = 12
    while place + 8 <= len(content):
        name, size = struct.unpack_from("<4sI", content, place)
        yield name, content[place + 8 : place + 8 + size]
        place += 8 + size + size % 2
