"""What happens in a call, and what a call needs from outside to go on.

The interpreter yields both. An event is only to be shown; a need is answered with
the reply that its docstring names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# Events


@dataclass(frozen=True)
class Requested:
    """A webhook was called: how, where, and what came back (`status` 0: nothing)."""

    method: str
    path: str
    status: int


@dataclass(frozen=True)
class Said:
    """Words were said; `seconds` is an estimate; a key may cut them short if `barge_in`."""

    text: str
    seconds: float
    barge_in: bool


@dataclass(frozen=True)
class Played:
    """A recording or tones were played."""

    what: str


@dataclass(frozen=True)
class Waited:
    """Nothing was said for some seconds."""

    seconds: int


@dataclass(frozen=True)
class Pressed:
    """The caller pressed keys that were collected."""

    keys: str


@dataclass(frozen=True)
class Spoke:
    """The caller said words that were recognised."""

    words: str


@dataclass(frozen=True)
class StayedSilent:
    """The caller did nothing for as long as there was to answer, in seconds."""

    seconds: int


@dataclass(frozen=True)
class LegEnded:
    """A dialled leg has ended: busy, no-answer, failed, canceled or completed."""

    number: str
    status: str


@dataclass(frozen=True)
class Warned:
    """What Twilio's debugger would show: its code, what is wrong, what to do."""

    code: int
    message: str
    remedy: str


@dataclass(frozen=True)
class Ended:
    """The call is over, and why."""

    reason: str


# Needs


@dataclass(frozen=True)
class Fetch:
    """A request to be carried out. Reply: Response."""

    method: str
    url: str
    form: Mapping[str, str]


@dataclass(frozen=True)
class Listening:
    """The caller may answer. Reply: Keys, Speech, Silence or HangUp."""

    keys: bool
    speech: bool
    seconds: int
    hints: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ringing:
    """A leg rings. Reply: how it ends, as a LegStatus, or HangUp."""

    number: str
    caller_id: str
    seconds: int


# Replies


@dataclass(frozen=True)
class Response:
    """What a request brought back; `status` 0 if nothing did, `body` then says why."""

    status: int
    content_type: str = ""
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class Keys:
    """The caller presses these keys, one after another."""

    keys: str


@dataclass(frozen=True)
class Speech:
    """The caller says these words."""

    words: str


@dataclass(frozen=True)
class Silence:
    """The caller does nothing."""


@dataclass(frozen=True)
class LegStatus:
    """How a dialled leg ends, in Twilio's words."""

    status: str


@dataclass(frozen=True)
class HangUp:
    """The caller hangs up."""


Event = (
    Requested
    | Said
    | Played
    | Waited
    | Pressed
    | Spoke
    | StayedSilent
    | LegEnded
    | Warned
    | Ended
    | Listening
    | Ringing
)
Need = Fetch | Listening | Ringing
Answer = Keys | Speech | Silence | LegStatus | HangUp
Reply = Response | Answer
