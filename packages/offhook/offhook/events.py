"""What happens in a call: each event is only to be shown.

Everything here is frozen and turns into JSON by `asdict`. An event that belongs to
one party's half of the call names that `leg`: the caller, or the number dialled.
When it happened is not part of it; whoever runs the call reads the call's clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

HUNG_UP = "the caller hung up"
"""The reason of a call that ended so."""

CALLER = "caller"
"""The leg of the one who called."""


@dataclass(frozen=True)
class Requested:
    """A webhook was called: why, how, where, and what came back (`status` 0: nothing)."""

    method: str
    path: str
    status: int
    purpose: str = "voice"
    milliseconds: float = 0.0
    attempt: int = 1
    body: str = field(default="", repr=False)
    form: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Said:
    """Words begin to be said; `seconds` is an estimate; a key may cut them short if `barge_in`."""

    text: str
    seconds: float
    barge_in: bool
    leg: str = CALLER
    language: str = "en-US"
    voice: str = ""


@dataclass(frozen=True)
class Played:
    """A recording or tones begin to be played; `url` is where a recording was fetched."""

    what: str
    seconds: float = 0.0
    leg: str = CALLER
    url: str = ""


@dataclass(frozen=True)
class Paused:
    """Nothing is said for some seconds."""

    seconds: float
    leg: str = CALLER


@dataclass(frozen=True)
class Interrupted:
    """A key or a word has cut short what was being played, `seconds` after it began."""

    seconds: float
    leg: str = CALLER


@dataclass(frozen=True)
class Listening:
    """An answer is gathered: keys, speech or both, for some seconds after the prompt."""

    keys: bool
    speech: bool
    seconds: float
    hints: tuple[str, ...] = ()
    leg: str = CALLER


@dataclass(frozen=True)
class Pressed:
    """Keys were pressed and collected."""

    keys: str
    leg: str = CALLER


@dataclass(frozen=True)
class KeySent:
    """A key was pressed while a media stream held the call, and sent to that stream."""

    key: str
    leg: str = CALLER


@dataclass(frozen=True)
class Spoke:
    """Words were said and recognised."""

    words: str
    leg: str = CALLER


@dataclass(frozen=True)
class StayedSilent:
    """Nothing was done for as long as there was to answer, in seconds."""

    seconds: float
    leg: str = CALLER


@dataclass(frozen=True)
class Unheard:
    """Keys or words came where nothing listened; they are lost."""

    what: str
    leg: str = CALLER


@dataclass(frozen=True)
class Recorded:
    """A recording was made."""

    seconds: float
    url: str
    leg: str = CALLER


@dataclass(frozen=True)
class Ringing:
    """A leg rings: a number, client, SIP address, conference or queue."""

    number: str
    caller_id: str
    seconds: float


@dataclass(frozen=True)
class Answered:
    """A dialled leg was picked up, by a person or a machine."""

    number: str
    machine: bool = False


@dataclass(frozen=True)
class Bridged:
    """Two parties can talk now."""

    number: str


@dataclass(frozen=True)
class LegEnded:
    """A dialled leg has ended: busy, no-answer, failed, canceled or completed.

    A `declined` one was answered, and hung up before it was put through.
    """

    number: str
    status: str


@dataclass(frozen=True)
class Queued:
    """The caller waits in a queue, at a place counted from 1."""

    queue: str
    place: int


@dataclass(frozen=True)
class Dequeued:
    """The wait in a queue has ended, in the words of QueueResult."""

    queue: str
    result: str


@dataclass(frozen=True)
class Streaming:
    """A media stream was opened or closed."""

    name: str
    url: str
    opened: bool


@dataclass(frozen=True)
class Typed:
    """Text came by TTY: a turn of the line, or of the caller (`by` is `line` or `you`)."""

    text: str
    by: str


@dataclass(frozen=True)
class Texted:
    """A text message was sent."""

    sender: str
    to: str
    body: str


@dataclass(frozen=True)
class Warned:
    """What Twilio's debugger would show: its code, what is wrong, what to do, and where.

    Code 0 is a note of the simulator's own. `place` is a line of the document.
    """

    code: int
    message: str
    remedy: str
    place: str = ""


@dataclass(frozen=True)
class Ended:
    """The call is over, and why."""

    reason: str


Event = (
    Requested
    | Said
    | Played
    | Paused
    | Interrupted
    | Listening
    | Pressed
    | KeySent
    | Spoke
    | StayedSilent
    | Unheard
    | Recorded
    | Ringing
    | Answered
    | Bridged
    | LegEnded
    | Queued
    | Dequeued
    | Streaming
    | Typed
    | Texted
    | Warned
    | Ended
)
