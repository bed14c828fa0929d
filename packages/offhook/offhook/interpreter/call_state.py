"""What all legs of one call share, and how any of them can end it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from xml.etree.ElementTree import Element

from offhook.account.exchange import Exchange
from offhook.events import Event
from offhook.interpreter import say_text
from offhook.interpreter.options import Options
from offhook.needs import Connected, Moved, Need, Reply, Waited

Measure = Callable[[Element], tuple[str, float]]
"""What a `<Say>` says, and how many seconds that takes."""


class HungUp(Exception):
    """The party on a leg has hung up: the leg is over at once."""

    def __init__(self, leg: str) -> None:
        """Name the leg."""
        self.leg = leg
        super().__init__(leg)


class MovedAway(Exception):
    """The REST API has sent the live call elsewhere."""

    def __init__(self, moved: Moved) -> None:
        """Carry where to."""
        self.moved = moved
        super().__init__(moved.url)


class TakenFromQueue(Exception):
    """Somebody has taken the waiting caller out of a queue, or a conference starts."""

    def __init__(self, connected: Connected) -> None:
        """Carry who it was."""
        self.connected = connected
        super().__init__(connected.party)


class LimitReached(Exception):
    """The call has lasted as long as any call may, or turns in a circle; the text says which."""


@dataclass(frozen=True)
class OpenedStream:
    """A media stream that is open: its name in the document, and what closes it and tells so."""

    name: str | None
    close: Callable[[], Generator[Event | Need, Reply, None]]


@dataclass
class CallState:
    """What all legs of one call share: its clock, its mailbox, and what is around it.

    `streams` are the media streams that are open, by the names that they have as parties.
    """

    exchange: Exchange
    options: Options
    measure: Measure = say_text.spoken
    elapsed: float = 0.0
    idle_documents: int = 0
    mailbox: deque[Waited] = field(default_factory=deque)
    streams: dict[str, OpenedStream] = field(default_factory=dict)
    started: datetime = field(default_factory=lambda: datetime.now(UTC))

    def spend(self, seconds: float) -> None:
        """A request took so long."""
        self.elapsed += seconds

    def wait(self, seconds: float) -> None:
        """Somebody waited so long: documents came no faster than they could be heard."""
        self.elapsed += seconds
        if seconds > 0:
            self.idle_documents = 0

    def count_document(self) -> int:
        """One more document while no time has passed; how many there were."""
        self.idle_documents += 1
        return self.idle_documents

    @property
    def now(self) -> datetime:
        """The time on the call's own clock."""
        return self.started + timedelta(seconds=self.elapsed)

    def progress(self, status: str, sequence: int) -> dict[str, str]:
        """What a callback of a call's progress is told; `sequence` counts from 0."""
        return {
            "CallStatus": status,
            "CallbackSource": "call-progress-events",
            "SequenceNumber": str(sequence),
            "Timestamp": self.timestamp,
        }

    @property
    def timestamp(self) -> str:
        """That time as callbacks tell it (RFC 2822, GMT)."""
        return format_datetime(self.now.astimezone(UTC))
