"""What admits a media stream: a signed, expiring parameter that only our own TwiML holds.

Twilio hands the parameter back in the stream's first message. It says which call the
stream belongs to, what it is for, and where in the table the caller is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

from ivr.call.nodes import Way

PARAMETER = "ticket"
"""The custom parameter that carries it."""

STREAM_PATH = "/tty/stream"
"""Where the WebSocket is served."""

SOUND_PATH = "/baudot/<language>/<prompt>.wav"
"""Where prompts are served as sound."""

SAFE_EXIT_PATH = "/tty/safe-exit"
"""Where a call goes on whose conversation failed."""

STREAM = "tty-stream"
SOUND = "tty-sound"
"""The endpoints that Twilio does not sign for: a stream shows its ticket, sounds are public."""

LIFE = timedelta(minutes=2)
"""How long after the TwiML was written a stream may open; Twilio opens it at once."""


class BadTicket(Exception):
    """A ticket that is forged, expired or for another call."""


@dataclass(frozen=True)
class Talk:
    """For a stream on which the conversation is held, from the end of this way on.

    `heeds_voice`: somebody who talks is led to where a voice is understood. `typed` are the
    codes that were typed before the call came here.
    """

    language: str
    way: Way
    heeds_voice: bool = True
    typed: tuple[int, ...] = ()


@dataclass(frozen=True)
class Detect:
    """For a one-way stream: as soon as somebody types, the call moves to this path.

    `way` leads to what is played in Baudot beside it, None if that is the burst alone.
    """

    path: str
    language: str
    way: Way | None = None


class Tickets:
    """Issues tickets, and checks them."""

    def __init__(self, auth_token: str) -> None:
        """Sign with the account's auth token."""
        self._signer = URLSafeSerializer(auth_token, salt="tty stream")

    def issue(self, admits: Talk | Detect, call: str, now: datetime) -> str:
        """A ticket for a stream of this call (its CallSid)."""
        content: dict[str, object] = {"c": call, "u": int((now + LIFE).timestamp())}
        match admits:
            case Talk(language, way, heeds_voice, typed):
                content |= {"l": language, "w": _written(way)}
                content |= {} if heeds_voice else {"v": 0}
                content |= {"t": list(typed)} if typed else {}
            case Detect(path, language, way):
                content |= {"p": path, "l": language}
                content |= {"w": _written(way)} if way else {}
        return str(self._signer.dumps(content))

    def check(self, ticket: object, call: str, now: datetime) -> Talk | Detect:
        """What a ticket admits to. Raises BadTicket."""
        try:
            content = self._signer.loads(str(ticket))
        except (BadData, UnicodeError) as error:
            raise BadTicket("the ticket is not ours") from error
        if content["c"] != call:
            raise BadTicket("the ticket is for another call")
        if now.timestamp() > content["u"]:
            raise BadTicket("the ticket has expired")
        way = _way(content["w"]) if "w" in content else None
        if "p" in content:
            return Detect(content["p"], content["l"], way)
        typed = tuple(content.get("t", ()))
        return Talk(content["l"], way or Way(""), content.get("v", 1) == 1, typed)


def _written(way: Way) -> list[object]:
    return [way.to, way.attempt, *way.say]


def _way(written: list[Any]) -> Way:
    to, attempt, *say = written
    return Way(to, tuple(say), attempt)
