"""How long a recording lasts, from its own header."""

from __future__ import annotations

from ttymodem.wav import is_wav, read_wav

MP3_BYTES_A_SECOND = 16_000
"""128 kbit/s, the usual rate; an MP3's real rate is not looked up."""

ULAW_RATE = 8000
ULAW_TYPES = frozenset(("audio/ulaw", "audio/mulaw", "audio/x-mulaw", "audio/basic"))
"""Content types of bare µ-law at 8 kHz; Twilio names the first."""


def is_ulaw(content_type: str) -> bool:
    """Whether bytes of this type are µ-law without a header."""
    return content_type.partition(";")[0].strip().lower() in ULAW_TYPES


def sound_seconds(body: bytes, content_type: str = "") -> float | None:
    """The length of a WAV file or of µ-law, an estimate for MP3, None for anything else."""
    if is_wav(body):
        wav = read_wav(body)
        return len(wav.data) / wav.bytes_a_second if wav and wav.bytes_a_second else None
    if is_ulaw(content_type):
        return len(body) / ULAW_RATE
    if body[:3] == b"ID3" or body[:1] == b"\xff":
        return len(body) / MP3_BYTES_A_SECOND
    return None
