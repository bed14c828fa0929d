"""The messages of Twilio's Media Streams, read with suspicion and written plainly."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ivr.text.pages import as_sent
from ttymodem.modem import modulate

FRAME = 160
"""Bytes of a frame: 20 ms of µ-law at 8 kHz. Only whole frames are sent."""

MESSAGE_BYTES = 50 * FRAME
"""Sound in one message: a second."""

LONGEST_PAYLOAD = 64 * 1024
"""Characters of base64 that a message may hold; Twilio's hold 216."""


@dataclass(frozen=True)
class Connected:
    """The connection stands; the stream's start is the next message."""


@dataclass(frozen=True)
class Started:
    """The stream has begun."""

    stream: str
    call: str
    account: str
    parameters: Mapping[str, object] = field(repr=False)


@dataclass(frozen=True)
class Media:
    """Sound of the caller; `at` is the time of its first sample in milliseconds."""

    ulaw: bytes = field(repr=False)
    at: int | None


@dataclass(frozen=True)
class Pressed:
    """A key of the telephone."""

    key: str


@dataclass(frozen=True)
class Played:
    """What was sent before this mark has been played, or dropped."""

    mark: str


@dataclass(frozen=True)
class Stopped:
    """The stream has ended."""


Message = Connected | Started | Media | Pressed | Played | Stopped

TIMESTAMP = re.compile(r"[0-9]{1,12}")
"""Milliseconds since the stream began."""

KEYS = frozenset("0123456789*#")


def parse(text: object) -> Message | None:
    """A message, None if it says nothing that matters here or can't be read."""
    try:
        message = json.loads(text) if isinstance(text, str | bytes) else None
    except (ValueError, RecursionError):
        return None
    event = message.get("event") if isinstance(message, dict) else None
    if not isinstance(message, dict) or not isinstance(event, str):
        return None
    content = message.get(event)
    if event == "connected":
        return Connected()
    if event == "stop":
        return Stopped()
    read = READERS.get(event)
    return read(content) if read and isinstance(content, dict) else None


def _started(content: Mapping[str, Any]) -> Started:
    parameters = content.get("customParameters")
    return Started(
        str(content.get("streamSid", "")),
        str(content.get("callSid", "")),
        str(content.get("accountSid", "")),
        parameters if isinstance(parameters, dict) else {},
    )


def _media(content: Mapping[str, Any]) -> Media | None:
    payload = content.get("payload")
    if not isinstance(payload, str) or len(payload) > LONGEST_PAYLOAD:
        return None
    if content.get("track", "inbound") != "inbound":
        return None
    try:
        ulaw = base64.b64decode(payload, validate=True)
    except (binascii.Error, ValueError):
        return None
    time = content.get("timestamp")
    known = TIMESTAMP.fullmatch(time) if isinstance(time, str) else None
    return Media(ulaw, int(known[0]) if known else None)


def _pressed(content: Mapping[str, Any]) -> Pressed | None:
    key = content.get("digit")
    return Pressed(key) if isinstance(key, str) and key in KEYS else None


def _played(content: Mapping[str, Any]) -> Played:
    return Played(str(content.get("name")))


READERS: Mapping[str, Callable[[Mapping[str, Any]], Message | None]] = {
    "start": _started,
    "media": _media,
    "dtmf": _pressed,
    "mark": _played,
}


def text_messages(stream: str, text: str, mark: str, level: float) -> Iterator[str]:
    """The messages that send a text in Baudot at a level, and the mark behind it."""
    for payload in _payloads(text, level):
        yield _message("media", stream, {"payload": payload})
    yield _message("mark", stream, {"name": mark})


@lru_cache(maxsize=128)  # prompts are few, and sent again and again
def _payloads(text: str, level: float) -> tuple[str, ...]:
    sound = modulate(as_sent(text), level=level)
    sound += b"\xff" * (-len(sound) % FRAME)
    return tuple(
        base64.b64encode(sound[start : start + MESSAGE_BYTES]).decode()
        for start in range(0, len(sound), MESSAGE_BYTES)
    )


def clear_message(stream: str) -> str:
    """The message that drops what has not been played."""
    return json.dumps({"event": "clear", "streamSid": stream})


def _message(event: str, stream: str, content: Mapping[str, str]) -> str:
    return json.dumps({"event": event, "streamSid": stream, event: content})
