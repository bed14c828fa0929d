"""What the tests of media streams send and take."""

from __future__ import annotations

import base64
import json
from typing import Any

from offhook.events import Warned
from offhook.media.messages import Impairments, MediaStream
from offhook.needs import OpenStream

SID = "MZ" + "0" * 32
CALL_SID = "CA" + "1" * 32
ACCOUNT = "AC" + "2" * 32
SOUND = bytes(range(256)) * 5

WAIT_SECONDS = 10.0
"""A hang shows as a failure after this time."""

Message = dict[str, Any]


def stream(impaired: Impairments | None = None, *, two_way: bool = True) -> MediaStream:
    need = OpenStream(SID, "ws://x", ACCOUNT, CALL_SID, ("inbound",), {"a": "1", "é": ""}, two_way)
    return MediaStream(need, impaired or Impairments())


def media(payload: bytes) -> str:
    content = {"payload": base64.b64encode(payload).decode()}
    return json.dumps({"event": "media", "streamSid": SID, "media": content})


def mark(name: str) -> str:
    return json.dumps({"event": "mark", "streamSid": SID, "mark": {"name": name}})


CLEAR = json.dumps({"event": "clear", "streamSid": SID})


def take(each: MediaStream, *messages: str | bytes) -> list[str | Warned]:
    return [answer for message in messages for answer in each.receive(message)]


def names(messages: list[str]) -> list[str]:
    return [json.loads(message)["mark"]["name"] for message in messages]
