"""What a conversation wants done on the line."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ivr.call.engine import Position


class Aim(StrEnum):
    """What is done with the call, elsewhere, at a position."""

    DIAL = "dial"
    HANG_UP = "hang-up"
    ALOUD = "aloud"
    VOICE = "voice"
    READ = "read"


@dataclass(frozen=True)
class Send:
    """Send this text, and behind it this mark."""

    text: str
    mark: str


@dataclass(frozen=True)
class Clear:
    """Drop what has not been played of our text."""


@dataclass(frozen=True)
class Move:
    """The call goes on elsewhere."""

    position: Position
    aim: Aim


@dataclass(frozen=True)
class GoTo:
    """The call is to go on at this path of ours.

    `typed` are the codes that were typed to the stream that it leaves.
    """

    path: str
    typed: tuple[int, ...] = ()


Action = Send | Clear | Move
