"""The conference that a Dial joins."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from offhook.account.exchange import CONFERENCE_SIZE, Participant, Room
from offhook.events import Bridged, LegEnded, Queued
from offhook.interpreter.call_state import HungUp, LimitReached, MovedAway, TakenFromQueue
from offhook.interpreter.leg import Leg, Run, number
from offhook.interpreter.verbs.bridge import talk
from offhook.interpreter.verbs.hold import CONFERENCE_WAIT, Hold, hold


class _Conference:
    """A conference as one participant's noun describes it: what it tells to whom."""

    def __init__(self, leg: Leg, noun: Element, name: str) -> None:
        self._leg = leg
        self._noun = noun
        self._room = Room()
        self._sid = leg.state.exchange.sid_of("CF", name)
        self.name = name
        self.starts = noun.get("startConferenceOnEnter", "true") == "true"
        self.ends = noun.get("endConferenceOnExit", "false") == "true"
        self.size = number(noun, "maxParticipants", CONFERENCE_SIZE)

    def join(self, here: Participant) -> bool | None:
        """Join it: whether it has started; None if it is full."""
        exchange = self._leg.state.exchange
        started = exchange.join(self.name, here, starts=self.starts, limit=self.size)
        self._room = exchange.rooms[self.name]
        return started

    def left(self, here: Participant) -> Run[None]:
        """Leave it, and tell so."""
        over = self._leg.state.exchange.quit(self.name, here, ends=self.ends)
        yield from self.report("leave")
        if over:
            yield from self.report("end")

    def report(self, event: str) -> Run[None]:
        """Call the statusCallback, if it wants to know of this event."""
        callback = self._noun.get("statusCallback")
        if not callback or event not in self._noun.get("statusCallbackEvent", "").split():
            return
        told = {
            "ConferenceSid": self._sid,
            "FriendlyName": self.name,
            "StatusCallbackEvent": f"participant-{event}"
            if event in _OF_ONE
            else (f"conference-{event}"),
            "SequenceNumber": str(self._room.next_event()),
            "Timestamp": self._leg.state.timestamp,
            "Muted": self._noun.get("muted", "false"),
            "Hold": "false",
            "StartConferenceOnEnter": str(self.starts).lower(),
            "EndConferenceOnExit": str(self.ends).lower(),
        }
        label = self._noun.get("participantLabel")
        extra = {"ParticipantLabel": label} if label else {}
        method = self._noun.get("statusCallbackMethod", "POST")
        yield from self._leg.notify(callback, told | extra, method)


_OF_ONE = frozenset(("join", "leave"))


def dial_conference(
    leg: Leg, verb: Element, noun: Element, name: str, here: Participant
) -> Run[tuple[str, float]]:
    """Join a conference and talk: DialCallStatus, and how long that was."""
    conference = _Conference(leg, noun, name)
    where = f"conference:{name}"
    started = conference.join(here)
    if started is None:
        yield LegEnded(where, "failed")
        return "failed", 0.0
    since = leg.state.elapsed
    try:
        yield from conference.report("join")
        if not started:
            yield Queued(where, 1)
            yield from _await_start(leg, noun, where)
            yield from conference.report("start")
        yield Bridged(where)
        yield from talk(leg, verb, where)
    except (HungUp, MovedAway, LimitReached):
        yield from conference.left(here)
        raise
    else:
        yield from conference.left(here)
    finally:
        leg.state.exchange.quit(name, here, ends=conference.ends)
    yield LegEnded(where, "completed")
    return "answered", leg.state.elapsed - since


def _await_start(leg: Leg, noun: Element, where: str) -> Run[None]:
    method = noun.get("waitMethod", "POST")
    try:
        yield from hold(leg, Hold(where, noun.get("waitUrl"), method, CONFERENCE_WAIT))
    except TakenFromQueue:
        return
