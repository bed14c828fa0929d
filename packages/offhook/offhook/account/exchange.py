"""What one account has in common over all its calls: numbers, queues, conferences, texts.

It is a plain object without input or output. Calls look each other up here and put
inputs into one another's mailboxes; the REST API reads and changes it.
"""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from offhook.needs import Connected, Input, LegStatus, PartyLeft, Waited

E164 = re.compile(r"\+[1-9][0-9]{7,14}")
"""A phone number in international form. Source: ITU-T E.164; the shortest are eight digits."""

API_VERSION = "2010-04-01"

QUEUE_SIZE = 1000
"""Callers that a queue holds. Source: Twilio's documentation of Enqueue."""

CONFERENCE_SIZE = 250
"""Participants that a conference holds. Source: Twilio's documentation of Conference."""


@dataclass(frozen=True)
class Line:
    """A phone number as Twilio has it configured: the webhooks that it calls.

    `status_events` are those that the status URL is told of; a number's own is told of
    the end alone, a call that the REST API places may ask for more.
    """

    voice_url: str
    status_url: str | None = None
    fallback_url: str | None = None
    voice_method: str = "POST"
    status_events: frozenset[str] = frozenset(("completed",))
    status_method: str = "POST"


@dataclass(frozen=True)
class Recording:
    """A recording that somebody left."""

    sid: str
    call_sid: str
    url: str
    seconds: float


@dataclass(frozen=True)
class Text:
    """A text message that was sent."""

    sid: str
    sender: str
    to: str
    body: str


@dataclass
class Participant:
    """A call as the others see it: its sid, its mailbox, and when it came (on its own clock)."""

    sid: str
    mailbox: deque[Waited]
    since: float = 0.0


class KnownCall(Protocol):
    """A call as the REST API sees it."""

    @property
    def status(self) -> str:
        """What has become of it, in Twilio's words."""

    @property
    def identity(self) -> Mapping[str, str]:
        """The parameters that its requests carry."""

    @property
    def started(self) -> datetime:
        """When it began, on its own clock."""

    @property
    def elapsed(self) -> float:
        """Seconds since then."""

    def deliver(self, given: Input) -> None:
        """Put an input into its mailbox."""

    def cancel(self) -> None:
        """Let it ring no more: nobody has answered it."""


@dataclass
class Room:
    """A conference: who is in it, whether it may start and has, and the events it has told."""

    participants: list[Participant] = field(default_factory=list)
    may_start: bool = False
    started: bool = False
    events: int = 0

    def next_event(self) -> int:
        """The number of the event that is told next, from 1."""
        self.events += 1
        return self.events


def new_sid(kind: str) -> str:
    """A new identifier as Twilio forms them: two letters and 32 hexadecimal digits."""
    return kind + os.urandom(16).hex()


