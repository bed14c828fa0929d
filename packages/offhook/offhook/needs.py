"""What a call needs from outside to go on, and what can be replied.

The interpreter never waits and never fetches. It yields a need; whoever drives it
answers with the reply that the need's docstring names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from offhook.events import CALLER, Listening

STREAM = "stream:"
"""What the name of a party begins with that is a media stream."""

# Needs


@dataclass(frozen=True)
class Fetch:
    """A request to be carried out. Reply: Response.

    `purpose` says why: voice, action, redirect, fallback, whisper, wait, status,
    partial, transcription, recording, media. Media requests carry no parameters.
    """

    method: str
    url: str
    form: Mapping[str, str]
    purpose: str = "voice"


class Activity(StrEnum):
    """What goes on while time passes on a leg."""

    PROMPT = "something is played"
    GATHER = "an answer is awaited"
    RECORD = "the caller is recorded"
    RING = "a leg rings"
    TALK = "two parties talk"
    QUEUE = "the caller waits in a queue"
    STREAM = "a media stream holds the call"


@dataclass(frozen=True)
class Wait:
    """Time passes, until the seconds are over or somebody does something. Reply: Waited.

    `seconds` None: until something happens. `listening` is there while an answer is
    gathered, from the first nested prompt on; `collected` are the keys so far.
    `ringing` names the legs that ring, in their order; `party` whom the leg talks to.
    """

    doing: Activity
    seconds: float | None
    leg: str = CALLER
    listening: Listening | None = None
    collected: str = ""
    ringing: tuple[str, ...] = ()
    party: str = ""

    @property
    def waits_for_somebody(self) -> bool:
        """Whether the leg waits in a queue, or for a conference to start."""
        waiting = self.party.startswith(("queue:", "conference:"))
        return waiting and self.doing is not Activity.TALK


@dataclass(frozen=True)
class OpenStream:
    """A media stream is to be opened to the app's WebSocket. Reply: StreamReply."""

    sid: str
    url: str
    account_sid: str
    call_sid: str
    tracks: tuple[str, ...]
    parameters: Mapping[str, str]
    two_way: bool

    @property
    def party(self) -> str:
        """What the stream is called where it does something, as a leg is."""
        return f"{STREAM}{self.sid}"


@dataclass(frozen=True)
class CloseStream:
    """A media stream is to be closed. Reply: StreamReply."""

    sid: str


@dataclass(frozen=True)
class SendKey:
    """A media stream is to be sent a key that the caller has pressed. Reply: StreamReply."""

    sid: str
    key: str


Need = Fetch | Wait | OpenStream | CloseStream | SendKey

# Replies


@dataclass(frozen=True)
class Response:
    """What a request brought back; `status` 0 if nothing did, `body` then says why.

    `seconds` is how long it took, as far as the call's clock is to count it;
    `url` where it came from in the end, after redirects.
    """

    status: int
    content_type: str = ""
    body: bytes = field(default=b"", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    url: str = ""
    seconds: float = 0.0
    milliseconds: float = 0.0
    error: int = 0
    attempts: int = 1


@dataclass(frozen=True)
class Key:
    """One key is pressed."""

    key: str


@dataclass(frozen=True)
class Speech:
    """Words are said, over some seconds."""

    words: str
    seconds: float = 0.0


@dataclass(frozen=True)
class HangUp:
    """Somebody hangs up."""


@dataclass(frozen=True)
class LegStatus:
    """A ringing leg is answered (`answered`) or ends, in Twilio's words.

    `machine` is an answer by a machine. Without `number`, the first that rings is meant.
    """

    status: str
    number: str = ""


PICKED_UP = frozenset(("answered", "completed", "machine"))
"""The statuses of a leg that was answered: by a person, by one who then hung up, by a machine."""


@dataclass(frozen=True)
class PartyLeft:
    """The other party of a talk hangs up, or a conference or stream ends."""


@dataclass(frozen=True)
class Connected:
    """Somebody takes the caller out of the queue, or the conference starts.

    `whisper` is the URL of what the caller hears before that, `method` how it is requested.
    """

    party: str
    whisper: str = ""
    method: str = "POST"


@dataclass(frozen=True)
class Moved:
    """The REST API sends the live call elsewhere: to a URL, TwiML, or its end."""

    url: str = ""
    method: str = "POST"
    twiml: str = ""


Input = Key | Speech | HangUp | LegStatus | PartyLeft | Connected | Moved


@dataclass(frozen=True)
class Waited:
    """Time has passed: all of it (`given` None), or `seconds` until somebody did something.

    `leg` says who did it, "" for the leg of the need.
    """

    seconds: float
    given: Input | None = None
    leg: str = ""


@dataclass(frozen=True)
class StreamReply:
    """The stream is open, or closed or sent a key as asked; `error` says why not.

    `remedy` says what to do then, if that is not to serve a WebSocket at the stream's URL.
    """

    error: str = ""
    remedy: str = ""


Reply = Response | Waited | StreamReply
