"""The values that TwiML attributes take, as patterns that match the whole value.

Digits are written `[0-9]`, for `\\d` also matches the digits of other scripts.
"""

from __future__ import annotations

import re


def one_of(*values: str) -> re.Pattern[str]:
    """A pattern for a fixed set of values."""
    return re.compile("|".join(map(re.escape, values)))


def some_of(*values: str) -> re.Pattern[str]:
    """A pattern for one or more of a fixed set of values, with spaces between them."""
    value = f"(?:{one_of(*values).pattern})"
    return re.compile(f"{value}(?: +{value})*")


ANYTHING = re.compile(r"[\s\S]*")
URL = re.compile(r"\S*")
METHOD = one_of("GET", "POST")
BOOLEAN = one_of("true", "false")
LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(?:-[A-Za-z0-9]+)*")
WRITTEN_NUMBER = re.compile(r"\+?[\d\s().-]+")

COUNT = re.compile(r"[0-9]+")
POSITIVE = re.compile(r"0*[1-9][0-9]*")
POSITIVE_OR_AUTO = re.compile(rf"{POSITIVE.pattern}|auto")
FROM_1_TO_3 = re.compile(r"[1-3]")
FROM_1_TO_250 = re.compile(r"[1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|250")
FROM_2_TO_86400 = re.compile(
    r"[2-9]|[1-9][0-9]{1,3}|[1-7][0-9]{4}|8[0-5][0-9]{3}|86[0-3][0-9]{2}|86400"
)
FROM_3_TO_60 = re.compile(r"[3-9]|[1-5][0-9]|60")
FROM_5_TO_600 = re.compile(r"[5-9]|[1-9][0-9]|[1-5][0-9]{2}|600")
FROM_500_TO_5000 = re.compile(r"[5-9][0-9]{2}|[1-4][0-9]{3}|5000")
FROM_1000_TO_6000 = re.compile(r"[1-5][0-9]{3}|6000")
FROM_2000_TO_10000 = re.compile(r"[2-9][0-9]{3}|10000")

TONES = re.compile(r"[0-9A-D#*wW]*")
FINISH_KEY = re.compile(r"[0-9#*]?")
FINISH_KEYS = re.compile(r"[0-9#*]*")

# Possessive, so that a long value is judged in one pass.
HINTS = re.compile(r"\s*+[^,]{0,100}+(?:,\s*+[^,]{0,100}+){0,499}+")

VOICE = re.compile(r"man|woman|alice|(?:Polly|Google)\.\S+")

CALL_EVENTS = some_of("initiated", "ringing", "answered", "completed")
CONFERENCE_EVENTS = some_of(
    "start", "end", "join", "leave", "mute", "hold", "modify", "speaker", "announcement"
)
RECORDING_EVENTS = some_of("in-progress", "completed", "absent")
RECORD_CALL = one_of(
    "do-not-record",
    "record-from-answer",
    "record-from-ringing",
    "record-from-answer-dual",
    "record-from-ringing-dual",
    "true",
    "false",
)
TRIM = one_of("trim-silence", "do-not-trim")
SIDE = one_of("inbound", "outbound", "both")
TRACK = one_of("inbound_track", "outbound_track", "both_tracks")
CARDS = some_of(
    "visa",
    "mastercard",
    "amex",
    "maestro",
    "discover",
    "optima",
    "jcb",
    "diners-club",
    "enroute",
)