@dataclass
class Exchange:
    """The account on one's own machine.

    `lines` are its numbers with their webhooks; `verified` further numbers that may be
    presented as caller id; `wake` is called with the CallSid of a call that has got mail,
    `texted` with each text.
    """

    auth_token: str = field(repr=False)
    account_sid: str = field(default_factory=lambda: new_sid("AC"))
    base_url: str = "http://localhost"
    lines: dict[str, Line] = field(default_factory=dict)
    calls: dict[str, KnownCall] = field(default_factory=dict)
    verified: set[str] = field(default_factory=set)
    texts: list[Text] = field(default_factory=list)
    recordings: dict[str, Recording] = field(default_factory=dict)
    queues: dict[str, list[Participant]] = field(default_factory=dict)
    agents: dict[str, list[Participant]] = field(default_factory=dict)
    rooms: dict[str, Room] = field(default_factory=dict)
    sids: dict[str, str] = field(default_factory=dict)
    talks: dict[str, Participant] = field(default_factory=dict)
    wake: Callable[[str], None] = lambda _: None
    texted: Callable[[Text], None] = lambda _: None

    def may_present(self, caller_id: str, identity: Mapping[str, str]) -> bool:
        """Whether a call may show this caller id: its own numbers, or the account's."""
        own = {identity["From"], identity["To"]}
        return caller_id in own | self.verified | self.lines.keys()

    def send(self, participant: Participant, given: Input) -> None:
        """Put an input into another call's mailbox."""
        participant.mailbox.append(Waited(0.0, given))
        self.wake(participant.sid)

    # What calls leave behind

    def keep_recording(self, call_sid: str, seconds: float, sid: str = "") -> Recording:
        """A new recording; `sid` is its own, if it has one already."""
        sid = sid or new_sid("RE")
        url = f"{self.base_url}/{API_VERSION}/Accounts/{self.account_sid}/Recordings/{sid}"
        self.recordings[sid] = Recording(sid, call_sid, url, seconds)
        return self.recordings[sid]

    def send_text(self, sender: str, to: str, body: str) -> Text:
        """A text, which lands in the inbox."""
        text = Text(new_sid("SM"), sender, to, body)
        self.texts.append(text)
        self.texted(text)
        return text

    def sid_of(self, kind: str, name: str) -> str:
        """The sid of a queue (QU) or conference (CF), made when it is first named."""
        return self.sids.setdefault(f"{kind}:{name}", new_sid(kind))

    # Queues

    def enqueue(self, queue: str, caller: Participant) -> int | None:
        """Put a caller at the end of a queue; the place from 1, None if the queue is full."""
        waiting = self.queues.setdefault(queue, [])
        if len(waiting) >= QUEUE_SIZE:
            return None
        waiting.append(caller)
        place = len(waiting)
        if self.agents.get(queue):
            self.send(self.agents[queue].pop(0), LegStatus("answered", f"queue:{queue}"))
        return place

    def await_caller(self, queue: str, agent: Participant) -> None:
        """Let an agent wait for the next caller of an empty queue."""
        self.agents.setdefault(queue, []).append(agent)

    def give_up(self, queue: str, agent: Participant) -> None:
        """The agent does not wait for a caller any more."""
        if agent in self.agents.get(queue, []):
            self.agents[queue].remove(agent)

    def place(self, queue: str, caller: Participant) -> int:
        """The place of a caller in a queue, from 1; 0 if not in it any more."""
        waiting = self.queues.get(queue, [])
        return waiting.index(caller) + 1 if caller in waiting else 0

    def leave_queue(self, queue: str, caller: Participant) -> None:
        """Take a caller out of a queue."""
        waiting = self.queues.get(queue, [])
        if caller in waiting:
            waiting.remove(caller)

    def dequeue(
        self, queue: str, agent: Participant, whisper: str = "", method: str = "POST"
    ) -> Participant | None:
        """Connect the first caller of a queue to an agent; None if nobody waits."""
        waiting = self.queues.get(queue, [])
        if not waiting:
            return None
        caller = waiting.pop(0)
        self.talks[caller.sid] = agent
        self.talks[agent.sid] = caller
        self.send(caller, Connected(agent.sid, whisper, method))
        return caller

    def part(self, sid: str) -> None:
        """End the talk that a call is in: the other side is told."""
        other = self.talks.pop(sid, None)
        if other is not None and self.talks.pop(other.sid, None) is not None:
            self.send(other, PartyLeft())

    # Conferences

    def join(self, name: str, participant: Participant, *, starts: bool, limit: int) -> bool | None:
        """Join a conference: whether it has started; None if it is full.

        It starts when two are in it and one of those who came may start it.
        """
        room = self.rooms.setdefault(name, Room())
        if len(room.participants) >= limit:
            return None
        others = list(room.participants)
        room.participants.append(participant)
        room.may_start = room.may_start or starts
        if not room.started and room.may_start and others:
            room.started = True
            for other in others:
                self.send(other, Connected(f"conference:{name}"))
        return room.started

    def quit(self, name: str, participant: Participant, *, ends: bool) -> bool:
        """Leave a conference; whether that ends it: as the last, or as one that `ends` it."""
        room = self.rooms.get(name)
        if room is None or participant not in room.participants:
            return False
        room.participants.remove(participant)
        over = ends or not room.participants
        if over:
            self.rooms.pop(name)
            for other in room.participants:
                self.send(other, PartyLeft())
        return over
